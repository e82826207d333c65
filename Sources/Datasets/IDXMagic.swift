/// The first four bytes of an IDX file, read as one big-endian number.
///
/// - Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File
///   formats": two zero bytes, the element type (0x08, unsigned byte), the number of dimensions.
enum IDXMagic {
  static let images: UInt32 = 0x0000_0803
  static let labels: UInt32 = 0x0000_0801
}
