/// What a processing element of the golden model multiplies, and how it adds up.
package protocol GoldenOperand: Sendable {
  /// What an accumulator holds.
  associatedtype Sum: Hashable & Sendable

  static var zeroSum: Sum { get }
  /// `sum + a · b` as the processing element computes it.
  static func multiplyAdd(_ sum: Sum, _ a: Self, _ b: Self) -> Sum
  /// A later fold's sum added to the accumulator.
  static func add(_ a: Sum, _ b: Sum) -> Sum
  /// A sum as it leaves the array.
  static func leaving(_ sum: Sum) -> Sum
}

/// A fused multiply-add: exact product, one rounding to fp32.
extension Float: GoldenOperand {
  package static var zeroSum: Float { 0 }
  package static func multiplyAdd(_ sum: Float, _ a: Float, _ b: Float) -> Float {
    sum.addingProduct(a, b)
  }
  package static func add(_ a: Float, _ b: Float) -> Float { a + b }
  /// A NaN leaves with the canonical bits, whatever the host's arithmetic made of its payload.
  package static func leaving(_ sum: Float) -> Float {
    sum.isNaN ? Float(bitPattern: 0x7fc0_0000) : sum
  }
}

/// int8 operands, exact products, int32 sums that wrap around.
extension Int8: GoldenOperand {
  package static var zeroSum: Int32 { 0 }
  package static func multiplyAdd(_ sum: Int32, _ a: Int8, _ b: Int8) -> Int32 {
    sum &+ Int32(a) * Int32(b)
  }
  package static func add(_ a: Int32, _ b: Int32) -> Int32 { a &+ b }
  package static func leaving(_ sum: Int32) -> Int32 { sum }
}
