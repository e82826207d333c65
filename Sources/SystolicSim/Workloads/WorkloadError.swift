public import ConfigFiles

/// What is wrong with a workload.
public struct WorkloadError: InputError, Hashable, Sendable, CustomStringConvertible {
  /// The file and line, or the name of the layer.
  public var place: String
  /// What is wrong, what was expected, how to mend it.
  public var reason: String

  package init(_ place: String, _ reason: String) {
    self.place = place
    self.reason = reason
  }

  /// Place and reason, in one line.
  public var description: String { "\(place): \(reason)" }
}
