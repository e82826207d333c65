/// One way in which a device fell short of the contract.
package struct ConformanceFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The case that failed.
  package var caseName: String
  /// One line: where, what was expected, what came, how far it may be off.
  package var detail: String

  package init(caseName: String, detail: String) {
    self.caseName = caseName
    self.detail = detail
  }

  package var description: String { "\(caseName): \(detail)" }
}
