/// The MLP on a PJRT plugin for this processor, beside JAX's jitted step on the same plugin.
struct PluginSpeed {
  let executable: String
  /// A Python that has JAX; `nil` leaves it out.
  let python: String?
  let plugin: String?
  let pythonFolder: String
  let dataFolder: String
  let configs: String
  let rounds: Int
  let thresholds: Thresholds

  func measure(into report: inout Report) throws(BenchmarkError) {
    report.heading("Training on a PJRT plugin, steps/s, 2 threads")
    guard let plugin, let python else {
      report.remark("Left out: there is no plugin, or no Python with JAX.")
      return
    }
    let contestants = [
      try Contestant(
        name: "simtrain pjrt:cpu",
        command: [executable, "contest", "--device", "pjrt:\(plugin)", "--configs", configs],
        threads: 2),
      try Contestant(
        name: "JAX step",
        command: [python, "\(pythonFolder)/contest_jax.py", dataFolder, "step", plugin],
        threads: 2),
      try Contestant(
        name: "simtrain cpu",
        command: [
          executable, "contest", "--device", "cpu", "--threads", "2", "--configs", configs,
        ], threads: 2),
    ]
    defer { for contestant in contestants { contestant.end() } }
    let rates = try Contestant.race(contestants, rounds: rounds)
      .map { $0.mapped { Contestant.samples / Self.batchSize / $0 } }
    var rows: [[String]] = []
    for (index, (contestant, rate)) in zip(contestants, rates).enumerated() {
      let ratio = rates[0].ratios(to: rate).median
      let isJAX = index == 1
      rows.append([
        contestant.name, rate.median.grouped, rate.least.grouped, rate.greatest.grouped,
        (try contestant.accuracy() * 100).fixed(2), ratio.fixed(2),
        isJAX ? ">= \(thresholds.pluginTimesJAX.fixed(2))" : "",
        isJAX ? verdict(ratio >= thresholds.pluginTimesJAX) : "",
      ])
    }
    report.table(
      ["", "median", "least", "greatest", "test %", "pjrt is x", "expected", "verdict"], rows)
    report.remark(
      "\(contestants.map(\.description).joined(separator: "; ")). \(rounds) rounds, one epoch "
        + "each in turn; the ratio is the median of the rounds' ratios.")
  }

  private static let batchSize = 32.0
}
