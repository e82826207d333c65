/// A count of clock cycles of the simulated chip.
public struct Cycles: Hashable, Comparable, Sendable, Codable {
  /// How many; a difference may be negative.
  public var count: Int

  /// `count` cycles.
  public init(_ count: Int) { self.count = count }

  /// No cycle.
  public static let zero = Cycles(0)

  /// Fewer cycles.
  public static func < (a: Cycles, b: Cycles) -> Bool { a.count < b.count }
  /// The sum; traps on overflow.
  public static func + (a: Cycles, b: Cycles) -> Cycles { Cycles(a.count + b.count) }
  /// The difference, which may be negative; traps on overflow.
  public static func - (a: Cycles, b: Cycles) -> Cycles { Cycles(a.count - b.count) }
  /// `n` times as many; traps on overflow.
  public static func * (n: Int, a: Cycles) -> Cycles { Cycles(n * a.count) }
  /// Adds; traps on overflow.
  public static func += (a: inout Cycles, b: Cycles) { a.count += b.count }
  /// Subtracts; traps on overflow.
  public static func -= (a: inout Cycles, b: Cycles) { a.count -= b.count }

  /// The time that these cycles take at `clockMegahertz`.
  public func seconds(atMegahertz clockMegahertz: Double) -> Double {
    Double(count) / (clockMegahertz * 1e6)
  }
}

extension Cycles: CustomStringConvertible {
  /// `128 cycles`.
  public var description: String { "\(count) cycles" }
}

extension Int {
  /// The quotient rounded towards positive infinity; both operands non-negative, divisor positive.
  @inlinable public func dividedRoundingUp(by divisor: Int) -> Int {
    self / divisor + (self % divisor == 0 ? 0 : 1)
  }

  /// The smallest multiple of `multiple` that is not below `self`.
  @inlinable public func roundedUp(toMultipleOf multiple: Int) -> Int {
    dividedRoundingUp(by: multiple) * multiple
  }
}
