/// An amount of energy in picojoules (10⁻¹² J).
public struct Picojoules: Hashable, Comparable, Sendable, Codable {
  public var value: Double

  public init(_ value: Double) { self.value = value }

  public static let zero = Picojoules(0)

  public static func < (a: Picojoules, b: Picojoules) -> Bool { a.value < b.value }
  public static func + (a: Picojoules, b: Picojoules) -> Picojoules {
    Picojoules(a.value + b.value)
  }
  public static func * (n: Double, a: Picojoules) -> Picojoules { Picojoules(n * a.value) }
  public static func += (a: inout Picojoules, b: Picojoules) { a.value += b.value }

  /// The same energy in joules.
  public var joules: Double { value * 1e-12 }
}

extension Picojoules: CustomStringConvertible {
  public var description: String { "\(value) pJ" }
}
