package import ConfigFiles

/// A set of published figures that the model is compared with.
package struct ValidationSuite: Sendable {
  /// The name under which it is asked for.
  package let name: String
  /// What is compared with what.
  package let title: String
  package let bound: ValidationBound
  private let notes: [String]
  private let rows: @Sendable (ConfigLibrary) throws(ValidationError) -> [ValidationRow]

  init(
    name: String, title: String, bound: ValidationBound, notes: [String],
    rows: @escaping @Sendable (ConfigLibrary) throws(ValidationError) -> [ValidationRow]
  ) {
    self.name = name
    self.title = title
    self.bound = bound
    self.notes = notes
    self.rows = rows
  }

  /// Works out every figure of the suite.
  ///
  /// - Parameter library: where chips and tables of published figures are found.
  package func run(library: ConfigLibrary) throws(ValidationError) -> ValidationReport {
    ValidationReport(name: name, title: title, notes: notes, bound: bound, rows: try rows(library))
  }
}

extension ValidationSuite {
  /// All suites, in the order in which they are printed.
  package static let all: [ValidationSuite] = [
    .scaleSim, .tpuV6eGEMM, .tpuV6eElementwise, .tpuV1, .energy, .energyFigures, .dram,
    .area,
  ]
}
