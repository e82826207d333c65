package import DeviceAPI
internal import HDF5
internal import Units

/// A run file, open for reading.
package struct RunFile: ~Copyable, Sendable {
  /// Where the file lies.
  package let path: String
  /// The version of the file's format.
  package let formatVersion: Int
  /// What was known before the first step.
  package let header: RunHeader
  /// `running` in the file of a run that was killed.
  package let status: RunStatus
  /// Why the run failed; `nil` unless it did.
  package let failure: String?
  private let file: HDF5File

  /// Opens a file and reads what stands before the metrics.
  ///
  /// - Throws: `hdf5` for a file that is missing, damaged or not HDF5; `notARunFile`;
  ///   `newerFormat`; `damaged`.
  package init(_ source: FileSource) throws(RunLogError) {
    let path = source.path
    let file = try source.open()
    let root = AttributeLookup(of: "/")
    guard try root.optional(RootAttribute.format, in: file) == .text(RunFormat.name) else {
      throw .notARunFile(path: path)
    }
    let version = try root.integer(RootAttribute.formatVersion, in: file)
    guard version <= RunFormat.version else {
      throw .newerFormat(path: path, found: version, supported: RunFormat.version)
    }
    guard let status = RunStatus(rawValue: try root.text(RootAttribute.status, in: file)) else {
      throw root.damaged(RootAttribute.status, in: file)
    }
    let failure = try root.optional(RootAttribute.failure, in: file)?.description
    header = try Self.readHeader(from: file)
    self.failure = failure
    self.path = path
    formatVersion = version
    self.status = status
    self.file = file
  }

  /// Opens the file at `path`, which must have its checksum.
  ///
  /// - Throws: as above.
  package init(path: String) throws(RunLogError) { try self.init(FileSource(path: path)) }

  /// The steps in the order in which they ran.
  package func steps() throws(RunLogError) -> [StepRecord] {
    let steps: [Int64] = try read(StepField.step)
    let losses: [Float] = try column(StepField.loss, count: steps.count)
    let costs = try stepCosts(count: steps.count)
    let scales = try lossScales(count: steps.count)
    return steps.indices.map { row in
      StepRecord(
        step: Int(steps[row]), loss: losses[row], cost: costs.map { $0[row] } ?? nil,
        lossScale: scales?[row])
    }
  }

  /// The epochs in order.
  package func epochs() throws(RunLogError) -> [EpochRecord] {
    try EpochTable.decode(TableReader(file, RunFormat.epochs))
  }

  /// The executables in the order in which they were added, so that `StepCost.executable` is an
  /// index into them.
  package func executables() throws(RunLogError) -> [ExecutionProfile] {
    var numbered: [(number: Int, profile: ExecutionProfile)] = []
    for name in try members(of: RunFormat.executables) {
      let group = RunFormat.executable(name)
      numbered.append(
        (
          try AttributeLookup(of: group).integer("number", in: file),
          try ExecutableGroup.read(group, from: file)
        ))
    }
    return numbered.sorted { $0.number < $1.number }.map(\.profile)
  }

  /// The figures of the whole run, in alphabetical order; empty unless the run ended.
  package func summary() throws(RunLogError) -> [RunAttribute] {
    try AttributeLookup(of: RunFormat.summary).all(in: file)
  }

  /// What each step cost, or `nil` for a device that does not model it.
  private func stepCosts(count: Int) throws(RunLogError) -> [StepCost?]? {
    let isModelled: Bool
    do { isModelled = try file.contains(StepField.cycles) } catch { throw .hdf5(error) }
    guard isModelled else { return nil }
    let executables: [Int32] = try column(StepField.executable, count: count)
    let starts: [Int64] = try column(StepField.startCycle, count: count)
    let cycles: [Int64] = try column(StepField.cycles, count: count)
    let energies: [Double] = try column(StepField.energyPicojoules, count: count)
    return (0..<count).map { row in
      guard executables[row] != Int32(StepField.noExecutable) else { return nil }
      return StepCost(
        executable: Int(executables[row]), start: Cycles(Int(starts[row])),
        cycles: Cycles(Int(cycles[row])), energy: Picojoules(energies[row]))
    }
  }

  /// Loss scaling after each step, or `nil` for a run without it.
  private func lossScales(count: Int) throws(RunLogError) -> [StepLossScale]? {
    let scales: Bool
    do { scales = try file.contains(StepField.lossScale) } catch { throw .hdf5(error) }
    guard scales else { return nil }
    let values: [Float] = try column(StepField.lossScale, count: count)
    let skipped: [Int64] = try column(StepField.skippedSteps, count: count)
    return (0..<count).map {
      StepLossScale(scale: values[$0], skippedSteps: Int(skipped[$0]))
    }
  }

  private func column<Element: HDF5Scalar>(
    _ name: String, count: Int
  ) throws(RunLogError) -> [Element] {
    let values: [Element] = try read(name)
    guard values.count == count else {
      throw .damaged(
        path: path, object: name, reason: "has \(values.count) rows where step has \(count)")
    }
    return values
  }

  private func read<Element: HDF5Scalar>(_ name: String) throws(RunLogError) -> [Element] {
    do { return try file.read(from: name) } catch { throw .hdf5(error) }
  }

  private func members(of group: String) throws(RunLogError) -> [String] {
    do { return try file.members(of: group) } catch { throw .hdf5(error) }
  }

  private static func readHeader(
    from file: borrowing HDF5File
  ) throws(RunLogError) -> RunHeader {
    let root = AttributeLookup(of: "/")
    return RunHeader(
      generator: try root.text(RootAttribute.generator, in: file),
      commandLine: try root.texts(RootAttribute.commandLine, in: file),
      seed: try root.unsigned(RootAttribute.seed, in: file),
      device: try root.text(RootAttribute.device, in: file),
      dataset: try root.text(RootAttribute.dataset, in: file),
      model: try root.text(RootAttribute.model, in: file),
      hyperParameters: try AttributeLookup(of: RunFormat.hyperParameters).all(in: file),
      recipe: try root.optional(RootAttribute.recipe, in: file)?.description,
      config: try readConfig(from: file), continuation: try readContinuation(from: file))
  }

  private static func readContinuation(
    from file: borrowing HDF5File
  ) throws(RunLogError) -> RunHeader.Continuation? {
    let root = AttributeLookup(of: "/")
    guard try root.optional(RootAttribute.continuesStep, in: file) != nil else { return nil }
    let hasRun = try root.optional(RootAttribute.continuesRun, in: file) != nil
    return RunHeader.Continuation(
      runFile: hasRun ? try root.text(RootAttribute.continuesRun, in: file) : nil,
      checkpoint: try root.text(RootAttribute.continuesCheckpoint, in: file),
      firstStep: try root.integer(RootAttribute.continuesStep, in: file))
  }

  private static func readConfig(
    from file: borrowing HDF5File
  ) throws(RunLogError) -> RunHeader.Config? {
    let root = AttributeLookup(of: "/")
    guard try root.optional(RootAttribute.configName, in: file) != nil else { return nil }
    let texts: [String]
    do { texts = try file.readTexts(from: RunFormat.configText) } catch { throw .hdf5(error) }
    return RunHeader.Config(
      name: try root.text(RootAttribute.configName, in: file), text: texts.first ?? "",
      values: try AttributeLookup(of: RunFormat.config).all(in: file))
  }
}
