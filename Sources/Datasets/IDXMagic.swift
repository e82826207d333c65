/// The first four bytes of an IDX file, read as one big-endian number.
///
/// - Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File
///   formats": two zero bytes, the element type (0x08, unsigned byte), the number of dimensions.
enum IDXMagic {
  static let images: UInt32 = 0x0000_0803
  static let labels: UInt32 = 0x0000_0801
  /// The first two bytes of a gzip file (RFC 1952, section 2.3.1).
  static let gzip: [UInt8] = [0x1f, 0x8b]
}
