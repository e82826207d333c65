/// An amount of energy in picojoules (10⁻¹² J).
public struct Picojoules: Hashable, Comparable, Sendable, Codable {
  /// In units of 10^-12 joule.
  public var value: Double

  /// `value` picojoules.
  public init(_ value: Double) { self.value = value }

  /// No energy.
  public static let zero = Picojoules(0)

  /// Less energy.
  public static func < (a: Picojoules, b: Picojoules) -> Bool { a.value < b.value }
  /// The sum, rounded once.
  public static func + (a: Picojoules, b: Picojoules) -> Picojoules {
    Picojoules(a.value + b.value)
  }
  /// `n` times as much, rounded once.
  public static func * (n: Double, a: Picojoules) -> Picojoules { Picojoules(n * a.value) }
  /// Adds, rounding once.
  public static func += (a: inout Picojoules, b: Picojoules) { a.value += b.value }

  /// The same energy in joules.
  public var joules: Double { value * 1e-12 }
}

extension Picojoules: CustomStringConvertible {
  /// `1.5 pJ`.
  public var description: String { "\(value) pJ" }
}
