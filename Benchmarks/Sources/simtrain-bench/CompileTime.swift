internal import ConfigFiles
internal import CPUDevice
internal import DeviceAPI
internal import GraphIR
internal import SystolicCompiler
internal import SystolicModel
internal import SystolicSim
internal import Training

/// Part 3: how long training steps take to compile, on one thread.
struct CompileTime {
  let library: ConfigLibrary
  let simtrain: String
  let rounds: Int
  let thresholds: Thresholds

  private static let columns = ["", "device", "median", "least", "greatest", "expected", "verdict"]

  func measure(into report: inout Report) throws {
    try measurePrograms(&report)
    try measureEveryChip(&report)
    try measureFreshProcesses(&report)
    try measureGrowth(&report)
  }

  /// The models with `Device.compile`; on chips also without the host's kernels.
  private func measurePrograms(_ report: inout Report) throws {
    report.heading("Compiling training steps, ms")
    let programs: [(name: String, graph: Graph)] = [
      ("mlp", try benchmarkProgram().step),
      ("lenet5", try benchmarkProgram(model: "lenet5", batchSize: 32, library: library).step),
      ("cnn", try benchmarkProgram(model: "cnn", batchSize: 32, library: library).step),
      ("transformer", try TransformerStep().graph()),
    ]
    var rows: [[String]] = []
    for (name, graph) in programs {
      for target in try targets() {
        rows.append(try row(name, target.name, milliseconds(target.device, graph)))
      }
    }
    for name in Self.chips {
      let compiler = SystolicCompiler(chip: try Chip.load(name, library: library))
      rows.append(
        row("mlp, cost only", name, try time { try compiler.compile(programs[0].graph) }))
    }
    report.table(Self.columns, rows)
  }

  /// The MLP for each chip of `Configs/Chips`.
  private func measureEveryChip(_ report: inout Report) throws {
    report.heading("Compiling the MLP's training step for each chip, ms")
    let graph = try benchmarkProgram().step
    var rows: [[String]] = []
    for name in library.names(of: "Chips") {
      let device = SystolicDevice(chip: try Chip.load(name, library: library))
      rows.append(row("mlp, any chip", name, try milliseconds(device, graph)))
    }
    report.table(Self.columns, rows)
  }

  /// `compileSeconds` as a run reports it: of a process that compiles for the first time.
  private func measureFreshProcesses(_ report: inout Report) throws {
    report.heading("Compiling the MLP's training step in a fresh process, ms")
    var rows: [[String]] = []
    for (name, options) in [("cpu", ["--device", "cpu"])]
      + Self.chips.map({ ($0, ["--device", "tpu-sim", "--config", $0]) })
    {
      var times = Measurement()
      for _ in 0..<rounds {
        let run = try SimtrainRun([simtrain] + options + ["--epochs", "1", "--no-log"])
        times.add(1e3 * run.summary.compileSeconds)
      }
      rows.append(row("mlp, fresh process", name, times))
    }
    report.table(Self.columns, rows)
  }

  /// MLPs of 100 to 800 layers: twice the layers take twice the time.
  private func measureGrowth(_ report: inout Report) throws {
    report.heading("Building and compiling training steps of many layers, ms")
    let counts = [100, 200, 400, 800]
    let graphs = try counts.map { try layeredStep($0) }
    var rows: [[String]] = []
    rows += growth("graph", try counts.map { count in try time { try layeredStep(count) } }, counts)
    for target in try targets() {
      let times = try graphs.map { try milliseconds(target.device, $0) }
      rows += growth("compile, \(target.name)", times, counts)
    }
    report.table(["", "layers", "median", "times half the layers", "expected", "verdict"], rows)
  }

  private func growth(_ name: String, _ times: [Measurement], _ counts: [Int]) -> [[String]] {
    counts.indices.map { index in
      let median = times[index].median
      let start = [name, "\(counts[index])", median.fixed(1)]
      if index == 0 { return start + ["", "", ""] }
      let ratio = median / times[index - 1].median
      return start + [
        ratio.fixed(2), "<= \(thresholds.compileGrowth.fixed(1))",
        verdict(ratio <= thresholds.compileGrowth),
      ]
    }
  }

  private func layeredStep(_ layers: Int) throws -> Graph {
    try TrainingProgram(
      model: MLP(hidden: [Int](repeating: 32, count: layers)),
      optimizer: Adam(learningRate: 0.001), batchSize: 32
    ).step
  }

  private static let chips = ["tpu-v3", "edge-8x8"]

  private func targets() throws -> [(name: String, device: any Device)] {
    [("cpu", try CPUDevice())]
      + (try Self.chips.map { ($0, SystolicDevice(chip: try Chip.load($0, library: library))) })
  }

  private func row(_ program: String, _ device: String, _ times: Measurement) -> [String] {
    let limits = thresholds.compileMilliseconds[program]
    let limit = limits?[device] ?? limits?["any"]
    return [
      program, device, times.median.fixed(2), times.least.fixed(2), times.greatest.fixed(2),
      limit.map { "<= \($0.fixed(1))" } ?? "",
      limit.map { verdict(times.median <= $0) } ?? "",
    ]
  }

  private func milliseconds(_ device: any Device, _ graph: Graph) throws -> Measurement {
    try time { try device.compile(graph, options: CompileOptions()) }
  }

  /// Milliseconds of each round, after one that is not counted; what takes seconds has one round.
  private func time<T>(_ body: () throws -> T) throws -> Measurement {
    var times = Measurement()
    let clock = ContinuousClock()
    for round in 0...rounds {
      let begin = clock.now
      // Released after the clock stopped.
      let made = try body()
      let milliseconds = begin.duration(to: clock.now) / .milliseconds(1)
      withExtendedLifetime(made) {}
      if round > 0 || milliseconds > 1000 { times.add(milliseconds) }
      if milliseconds > 1000 { break }
    }
    return times
  }
}
