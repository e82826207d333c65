/// The bytes that a copy touches in DRAM: rows of equal length at equal distance.
package struct TransferPattern: Hashable, Sendable {
  /// Rows of consecutive bytes.
  package let rows: Int
  /// Bytes of a row.
  package let bytesPerRow: Int
  /// Bytes from the start of a row to the start of the next.
  package let strideBytes: Int

  /// Consecutive bytes.
  @inlinable package init(bytes: Int) {
    self.init(rows: bytes > 0 ? 1 : 0, bytesPerRow: bytes, strideBytes: bytes)
  }

  /// `rows` rows of `bytesPerRow` bytes, `strideBytes` apart; rows that touch are one row.
  @inlinable package init(rows: Int, bytesPerRow: Int, strideBytes: Int) {
    let isOne = rows == 1 || strideBytes <= bytesPerRow
    self.rows = isOne ? min(rows, 1) : rows
    self.bytesPerRow = isOne ? max(rows, 1) * bytesPerRow : bytesPerRow
    self.strideBytes = isOne ? self.bytesPerRow : strideBytes
  }

  /// Bytes that are wanted.
  @inlinable package var bytes: Int { rows * bytesPerRow }
}
