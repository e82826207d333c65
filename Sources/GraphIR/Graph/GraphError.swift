/// A graph that breaks a rule of its operations: shapes, types, order, donation.
public struct GraphError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The instruction or part of the graph: `%12 dot_general in 'forward/dense1'`.
  public var place: String
  /// What is wrong and what was expected.
  public var reason: String

  /// A broken rule, and where.
  public init(place: String, reason: String) {
    self.place = place
    self.reason = reason
  }

  /// Place and reason, in one line.
  public var description: String { "\(place): \(reason)" }
}
