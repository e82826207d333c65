import DeviceAPI
import GraphIR
import ProgramOracle
import Testing
import Units

@testable import SystolicModel
@testable import SystolicCompiler

/// Expects the engine to end every instruction of three executions when the machine that is stepped
/// cycle by cycle does.
func expectStepped(_ program: Program, _ architecture: ChipArchitecture, queues: Int) {
  let timing = ChipTiming(architecture)
  let naive = NaiveTimeline(ExpandedProgram(program, timing), queues: queues)
  let times = InstructionTimes.run(program, timing, executions: 3)
  for (execution, ends) in naive.ends(executions: 3).enumerated() {
    #expect(times[execution].map(\.time.end) == ends, "execution \(execution)")
  }
}

/// Expects cycles not to grow, as more of something is given: the plan taken is within 2 % of the fastest,
/// which never gets slower.
func expectFalling(_ cycles: [Int], _ what: String) {
  var fastest = Int.max
  for taken in cycles {
    fastest = min(fastest, taken)
    #expect(taken <= MappingObjective.limit(fastest), "\(what): \(cycles)")
  }
}

@Suite("Timeline")
struct TimelineTests {
  /// Short latencies, so that a cycle-by-cycle machine is quick.
  static let quick = [
    "dma.setupCycles=3", "dram.latencyNanoseconds=4", "hostLink.latencyMicroseconds=0.02",
    "program.launchOverheadMicroseconds=0.02", "dram.bandwidthGigabytesPerSecond=20",
    "hostLink.bandwidthGigabytesPerSecond=20",
    // Ports so wide that nobody waits for another at them.
    "vmem.banks=1024", "vmem.bankWidthBytes=1024", "vmem.readBytesPerCycle=1048576",
    "vmem.writeBytesPerCycle=1048576",
  ]

  @Test("the engine agrees with stepping every unit cycle by cycle", arguments: 0..<8)
  func stepping(seed: Int) throws {
    let queues = [1, 2, 8][seed % 3]
    let graph = try SampleGraphs.mlp(
      batch: 2 + seed % 3, sizes: [9, 3 + seed / 2, 3], optimizer: seed.isMultiple(of: 2))
    let (program, architecture) = try compiled(
      graph, "edge-8x8",
      Self.quick + ["dma.queues=\(queues)", vmem(kibibytes: [1.5, 64][seed / 4])])
    expectStepped(program.program, architecture, queues: queues)
  }

  @Test(
    "the steady execution is the one that all later executions repeat",
    arguments: [0.001, 0.1, 0.6, 0.7, 0.8, 10])
  func steady(hostGigabytes: Double) throws {
    let graph = try SampleGraphs.mlp(batch: 8, sizes: [40, 20, 10])
    let (program, architecture) = try compiled(
      graph, "edge-8x8", ["hostLink.bandwidthGigabytesPerSecond=\(hostGigabytes)"])
    let boundaries = boundaries(program.program, architecture, executions: 400)
    #expect(boundaries[399] - boundaries[398] == program.times.period)
    #expect(boundaries[299] - boundaries[298] == program.times.period)
  }

  // The core takes 255 cycles and the link 50 + 256 bytes at its rate: from 253 to 257 cycles, where
  // leads and backlogs grow by a cycle or two an execution.
  @Test(
    "a host link as fast as the core, or nearly, comes to its steady state",
    arguments: [203, 204, 205, 206, 207], [true, false])
  func nearlyBalanced(transfer: Int, brings: Bool) throws {
    var builder = GraphBuilder(name: "sum")
    let x = builder.parameter("x", TensorType([64], .f32), role: brings ? .infeed : .resident)
    let y = builder.parameter("y", TensorType([64], .f32))
    builder.result("z", try builder.add(x, y), donating: brings ? y : nil)
    let graph = try builder.build()
    func compiled(gigabytes: Double) throws -> (program: CompiledProgram, ChipArchitecture) {
      try SystolicSimTests.compiled(
        graph, "edge-8x8",
        HandWorkedTests.simple + ["hostLink.bandwidthGigabytesPerSecond=\(gigabytes)"])
    }
    let core = try compiled(gigabytes: 100).program.times.period
    #expect(core == 255)
    let (program, architecture) = try compiled(gigabytes: 256 / (Double(transfer) - 0.5))
    #expect(program.cost.isSteadyExact)
    #expect(program.times.period == max(core, 50 + transfer))
    let boundaries = boundaries(program.program, architecture, executions: 601)
    #expect(boundaries[600] - boundaries[599] == program.times.period)
  }

