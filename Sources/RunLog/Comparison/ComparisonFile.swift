internal import HDF5

/// What is known of a comparison before its first run.
package struct ComparisonHeader: Hashable, Sendable {
  /// The program and its version: `simtrain 0.1.0`.
  package var generator: String
  /// The command, one word an element.
  package var commandLine: [String]
  package var seed: UInt64
  package var dataset: String
  /// The name or path by which the model was asked for.
  package var model: String
  /// Runs that were asked for.
  package var runCount: Int

  package init(
    generator: String, commandLine: [String], seed: UInt64, dataset: String, model: String,
    runCount: Int
  ) {
    self.generator = generator
    self.commandLine = commandLine
    self.seed = seed
    self.dataset = dataset
    self.model = model
    self.runCount = runCount
  }
}

/// The summary of several runs as an HDF5 file: one row a run. `Docs/compare.md` is the
/// description.
///
/// The file is only ever replaced whole, so that a crash leaves the summary before.
package enum ComparisonFile {
  /// The root's attribute `format`.
  static let name = "simtrain comparison"
  /// The root's attribute `formatVersion`.
  static let version = 1
  static let runs = "runs"
  static let relative = "relative"
  static let runCount = "runCount"

  /// One run that is over.
  package struct Row: Hashable, Sendable {
    /// From 1.
    package var run: Int
    package var device: String
    /// Empty for a device that has no architecture.
    package var config: String
    package var precision: String
    package var fusion: String
    /// The run file, in the same folder; empty if there is none.
    package var file: String
    /// It came to its end; otherwise it failed.
    package var isFinished: Bool
    /// NaN where the device does not model a figure.
    package var figures: [Double]
    /// The figures relative to those of the first run that has them; NaN where there are none.
    package var relatives: [Double]

    package init(
      run: Int, device: String, config: String, precision: String, fusion: String, file: String,
      isFinished: Bool, figures: [Double], relatives: [Double]
    ) {
      self.run = run
      self.device = device
      self.config = config
      self.precision = precision
      self.fusion = fusion
      self.file = file
      self.isFinished = isFinished
      self.figures = figures
      self.relatives = relatives
    }
  }

  /// Writes the summary of the rows so far, in place of one that is there.
  ///
  /// - Parameters:
  ///   - figureNames: names of `Row.figures`, unit last.
  ///   - relativeNames: names of `Row.relatives`.
  /// - Throws: `cannotWrite`, `hdf5`.
  package static func write(
    _ header: ComparisonHeader, status: RunStatus, figureNames: [String],
    relativeNames: [String], rows: [Row], to path: String
  ) throws(RunLogError) {
    var snapshot = try SnapshotFile(path: path, replacesExisting: true, createsFolder: true)
    var image: [UInt8] = []
    let size = try translated { () throws(HDF5Error) in
      let file = try HDF5File(inMemoryFor: path)
      try write(header, status, to: file)
      let numbers = HDF5Table.Field("run", .int64(rows.map { Int64($0.run) }))
      try file.writeWithUnits(
        HDF5Table([numbers] + texts(of: rows) + columns(figureNames, rows.map(\.figures))),
        to: runs)
      try file.write(
        HDF5Table([numbers] + columns(relativeNames, rows.map(\.relatives))), to: relative)
      // Ratios, but for differences in points.
      try file.setUnits(
        of: relative,
        ["1"] + relativeNames.map { $0.hasSuffix("Points") ? ColumnUnit.of($0) : ColumnUnit.one })
      return try file.copyImage(into: &image)
    }
    try snapshot.publish(image, byteCount: size, savedSteps: 0, isLast: status != .running)
  }

  private static func write(
    _ header: ComparisonHeader, _ status: RunStatus, to file: borrowing HDF5File
  ) throws(HDF5Error) {
    try file.setAttribute(RootAttribute.format, to: .text(name))
    try file.setAttribute(RootAttribute.formatVersion, to: .integer(Int64(version)))
    try file.setAttribute(RootAttribute.generator, to: .text(header.generator))
    try file.setAttribute(RootAttribute.commandLine, to: .texts(header.commandLine))
    try file.setAttribute(RootAttribute.seed, to: .unsigned(header.seed))
    try file.setAttribute(RootAttribute.dataset, to: .text(header.dataset))
    try file.setAttribute(RootAttribute.model, to: .text(header.model))
    try file.setAttribute(RootAttribute.status, to: .text(status.rawValue))
    try file.setAttribute(runCount, to: .integer(Int64(header.runCount)))
  }

  static func texts(of rows: [Row]) -> [HDF5Table.Field] {
    [
      .init("device", .text(rows.map(\.device))), .init("config", .text(rows.map(\.config))),
      .init("precision", .text(rows.map(\.precision))),
      .init("fusion", .text(rows.map(\.fusion))),
      .init("status", .text(rows.map { $0.isFinished ? "finished" : "failed" })),
      .init("file", .text(rows.map(\.file))),
    ]
  }

  private static func columns(_ names: [String], _ rows: [[Double]]) -> [HDF5Table.Field] {
    names.enumerated().map { column, name in
      .init(name, .float64(rows.map { $0[column] }))
    }
  }
}
