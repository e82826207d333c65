/// One way in which a device fell short of the contract.
public struct ConformanceFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The case that failed.
  public var caseName: String
  /// One line: where, what was expected, what came, how far it may be off.
  public var detail: String

  public init(caseName: String, detail: String) {
    self.caseName = caseName
    self.detail = detail
  }

  public var description: String { "\(caseName): \(detail)" }
}
