internal import Units

/// A fraction of a tensor.
package struct Share: Hashable, Sendable {
  package var part: Int
  package var whole: Int

  @inlinable
  package init(part: Int, whole: Int) { (self.part, self.whole) = (part, whole) }

  package static let all = Share(part: 1, whole: 1)

  /// So much of a whole number, rounded up.
  @inlinable
  package func of(_ number: Int) -> Int {
    if part == whole || whole == 0 || number == 0 { return number }
    let (product, overflow) = number.multipliedReportingOverflow(by: part)
    if !overflow { return product.dividedRoundingUp(by: whole) }
    let (quotient, remainder) = whole.dividingFullWidth(number.multipliedFullWidth(by: part))
    return remainder == 0 ? quotient : quotient + 1
  }

  /// So many of the elements of a tensor, in bytes.
  @inlinable
  package func of(bytes: Int, elementBytes: Int) -> Int {
    if part == whole { return bytes }
    return elementBytes > 0 ? of(bytes / elementBytes) * elementBytes : of(bytes)
  }
}
