/// Convolutional nets: LeNet-5 on the CPU beside PyTorch, and the simulator beside the CPU.
struct ModelSpeed {
  let executable: String
  /// A Python that has PyTorch; `nil` leaves it out.
  let python: String?
  let pythonFolder: String
  let dataFolder: String
  let configs: String
  let rounds: Int
  let thresholds: Thresholds

  private static let batchSize = 64

  func measure(into report: inout Report) throws(BenchmarkError) {
    for model in ["lenet5", "cnn"] { try measure(model, into: &report) }
  }

  private func measure(_ model: String, into report: inout Report) throws(BenchmarkError) {
    report.heading("Training \(model), batch \(Self.batchSize), seconds an epoch, 1 thread")
    let contestants = try start(model, &report)
    defer { for contestant in contestants { contestant.end() } }
    let times = try Contestant.race(contestants, rounds: rounds)
    var rows: [[String]] = []
    for (contestant, time) in zip(contestants, times) {
      let ratio = time.ratios(to: times[0]).median
      let (expected, isMet) = expectation(contestant.name, model, ratio)
      rows.append([
        contestant.name, time.median.fixed(3), time.least.fixed(3), time.greatest.fixed(3),
        time.mapped { Contestant.samples / $0 }.median.grouped,
        (try contestant.accuracy() * 100).fixed(2), ratio.fixed(2), expected,
        expected.isEmpty ? "" : verdict(isMet),
      ])
    }
    report.table(
      [
        "", "median", "least", "greatest", "samples/s", "test %", "x cpu's time", "expected",
        "verdict",
      ], rows)
    report.remark(
      "\(contestants.map(\.description).joined(separator: "; ")). \(rounds) rounds, one epoch "
        + "each in turn; the ratio is the median of the rounds' ratios.")
  }

  private func expectation(
    _ name: String, _ model: String, _ ratio: Double
  ) -> (text: String, isMet: Bool) {
    switch (name, model) {
    case ("PyTorch", _):
      let limit = model == "cnn" ? thresholds.cnnTimesPyTorch : thresholds.lenetTimesPyTorch
      return (">= \(limit.fixed(1))", ratio >= limit)
    case ("simtrain tpu-sim", "cnn"):
      let limit = thresholds.simulatorTimesCPUTimeOfCNN
      return ("<= \(limit.fixed(1))", ratio <= limit)
    default: return ("", true)
    }
  }

  private func start(
    _ model: String, _ report: inout Report
  ) throws(BenchmarkError) -> [Contestant] {
    var contestants: [Contestant] = []
    for device in ["cpu", "tpu-sim"] {
      contestants.append(
        try Contestant(
          name: "simtrain \(device)",
          command: [
            executable, "contest", "--device", device, "--configs", configs, "--model", model,
            "--batch-size", String(Self.batchSize),
          ], threads: 1))
    }
    guard let python else {
      report.remark("PyTorch is left out: its environment is not there.")
      return contestants
    }
    do throws(BenchmarkError) {
      contestants.append(
        try Contestant(
          name: "PyTorch",
          command: [
            python, "\(pythonFolder)/contest_pytorch.py", dataFolder, "1", model,
            String(Self.batchSize),
          ], threads: 1, environment: ["OMP_NUM_THREADS": "1"]))
    } catch { report.remark("PyTorch is left out: \(error)") }
    return contestants
  }
}
