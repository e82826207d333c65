internal import DeviceAPI
internal import HDF5

/// The file of a run as it grows in memory.
struct RunContents: ~Copyable {
  let file: HDF5File
  var steps: StepColumns
  var epochs: HDF5AppendableTable
  private var executableNames: [String] = []

  init(path: String, header: RunHeader, modelsCost: Bool, scalesLoss: Bool) throws(HDF5Error) {
    let file = try HDF5File(inMemoryFor: path)
    try Self.write(header, to: file)
    try file.createGroup(RunFormat.executables)
    try file.createGroup(RunFormat.summary)
    let steps = try StepColumns(in: file, modelsCost: modelsCost, scalesLoss: scalesLoss)
    let epochs = try file.createAppendableTable(
      EpochTable.fields, at: RunFormat.epochs, chunkRows: 64)
    try file.setUnits(
      of: RunFormat.epochs, EpochTable.fields.map { ColumnUnit.of($0.name, $0.type) })
    self.epochs = epochs
    self.steps = steps
    self.file = file
  }

  /// Adds an executable and returns its number.
  mutating func addExecutable(_ profile: ExecutionProfile) throws(HDF5Error) -> Int {
    let number = executableNames.count
    let name = freeName(for: profile.name)
    try ExecutableGroup.write(
      profile, number: number, as: RunFormat.executable(name), to: file)
    executableNames.append(name)
    return number
  }

  func finish(
    _ status: RunStatus, failure: String?, summary: [RunAttribute]
  ) throws(HDF5Error) {
    for attribute in summary {
      try file.setAttribute(attribute.name, of: RunFormat.summary, to: attribute.value)
    }
    try file.setAttribute(RootAttribute.status, to: .text(status.rawValue))
    if let failure { try file.setAttribute(RootAttribute.failure, to: .text(failure)) }
  }

  /// A name that the file can hold a group under: no slash, not empty, not taken.
  private func freeName(for name: String) -> String {
    let replaced = name.split(separator: "/").joined(separator: "_")
    let base = replaced.isEmpty || replaced == "." ? "unnamed" : replaced
    var candidate = base
    var suffix = 2
    while executableNames.contains(candidate) {
      candidate = "\(base)-\(suffix)"
      suffix += 1
    }
    return candidate
  }

  private static func write(
    _ continuation: RunHeader.Continuation, to file: borrowing HDF5File
  ) throws(HDF5Error) {
    try file.setAttribute(
      RootAttribute.continuesCheckpoint, to: .text(continuation.checkpoint))
    try file.setAttribute(
      RootAttribute.continuesStep, to: .integer(Int64(continuation.firstStep)))
    guard let run = continuation.runFile else { return }
    try file.setAttribute(RootAttribute.continuesRun, to: .text(run))
  }

  private static func write(
    _ header: RunHeader, to file: borrowing HDF5File
  ) throws(HDF5Error) {
    try file.setAttribute(RootAttribute.format, to: .text(RunFormat.name))
    try file.setAttribute(
      RootAttribute.formatVersion, to: .integer(Int64(RunFormat.version)))
    try file.setAttribute(RootAttribute.generator, to: .text(header.generator))
    try file.setAttribute(RootAttribute.commandLine, to: .texts(header.commandLine))
    try file.setAttribute(RootAttribute.seed, to: .unsigned(header.seed))
    try file.setAttribute(RootAttribute.device, to: .text(header.device))
    try file.setAttribute(RootAttribute.dataset, to: .text(header.dataset))
    try file.setAttribute(RootAttribute.model, to: .text(header.model))
    try file.setAttribute(RootAttribute.status, to: .text(RunStatus.running.rawValue))
    if let recipe = header.recipe {
      try file.setAttribute(RootAttribute.recipe, to: .text(recipe))
    }
    if let continuation = header.continuation { try write(continuation, to: file) }
    try file.createGroup(RunFormat.hyperParameters)
    for parameter in header.hyperParameters {
      try file.setAttribute(parameter.name, of: RunFormat.hyperParameters, to: parameter.value)
    }
    guard let config = header.config else { return }
    try file.setAttribute(RootAttribute.configName, to: .text(config.name))
    try file.write(config.text, to: RunFormat.configText)
    try file.setAttribute("unit", of: RunFormat.configText, to: .text("text"))
    for value in config.values {
      try file.setAttribute(value.name, of: RunFormat.config, to: value.value)
    }
  }
}
