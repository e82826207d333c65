internal import HDF5

/// What the summary of a comparison says.
package struct ComparisonContents: Hashable, Sendable {
  package var header: ComparisonHeader
  /// `running` in the summary of a comparison that was killed.
  package var status: RunStatus
  /// Names of `Row.figures`.
  package var figureNames: [String]
  /// Names of `Row.relatives`.
  package var relativeNames: [String]
  package var rows: [ComparisonFile.Row]
}

extension ComparisonFile {
  /// Reads a summary.
  ///
  /// - Throws: `hdf5` for a file that is missing, damaged or not HDF5; `notARunFile`;
  ///   `newerFormat`; `damaged`.
  package static func read(_ source: FileSource) throws(RunLogError) -> ComparisonContents {
    let path = source.path
    let file = try source.open()
    let root = AttributeLookup(of: "/")
    guard try root.optional(RootAttribute.format, in: file) == .text(name) else {
      throw .notARunFile(path: path)
    }
    let found = try root.integer(RootAttribute.formatVersion, in: file)
    guard found <= version else {
      throw .newerFormat(path: path, found: found, supported: version)
    }
    guard let status = RunStatus(rawValue: try root.text(RootAttribute.status, in: file)) else {
      throw root.damaged(RootAttribute.status, in: file)
    }
    let runs = try TableReader(file, runs)
    let relative = try TableReader(file, relative)
    let figureNames = runs.fields.filter { !fixedColumns.contains($0) }
    let relativeNames = relative.fields.filter { $0 != "run" }
    return ComparisonContents(
      header: try header(from: file), status: status, figureNames: figureNames,
      relativeNames: relativeNames,
      rows: try rows(
        runs, figures: columns(figureNames, of: runs),
        relatives: columns(relativeNames, of: relative)))
  }

  private static let fixedColumns = ["run"] + texts(of: []).map(\.name)

  private static func columns(
    _ names: [String], of table: TableReader
  ) throws(RunLogError) -> [[Double]] {
    var columns: [[Double]] = []
    for name in names { columns.append(try table.reals(name)) }
    return columns
  }

  private static func rows(
    _ table: TableReader, figures: [[Double]], relatives: [[Double]]
  ) throws(RunLogError) -> [Row] {
    let runs = try table.integers("run")
    let devices = try table.texts("device")
    let configs = try table.texts("config")
    let precisions = try table.texts("precision")
    let fusions = try table.texts("fusion")
    let statuses = try table.texts("status")
    let files = try table.texts("file")
    guard (figures + relatives).allSatisfy({ $0.count == runs.count }) else {
      throw table.damaged("has another number of rows than '\(relative)'")
    }
    return runs.indices.map { row in
      Row(
        run: runs[row], device: devices[row], config: configs[row], precision: precisions[row],
        fusion: fusions[row], file: files[row], isFinished: statuses[row] == "finished",
        figures: figures.map { $0[row] }, relatives: relatives.map { $0[row] })
    }
  }

  private static func header(
    from file: borrowing HDF5File
  ) throws(RunLogError) -> ComparisonHeader {
    let root = AttributeLookup(of: "/")
    return ComparisonHeader(
      generator: try root.text(RootAttribute.generator, in: file),
      commandLine: try root.texts(RootAttribute.commandLine, in: file),
      seed: try root.unsigned(RootAttribute.seed, in: file),
      dataset: try root.text(RootAttribute.dataset, in: file),
      model: try root.text(RootAttribute.model, in: file),
      runCount: try root.integer(runCount, in: file))
  }
}
