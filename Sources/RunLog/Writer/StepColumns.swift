internal import HDF5

/// One growing column and the rows that are not in the file yet.
private struct Column<Element: HDF5Scalar>: ~Copyable {
  private var dataset: HDF5AppendableDataset<Element>
  private var pending: [Element] = []

  init(in file: borrowing HDF5File, at name: String) throws(HDF5Error) {
    let dataset: HDF5AppendableDataset<Element> = try file.createAppendable(
      at: name, chunkRows: StepColumns.capacity)
    try file.setAttribute("unit", of: name, to: .text(ColumnUnit.of(name)))
    self.dataset = dataset
    pending.reserveCapacity(StepColumns.capacity)
  }

  mutating func add(_ value: Element) { pending.append(value) }

  mutating func drain() throws(HDF5Error) {
    try dataset.append(pending)
    pending.removeAll(keepingCapacity: true)
  }
}

/// The columns of `metrics/step` and the steps that are not in the file yet.
///
/// Adding a step allocates nothing: the buffers are made once, for `capacity` steps.
struct StepColumns: ~Copyable {
  /// Steps that the buffers hold, and rows of a chunk: 32 KiB for 8-byte values.
  static let capacity = 4096

  private var step: Column<Int64>
  private var loss: Column<Float>
  private var cost: CostColumns?
  private var lossScale: LossScaleColumns?
  private(set) var pendingCount = 0

  /// Creates the columns in `file`; those of the cost only where the device models it, those of
  /// loss scaling only where the run scales its loss.
  init(in file: borrowing HDF5File, modelsCost: Bool, scalesLoss: Bool) throws(HDF5Error) {
    let step = try Column<Int64>(in: file, at: StepField.step)
    let loss = try Column<Float>(in: file, at: StepField.loss)
    cost = modelsCost ? try CostColumns(in: file) : nil
    lossScale = scalesLoss ? try LossScaleColumns(in: file) : nil
    self.step = step
    self.loss = loss
  }

  var isFull: Bool { pendingCount >= Self.capacity }

  /// Adds a step. One without a cost has executable -1 in a file that has columns for costs.
  mutating func add(_ record: StepRecord) {
    step.add(Int64(record.step))
    loss.add(record.loss)
    cost?.add(record.cost)
    lossScale?.add(record.lossScale)
    pendingCount += 1
  }

  /// Moves the buffered steps to the datasets.
  mutating func drain() throws(HDF5Error) {
    guard pendingCount > 0 else { return }
    try step.drain()
    try loss.drain()
    try cost?.drain()
    try lossScale?.drain()
    pendingCount = 0
  }
}

/// The columns that only a device with a cost model fills.
private struct CostColumns: ~Copyable {
  private var executable: Column<Int32>
  private var startCycle: Column<UInt64>
  private var cycles: Column<UInt64>
  private var energyPicojoules: Column<Double>

  init(in file: borrowing HDF5File) throws(HDF5Error) {
    let executable = try Column<Int32>(in: file, at: StepField.executable)
    let startCycle = try Column<UInt64>(in: file, at: StepField.startCycle)
    let cycles = try Column<UInt64>(in: file, at: StepField.cycles)
    energyPicojoules = try Column(in: file, at: StepField.energyPicojoules)
    self.executable = executable
    self.startCycle = startCycle
    self.cycles = cycles
  }

  mutating func add(_ cost: StepCost?) {
    executable.add(Int32(clamping: cost?.executable ?? StepField.noExecutable))
    startCycle.add(UInt64(clamping: cost?.start.count ?? 0))
    cycles.add(UInt64(clamping: cost?.cycles.count ?? 0))
    energyPicojoules.add(cost?.energy.value ?? 0)
  }

  mutating func drain() throws(HDF5Error) {
    try executable.drain()
    try startCycle.drain()
    try cycles.drain()
    try energyPicojoules.drain()
  }
}

/// The columns that only a run with loss scaling fills.
private struct LossScaleColumns: ~Copyable {
  private var scale: Column<Float>
  private var skippedSteps: Column<Int64>

  init(in file: borrowing HDF5File) throws(HDF5Error) {
    let scale = try Column<Float>(in: file, at: StepField.lossScale)
    skippedSteps = try Column(in: file, at: StepField.skippedSteps)
    self.scale = scale
  }

  mutating func add(_ record: StepLossScale?) {
    scale.add(record?.scale ?? .nan)
    skippedSteps.add(Int64(record?.skippedSteps ?? 0))
  }

  mutating func drain() throws(HDF5Error) {
    try scale.drain()
    try skippedSteps.drain()
  }
}
