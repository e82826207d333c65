internal import DeviceAPI
internal import RunLog
internal import Units

/// What a run file says, as text or as JSON.
struct RunFileReport: InspectReport {
  let path: String
  /// Whether the file had its checksum.
  let isVerified: Bool
  let formatVersion: Int
  let status: RunStatus
  /// Why the run failed; `nil` unless it did.
  let failure: String?
  let header: RunHeader
  let steps: [StepRecord]
  let epochs: [EpochRecord]
  let executables: [ExecutionProfile]
  let summary: [RunAttribute]
  /// How many operations to list.
  let top: Int
  /// This run and those that it continues.
  private(set) var chain = RunChain.empty

  /// - Parameter visited: files that this one is read for, because they continue it.
  init(
    _ source: FileSource, top: Int, visited: Set<FileIdentity> = []
  ) throws(RunLogError) {
    let file = try RunFile(source)
    path = source.path
    isVerified = source.isVerified
    self.top = top
    formatVersion = file.formatVersion
    status = file.status
    failure = file.failure
    header = file.header
    steps = try file.steps()
    epochs = try file.epochs()
    executables = try file.executables()
    summary = try file.summary()
    for executable in executables { try Self.check(executable, path: path) }
    guard Self.addsUp(steps.compactMap { $0.cost?.cycles.count }) else {
      throw .damaged(
        path: path, object: "metrics/step/cycles", reason: "has cycles that no run can have")
    }
    chain = RunChain(of: self, visited: visited.union([FileIdentity(of: path)]))
  }

  /// Checks what a damaged file could hold and no schedule has.
  ///
  /// - Throws: `RunLogError.damaged`.
  private static func check(_ executable: ExecutionProfile, path: String) throws(RunLogError) {
    guard let cost = executable.simulated else { return }
    for schedule in [cost.cold, cost.steady] {
      guard (0...1 << 56).contains(schedule.cycles.count) else {
        throw damaged(executable, path: path)
      }
      let window = -4 * schedule.cycles.count...4 * max(1, schedule.cycles.count)
      let isSound = schedule.timeline.events.allSatisfy {
        cost.ops.indices.contains($0.op) && window.contains($0.start) && window.contains($0.end)
          && ($0.tensor.map(cost.tensors.indices.contains) ?? true)
      }
      let units = schedule.units.flatMap { $0.busy + $0.stalls }.map(\.count)
      if !isSound || !addsUp(units) { throw damaged(executable, path: path) }
    }
    let counts =
      cost.ops.flatMap { [$0.cycles.count, $0.macs, $0.vectorOperations] }
      + cost.tensors.flatMap { [$0.bytes.count, $0.loads, $0.stores] }
    if !addsUp(counts) { throw damaged(executable, path: path) }
  }

  /// Whether counts are not negative, and their sum is far from what an `Int` holds.
  private static func addsUp(_ counts: [Int]) -> Bool {
    var room = 1 << 56
    for count in counts {
      guard (0...room).contains(count) else { return false }
      room -= count
    }
    return true
  }

  private static func damaged(_ executable: ExecutionProfile, path: String) -> RunLogError {
    .damaged(
      path: path, object: "executables/\(executable.name)",
      reason: "has counts or a timeline that no schedule can have")
  }

  /// An executable's operations, those with the most cycles first.
  static func longest(_ cost: SimulatedCost, count: Int) -> [OpCost] {
    let order = cost.ops.indices.sorted {
      (cost.ops[$1].cycles, $0) < (cost.ops[$0].cycles, $1)
    }
    return order.prefix(count).map { cost.ops[$0] }
  }

  /// An executable's tensors, those that move the most bytes off chip first, then the largest.
  static func busiest(_ cost: SimulatedCost, count: Int) -> [TensorCost] {
    func key(_ tensor: TensorCost) -> (moved: Int, size: Int) {
      (offChipBytes(tensor.traffic), tensor.bytes.count)
    }
    let order = cost.tensors.indices.sorted {
      let (first, second) = (key(cost.tensors[$0]), key(cost.tensors[$1]))
      return (second.moved, second.size, $0) < (first.moved, first.size, $1)
    }
    return order.prefix(count).map { cost.tensors[$0] }
  }

  /// Bytes of DRAM.
  static func offChipBytes(_ traffic: [MemoryTraffic]) -> Int {
    traffic[MemoryLevel.offChip.index].total.count
  }
}
