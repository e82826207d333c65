import DeviceAPI
import Foundation
import HDF5
import RunLog
import Units

/// A fresh folder that is removed after `body`.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "run-log-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// The sentence of the error that `body` throws.
func sentence(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch { return "\(error)" }
}

/// Writes the file that was made in memory to the path that it was made for.
func publish(_ file: borrowing HDF5File) throws {
  var bytes: [UInt8] = []
  let size = try file.copyImage(into: &bytes)
  try Data(bytes.prefix(size)).write(to: URL(filePath: file.path))
}

enum Samples {
  static let header = RunHeader(
    generator: "simtrain 0.1.0", commandLine: ["simtrain", "--device", "tpu-sim", ""],
    seed: .max, device: "tpu-sim", dataset: "mnist", model: "mlp",
    hyperParameters: [
      RunAttribute("batchSize", .integer(32)), RunAttribute("learningRate", .real(0.001)),
      RunAttribute("optimizer", .text("adam")),
    ],
    recipe: "training:\n  epochs: 3\n",
    config: RunHeader.Config(
      name: "tpu-v3", text: "mxu:\n  rows: 128 # größer\n",
      values: [
        RunAttribute("clockMegahertz", .real(940)), RunAttribute("mxu.rows", .integer(128)),
        RunAttribute("vpu.present", .flag(true)),
      ]),
    continuation: RunHeader.Continuation(
      runFile: "/runs/before.h5", checkpoint: "/runs/before.ckpt", firstStep: 40))

  static func writer(
    at path: String, modelsCost: Bool = true, replacesExisting: Bool = false,
    createsFolder: Bool = false, now: @escaping () -> Double = { 0 }
  ) throws(RunLogError) -> RunWriter {
    try RunWriter(
      path: path, header: header, modelsCost: modelsCost, replacesExisting: replacesExisting,
      createsFolder: createsFolder, now: now)
  }

  static func step(_ step: Int) -> StepRecord {
    StepRecord(
      step: step, loss: 1 / Float(step + 1),
      cost: StepCost(
        executable: 0, start: Cycles(37 * step), cycles: Cycles(37),
        energy: Picojoules(Double(step % 7))))
  }

  static func epoch(_ epoch: Int) -> EpochRecord {
    EpochRecord(
      epoch: epoch, trainLoss: 0.5, testLoss: 0.25, testAccuracy: 0.975, seconds: 0.5,
      samplesPerSecond: 120_000)
  }

  /// An executable in which every number differs from every other.
  static func profile(_ name: String) -> ExecutionProfile {
    var next = 0
    func number() -> Int {
      next += 1
      return next
    }
    func energy() -> EnergyBreakdown {
      var energy = EnergyBreakdown()
      for component in EnergyComponent.allCases {
        energy[component] = Picojoules(Double(number()) + 0.25)
      }
      return energy
    }
    func schedule() -> Schedule {
      Schedule(
        cycles: Cycles(number()),
        units: ["mxu0", "vpu"].map { unit in
          UnitUsage(
            name: unit, busy: BusyKind.allCases.map { _ in Cycles(number()) },
            stalls: StallCause.allCases.map { _ in Cycles(number()) })
        },
        timeline: Timeline(
          Timeline.Rows(
            events: (BusyKind.allCases.map { ($0, nil) }
              + StallCause.allCases.map { (BusyKind.vector, $0) })
              .map { kind, cause in
                TimelineEvent(
                  unit: number(), op: number(), kind: kind, start: -number(), end: number(),
                  waitedFor: cause, tensor: cause == nil ? number() : nil, bytes: Bytes(number()))
              }, omittedCount: number(),
            attribution: CycleCategory.allCases.map { _ in Cycles(number()) })),
        energy: energy())
    }
    let ops = ["forward/dense1", "update"].map { name in
      OpCost(
        name: name, kind: "dot_general+add", unit: number(), cycles: Cycles(number()),
        macs: number(), vectorOperations: number(),
        traffic: MemoryLevel.allCases.map { _ in
          MemoryTraffic(read: Bytes(number()), written: Bytes(number()))
        },
        energy: energy())
    }
    var cost = SimulatedCost(
      clockMegahertz: 940, unitNames: ["mxu0", "vpu"], ops: ops, cold: schedule(),
      steady: schedule(),
      occupancy: (0..<3).map { _ in OccupancySample(cycle: number(), bytes: Bytes(number())) },
      onChipCapacity: Bytes(number()), peakMACsPerCycle: number())
    cost.tensors = [("images", 0..<7), ("sums", nil)].map { name, lifetime in
      TensorCost(
        name: name, bytes: Bytes(number()), elementBytes: number(), home: .offChip,
        loads: number(), stores: number(),
        traffic: MemoryLevel.allCases.map { _ in
          MemoryTraffic(read: Bytes(number()), written: Bytes(number()))
        }, energy: energy(), lifetime: lifetime)
    }
    cost.dataDependences = [
      DataDependence(name: "while", isLoop: true, entries: 3, runs: [number()], isAssumed: true),
      DataDependence(
        name: "while.body/case", isLoop: false, entries: 5, runs: [0, number(), 2],
        isAssumed: false),
    ]
    return ExecutionProfile(name: name, simulated: cost)
  }
}
