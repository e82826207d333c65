/// Part 1: training on the CPU, side by side with PyTorch and JAX.
struct TrainingSpeed {
  let executable: String
  /// A Python that has PyTorch and JAX; `nil` leaves them out.
  let python: String?
  let pythonFolder: String
  let dataFolder: String
  let configs: String
  let rounds: Int
  let thresholds: Thresholds

  private static let cpu = "simtrain cpu"
  private static let simulator = "simtrain tpu-sim"
  private static let pytorch = "PyTorch"
  private static let scan = "JAX scan"

  /// Prints the figures for one number of threads.
  func measure(threads: Int, into report: inout Report) throws(BenchmarkError) {
    report.heading("Training, samples/s, \(threads) thread\(threads == 1 ? "" : "s")")
    let contestants = try start(threads: threads, &report)
    defer { for contestant in contestants { contestant.end() } }
    let rates = try Contestant.race(contestants, rounds: rounds)
      .map { $0.mapped { Contestant.samples / $0 } }
    try show(contestants, rates, &report)
  }

  private func start(
    threads: Int, _ report: inout Report
  ) throws(BenchmarkError) -> [Contestant] {
    var contestants: [Contestant] = []
    for device in ["cpu", "tpu-sim"] {
      contestants.append(
        try Contestant(
          name: "simtrain \(device)",
          command: [
            executable, "contest", "--device", device, "--threads", String(threads), "--configs",
            configs,
          ], threads: threads))
    }
    guard let python else {
      report.remark("PyTorch and JAX are left out: their environment is not there.")
      return contestants
    }
    let environment = [
      "OMP_NUM_THREADS": String(threads), "OPENBLAS_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu",
      "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=\(threads > 1)",
    ]
    for (name, arguments) in [
      (Self.pytorch, ["contest_pytorch.py", dataFolder, String(threads)]),
      ("JAX step", ["contest_jax.py", dataFolder, "step"]),
      (Self.scan, ["contest_jax.py", dataFolder, "scan"]),
    ] {
      let command = [python, "\(pythonFolder)/\(arguments[0])"] + arguments.dropFirst()
      do throws(BenchmarkError) {
        contestants.append(
          try Contestant(
            name: name, command: command, threads: threads, environment: environment))
      } catch {
        report.remark("\(name) is left out: \(error)")
      }
    }
    return contestants
  }

  private func show(
    _ contestants: [Contestant], _ rates: [Measurement], _ report: inout Report
  ) throws(BenchmarkError) {
    var rows: [[String]] = []
    for (contestant, rate) in zip(contestants, rates) {
      let ratio = rates[0].ratios(to: rate).median
      let expected: Double? =
        switch contestant.name {
        case Self.pytorch: thresholds.cpuTimesPyTorch
        case Self.scan: thresholds.cpuTimesJAXScan
        default: nil
        }
      rows.append([
        contestant.name, rate.median.grouped, rate.least.grouped, rate.greatest.grouped,
        rate.mapped { Contestant.samples / $0 }.median.fixed(3),
        (try contestant.accuracy() * 100).fixed(2), ratio.fixed(2),
        expected.map { ">= \($0.fixed(1))" } ?? "", expected.map { verdict(ratio >= $0) } ?? "",
      ])
    }
    report.table(
      [
        "", "median", "least", "greatest", "s/epoch", "test %", "cpu is x", "expected", "verdict",
      ], rows)
    report.remark(
      "\(contestants.map(\.description).joined(separator: "; ")). \(rounds) rounds, one epoch "
        + "each in turn; the ratio is the median of the rounds' ratios.")
  }
}
