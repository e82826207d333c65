/// How consecutive accesses go round the channels of a DRAM, or consecutive words round the banks of
/// an on-chip memory.
package enum Interleaving: String, CaseIterable, Codable, Sendable {
  /// The channel or bank is a digit of the address. Strides that are multiples of all of them meet
  /// one.
  case plain
  /// The digits above it are added to it (of a bank: the next one only), so that such strides meet
  /// all of them.
  ///
  /// - Source: Budnik & Kuck, IEEE Trans. Computers 1971 (skewed storage).
  case skewed
}
