/// A count of clock cycles of the simulated chip.
public struct Cycles: Hashable, Comparable, Sendable, Codable {
  public var count: Int

  public init(_ count: Int) { self.count = count }

  public static let zero = Cycles(0)

  public static func < (a: Cycles, b: Cycles) -> Bool { a.count < b.count }
  public static func + (a: Cycles, b: Cycles) -> Cycles { Cycles(a.count + b.count) }
  public static func - (a: Cycles, b: Cycles) -> Cycles { Cycles(a.count - b.count) }
  public static func * (n: Int, a: Cycles) -> Cycles { Cycles(n * a.count) }
  public static func += (a: inout Cycles, b: Cycles) { a.count += b.count }
  public static func -= (a: inout Cycles, b: Cycles) { a.count -= b.count }

  /// The time that these cycles take at `clockMegahertz`.
  public func seconds(atMegahertz clockMegahertz: Double) -> Double {
    Double(count) / (clockMegahertz * 1e6)
  }
}

extension Cycles: CustomStringConvertible {
  public var description: String { "\(count) cycles" }
}

extension Int {
  /// The quotient rounded towards positive infinity; both operands non-negative, divisor positive.
  public func dividedRoundingUp(by divisor: Int) -> Int {
    self / divisor + (self % divisor == 0 ? 0 : 1)
  }

  /// The smallest multiple of `multiple` that is not below `self`.
  public func roundedUp(toMultipleOf multiple: Int) -> Int {
    dividedRoundingUp(by: multiple) * multiple
  }
}
