import DeviceAPI
import Testing
import Units

@testable import SystolicSim

@Suite("Timeline")
struct TimelineTests {
  /// Short latencies, so that a cycle-by-cycle machine is quick.
  static let quick = [
    "dma.setupCycles=3", "dram.latencyNanoseconds=4", "hostLink.latencyMicroseconds=0.02",
    "program.launchOverheadMicroseconds=0.02", "dram.bandwidthGigabytesPerSecond=20",
    "hostLink.bandwidthGigabytesPerSecond=20",
  ]

  @Test("the engine agrees with stepping every unit cycle by cycle", arguments: 0..<8)
  func stepping(seed: Int) throws {
    let queues = [1, 2, 8][seed % 3]
    let graph = try SampleGraphs.mlp(
      batch: 2 + seed % 3, sizes: [9, 3 + seed / 2, 3], optimizer: seed.isMultiple(of: 2))
    let (program, architecture) = try compiled(
      graph, "edge-8x8",
      Self.quick + ["dma.queues=\(queues)", vmem(kibibytes: [1.5, 64][seed / 4])])
    let engine = TimelineEngine(program.program, architecture: architecture)
    let naive = NaiveTimeline(
      program: program.program, durations: engine.durations, queues: queues)
    var state = engine.idleState
    for (execution, ends) in naive.ends(executions: 3).enumerated() {
      #expect(engine.execute(&state).map(\.end) == ends, "execution \(execution)")
    }
  }

  @Test(
    "the steady execution is the one that all later executions repeat",
    arguments: [0.001, 0.1, 0.6, 0.7, 0.8, 10])
  func steady(hostGigabytes: Double) throws {
    let graph = try SampleGraphs.mlp(batch: 8, sizes: [40, 20, 10])
    let (program, architecture) = try compiled(
      graph, "edge-8x8", ["hostLink.bandwidthGigabytesPerSecond=\(hostGigabytes)"])
    let engine = TimelineEngine(program.program, architecture: architecture)
    var state = engine.idleState
    var boundaries: [Int] = []
    for _ in 0..<400 {
      _ = engine.execute(&state)
      boundaries.append(state.boundary)
    }
    #expect(boundaries[399] - boundaries[398] == program.times.period)
    #expect(boundaries[299] - boundaries[298] == program.times.period)
  }

  // The core takes 275 cycles and the link 50 + 256 bytes at its rate: from 273 to 277 cycles, where
  // leads and backlogs grow by a cycle or two an execution.
  @Test(
    "a host link as fast as the core, or nearly, comes to its steady state",
    arguments: [223, 224, 225, 226, 227], [true, false])
  func nearlyBalanced(transfer: Int, brings: Bool) throws {
    var builder = GraphBuilder(name: "sum")
    let x = builder.parameter("x", TensorType([64], .f32), role: brings ? .infeed : .resident)
    let y = builder.parameter("y", TensorType([64], .f32))
    builder.result("z", try builder.add(x, y), donating: brings ? y : nil)
    let rate = "hostLink.bandwidthGigabytesPerSecond=\(256 / (Double(transfer) - 0.5))"
    let (program, architecture) = try compiled(
      builder.build(), "edge-8x8", HandWorkedTests.simple + [rate])
    #expect(program.cost.isSteadyExact)
    #expect(program.times.period == max(275, 50 + transfer))
    let engine = TimelineEngine(program.program, architecture: architecture)
    var state = engine.idleState
    for _ in 0..<600 { _ = engine.execute(&state) }
    let before = state.boundary
    _ = engine.execute(&state)
    #expect(state.boundary - before == program.times.period)
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

  /// Steady cycles for each value of an overridden key.
  private func periods(_ graph: Graph, _ overrides: [[String]]) throws -> [Int] {
    try overrides.map {
      try compiled(graph, "edge-8x8", $0).program.cost.steady.cycles.count
    }
  }

  private func expectFalling(_ periods: [Int], _ what: String) {
    for (a, b) in zip(periods, periods.dropFirst()) { #expect(b <= a, "\(what): \(periods)") }
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
