internal import Foundation

/// Parts 2, 5, 6 and 7: whole five-epoch runs of the real `simtrain`.
struct WholeRuns {
  let simtrain: String
  let rounds: Int
  let thresholds: Thresholds

  /// One run of the program.
  private struct Run {
    var made: SimtrainRun
    var fileBytes: Int
  }

  /// The runs of one device, one a round.
  private struct Series {
    var hostSeconds = Measurement()
    var wallSeconds = Measurement()
    var accuracy = Measurement()
    var peakMegabytes = Measurement()
    var fileBytes = Measurement()
    var bytesPerStep = Measurement()
    /// Share of the run's host time that its log took, by the run's own clock.
    var loggingPercent = Measurement()

    mutating func add(_ run: Run) {
      hostSeconds.add(run.made.summary.hostSeconds)
      wallSeconds.add(run.made.usage.seconds)
      if let logging = run.made.summary.loggingSeconds {
        loggingPercent.add(logging / run.made.summary.hostSeconds * 100)
      }
      accuracy.add(run.made.summary.testAccuracy * 100)
      peakMegabytes.add(Double(run.made.usage.peakMemoryBytes) / 1e6)
      fileBytes.add(Double(run.fileBytes) / 1e6)
      bytesPerStep.add(Double(run.fileBytes) / Double(max(run.made.summary.steps, 1)))
    }
  }

  func measure(into report: inout Report) throws {
    report.heading("Whole runs of simtrain, five epochs, evaluation included")
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "simtrain-bench-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }

    var cpu = Series()
    var simulator = Series()
    var silent = Series()
    // The first run of each warms the page cache and is not counted.
    for round in 0...rounds {
      let file = folder.appending(path: "\(round)").path
      let runs = [
        try run("cpu", seed: round, log: file + "-cpu.h5"),
        try run("tpu-sim", seed: round, log: file + "-tpu-sim.h5"),
        try run("tpu-sim", seed: round, log: nil),
      ]
      if round == 0 { continue }
      cpu.add(runs[0])
      simulator.add(runs[1])
      silent.add(runs[2])
    }
    show(cpu, simulator, silent, &report)
    try measureStart(&report)
  }

  /// Processes that do next to nothing, of which many fit into a moment.
  private func measureStart(_ report: inout Report) throws(BenchmarkError) {
    var times = Measurement()
    for _ in 0..<20 * rounds {
      let process = try Subprocess([simtrain, "--version"])
      _ = process.readToEnd()
      times.add(process.wait().seconds * 1e3)
    }
    let limit = thresholds.startMilliseconds
    report.table(
      ["", "median ms", "least", "expected", "verdict"],
      [
        [
          "simtrain --version", times.median.fixed(1), times.least.fixed(1),
          "<= \(limit.fixed(0))", verdict(times.median <= limit),
        ]
      ])
  }

  private func run(_ device: String, seed: Int, log: String?) throws -> Run {
    let logging = log.map { ["--log", $0] } ?? ["--no-log"]
    let made = try SimtrainRun(
      [simtrain, "--device", device, "--seed", String(seed)] + logging)
    let attributes = try log.map { try FileManager.default.attributesOfItem(atPath: $0) }
    return Run(made: made, fileBytes: attributes?[.size] as? Int ?? 0)
  }

  private func show(
    _ cpu: Series, _ simulator: Series, _ silent: Series, _ report: inout Report
  ) {
    report.table(
      ["", "host s", "wall s", "test % median", "least", "peak MB", "file MB"],
      [
        ("cpu, log on", cpu), ("tpu-sim, log on", simulator), ("tpu-sim, --no-log", silent),
      ].map { name, series in
        [
          name, series.hostSeconds.median.fixed(3), series.wallSeconds.median.fixed(3),
          series.accuracy.median.fixed(2), series.accuracy.least.fixed(2),
          series.peakMegabytes.median.fixed(0), series.fileBytes.median.fixed(2),
        ]
      })
    let simulatorTimes = simulator.wallSeconds.ratios(to: cpu.wallSeconds).median
    let logging = simulator.loggingPercent.median
    let difference = (1 - silent.wallSeconds.ratios(to: simulator.wallSeconds).median) * 100
    let fileMegabytes = simulator.fileBytes.greatest
    let peak = simulator.peakMegabytes.greatest
    let limits = thresholds
    report.table(
      ["", "measured", "expected", "verdict"],
      [
        [
          "time on tpu-sim over time on cpu", simulatorTimes.fixed(2),
          "<= \(limits.simulatorTimesCPUTime.fixed(2))",
          verdict(simulatorTimes <= limits.simulatorTimesCPUTime),
        ],
        [
          "share of run time spent logging, %", logging.fixed(1),
          "< \(limits.loggingPercent.fixed(0))", verdict(logging < limits.loggingPercent),
        ],
        [
          "the same as the difference to --no-log, %", difference.fixed(1), "", "",
        ],
        [
          "run file, bytes a step", simulator.bytesPerStep.median.fixed(1), "", "",
        ],
        [
          "run file, MB", fileMegabytes.fixed(2), "< \(limits.runFileMegabytes.fixed(0))",
          verdict(fileMegabytes < limits.runFileMegabytes),
        ],
        [
          "peak memory of the default run, MB", peak.fixed(0),
          "< \(limits.peakMemoryMegabytes.fixed(0))", verdict(peak < limits.peakMemoryMegabytes),
        ],
        accuracyRow("test accuracy on cpu, mean, %", cpu),
        accuracyRow("test accuracy on tpu-sim, mean, %", simulator),
      ])
    report.remark(
      "\(rounds) rounds with the seeds 1 to \(rounds), each round one run of each kind; ratios are "
        + "medians of the rounds'. Accuracies by seed: cpu \(byRound(cpu.accuracy)); tpu-sim "
        + "\(byRound(simulator.accuracy)).")
  }

  private func accuracyRow(_ name: String, _ series: Series) -> [String] {
    let mean = series.accuracy.mean
    return [
      name, mean.fixed(2), ">= \(thresholds.testAccuracyPercent.fixed(1))",
      verdict(mean >= thresholds.testAccuracyPercent),
    ]
  }

  private func byRound(_ measurement: Measurement) -> String {
    measurement.values.map { $0.fixed(2) }.joined(separator: " ")
  }
}
