internal import ConfigFiles
internal import SystolicModel
internal import SystolicSim

/// Part 6: SCALE-Sim and simtrain on the same products, figures and time side by side.
///
/// SCALE-Sim is timed by itself within its process, imports not counted. simtrain is timed for
/// products that it has not seen before.
struct ScaleSimSpeed {
  let library: ConfigLibrary
  /// A Python that has scalesim; `nil` leaves this part out.
  let python: String?
  let script: String
  let rounds: Int

  private static let side = 32
  /// The five products of a training step of the MLP 784-128-10 at batch 128: M x K x N.
  private static let products = [
    GEMMShape(m: 128, n: 128, k: 784), GEMMShape(m: 128, n: 10, k: 128),
    GEMMShape(m: 784, n: 128, k: 128), GEMMShape(m: 128, n: 10, k: 128),
    GEMMShape(m: 128, n: 128, k: 10),
  ]
  private static let dataflows: [(Dataflow, String)] = [
    (.outputStationary, "os"), (.weightStationary, "ws"), (.inputStationary, "is"),
  ]

  /// Figures of one product, in the definitions of SCALE-Sim.
  fileprivate struct Figures {
    var cycles: Int
    var seconds: Double
  }

  func measure(into report: inout Report) throws {
    report.heading(
      "SCALE-Sim 3.0.0, the products of one MLP step at batch 128, one array of "
        + "\(Self.side) x \(Self.side)")
    guard let python else {
      report.remark("No Python has scalesim; left out.")
      return
    }
    var rows: [[String]] = []
    for (dataflow, name) in Self.dataflows {
      let theirs = try scaleSim(python, dataflow: name)
      let ours = try simtrain(dataflow)
      for (index, product) in Self.products.enumerated() {
        rows.append(
          row("\(name) \(product.m)x\(product.k)x\(product.n)", theirs[index], ours[index]))
      }
      rows.append(row("\(name) all five", theirs.sum, ours.sum))
    }
    report.table(
      [
        "", "SCALE-Sim cycles", "simtrain cycles", "", "SCALE-Sim s", "simtrain ms", "times faster",
      ],
      rows)
  }

  private func row(_ title: String, _ theirs: Figures, _ ours: Figures) -> [String] {
    [
      title, theirs.cycles.description, ours.cycles.description,
      theirs.cycles == ours.cycles ? "equal" : "NOT equal", theirs.seconds.fixed(2),
      (1e3 * ours.seconds).fixed(4), (theirs.seconds / ours.seconds).grouped,
    ]
  }

  /// One run of SCALE-Sim: a line `MxKxN cycles seconds` for each product.
  private func scaleSim(_ python: String, dataflow: String) throws -> [Figures] {
    let arguments = [python, script, String(Self.side), String(Self.side), dataflow]
    let process = try Subprocess(
      arguments + Self.products.map { "\($0.m)x\($0.k)x\($0.n)" })
    let output = process.readToEnd()
    let status = process.wait().status
    guard status == 0 else {
      throw BenchmarkError.commandFailed(
        command: process.command, status: status, output: String(output.prefix(200)))
    }
    let figures = output.split(separator: "\n").compactMap { line -> Figures? in
      let words = line.split(separator: " ")
      guard words.count == 3, let cycles = Int(words[1]), let seconds = Double(words[2]) else {
        return nil
      }
      return Figures(cycles: cycles, seconds: seconds)
    }
    guard figures.count == Self.products.count else {
      throw BenchmarkError.unexpectedAnswer(
        command: process.command, answer: String(output.prefix(200)),
        expected: "a line 'MxKxN cycles seconds' for each product")
    }
    return figures
  }

  /// The same by simtrain: the median over rounds of the time for one estimate.
  private func simtrain(_ dataflow: Dataflow) throws -> [Figures] {
    let side = Self.side
    let chip = try Chip.load(
      "scalesim",
      overrides: [
        "mxu.rows=\(side)", "mxu.columns=\(side)", "mxu.dataflow=\(dataflow.rawValue)",
      ], library: library)
    let estimator = try WorkloadEstimator(chip: chip)
    return try Self.products.map { product in
      let layer = Workload.Layer(name: "product", shape: .gemm(product))
      var times = Measurement()
      var cycles = 0
      for _ in 0..<max(rounds, 1) {
        let clock = ContinuousClock()
        let begin = clock.now
        let estimate = try estimator.estimate(layer)
        times.add(begin.duration(to: clock.now) / .seconds(1))
        // SCALE-Sim prints the index of the last cycle.
        cycles = estimate.computeCycles.count - 1
      }
      return Figures(cycles: cycles, seconds: times.median)
    }
  }
}

extension [ScaleSimSpeed.Figures] {
  /// All products one after another, each as SCALE-Sim counts it.
  fileprivate var sum: ScaleSimSpeed.Figures {
    reduce(into: .init(cycles: 0, seconds: 0)) { sum, figures in
      sum.cycles += figures.cycles
      sum.seconds += figures.seconds
    }
  }
}