  @Test("each cycle goes to one category, and all of them make the step")
  func attribution() throws {
    for chip in CompilerTests.chips {
      let cost = try compiled(SampleGraphs.mlp(batch: 8, sizes: [40, 20, 10]), chip).program.cost
      for schedule in [cost.cold, cost.steady] {
        let cycles = cost.attribution(of: schedule)
        #expect(cycles.reduce(.zero, +) == schedule.cycles)
        // No other unit's work hides the array's.
        #expect(cycles[0] == schedule.units[ProgramUnit.mxu.rawValue].busy[BusyKind.compute.index])
      }
    }
  }

  /// When the core has finished each execution.
  private func boundaries(
    _ program: Program, _ architecture: ChipArchitecture, executions: Int
  ) -> [Int] {
    let engine = TimelineEngine(program, ChipTiming(architecture), recorder: NoRecorder())
    var machine = MachineState(program)
    return (0..<executions).map { _ in
      engine.execute(&machine)
      return machine.boundary
    }
  }

  /// Steady cycles for each value of an overridden key.
  private func periods(_ graph: Graph, _ overrides: [[String]]) throws -> [Int] {
    try overrides.map {
      try compiled(graph, "edge-8x8", $0).program.cost.steady.cycles.count
    }
  }

  static let models: [(String, @Sendable () throws -> Graph)] = [
    ("mlp", { try SampleGraphs.mlp(batch: 8, sizes: [60, 24, 10]) }),
    ("wide", { try SampleGraphs.mlp(batch: 3, sizes: [20, 100, 5], optimizer: false) }),
    ("cnn", { try SampleGraphs.cnn(batch: 2, size: 8) }),
  ]

  @Test("more bandwidth never makes a step longer", arguments: 0..<3)
  func bandwidth(model: Int) throws {
    let graph = try Self.models[model].1()
    for kibibytes in [6.0, 256] {
      for key in ["dram", "hostLink"] {
        let values = [0.05, 0.3, 1, 3, 30].map {
          ["\(key).bandwidthGigabytesPerSecond=\($0)", vmem(kibibytes: kibibytes)]
        }
        expectFalling(try periods(graph, values), "\(key) \(kibibytes)")
      }
    }
  }

  @Test("more on-chip memory never makes a step longer", arguments: 0..<3)
  func capacity(model: Int) throws {
    let graph = try Self.models[model].1()
    let sizes = [3.0, 4, 5, 7, 8, 12, 16, 23, 32, 48, 64, 1024]
    expectFalling(try periods(graph, sizes.map { [vmem(kibibytes: $0)] }), "VMEM")
  }

  @Test("more overlap of folds, more copies in flight, never make a step longer", arguments: 0..<3)
  func overlap(model: Int) throws {
    let graph = try Self.models[model].1()
    for kibibytes in [8.0, 256] {
      let memory = vmem(kibibytes: kibibytes)
      expectFalling(
        try periods(
          graph,
          [Overlap.none, .doubleBuffered, .pipelined].map {
            ["mxu.overlap=\($0.rawValue)", memory]
          }),
        "overlap \(kibibytes)")
      expectFalling(
        try periods(graph, [1, 2, 3, 8].map { ["dma.queues=\($0)", memory] }),
        "queues \(kibibytes)")
    }
  }
}
