public import ConfigFiles

/// A set of published figures that the model is compared with.
public struct ValidationSuite: Sendable {
  /// The name under which it is asked for.
  public let name: String
  /// What is compared with what.
  public let title: String
  public let bound: ValidationBound
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
  public func run(library: ConfigLibrary) throws(ValidationError) -> ValidationReport {
    ValidationReport(name: name, title: title, notes: notes, bound: bound, rows: try rows(library))
  }
}

extension ValidationSuite {
  /// All suites, in the order in which they are printed.
  public static let all: [ValidationSuite] = [
    .scaleSim, .tpuV6eGEMM, .tpuV6eElementwise, .tpuV1, .energy, .energyFigures, .dram,
  ]
}
