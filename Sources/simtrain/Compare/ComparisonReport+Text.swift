internal import Units

extension ComparisonReport {
  /// One table: two lines a run, its figures and what they are of the first run's; a run that
  /// failed has one.
  var text: String {
    let figures = figures
    let isAnyFailed = rows.contains { $0.failure != nil }
    let settings = ["device", "config", "precision", "fusion"] + (isAnyFailed ? ["status"] : [])
    var table = TextTable([.right] + settings.map { _ in .left } + figures.map { _ in .right })
    table.add(["run"] + settings + figures.map(\.heading))
    for row in rows {
      let status = row.failure == nil ? "finished" : "failed"
      table.add(
        ["\(row.number)"] + Self.settings(row) + (isAnyFailed ? [status] : [])
          + figures.map { figure in row.value(figure).map(figure.text) ?? "-" })
      if row.failure != nil || row.number == firstFinished?.number { continue }
      table.add(
        [""] + settings.map { _ in "" }
          + figures.map { figure in relative(row, figure).map(figure.relativeText) ?? "" })
    }
    return ([headline, ""] + table.lines() + ["", Self.legend] + fileLines)
      .joined(separator: "\n") + "\n"
  }

  private static func settings(_ row: ComparisonRow) -> [String] {
    let settings = row.settings
    return [
      settings.device, settings.config ?? "-", settings.precision.policy.rawValue,
      settings.fusion.rawValue,
    ]
  }

  /// The columns; that of CMEM only where a chip has one.
  private var figures: [ComparisonFigure] {
    ComparisonFigure.allCases.filter { figure in
      figure != .cmemBytes || rows.contains { $0.value(figure) != nil }
    }
  }

  private var headline: String {
    let report = rows.first?.report
    return [
      report.map { "\($0.model), \($0.dataset)" },
      report.map {
        "\($0.epochs) \($0.epochs == 1 ? "epoch" : "epochs") of batches of \($0.batchSize), seed \($0.seed)"
      },
      rows.count < runCount ? "\(rows.count) of \(runCount) runs" : nil,
    ].compactMap(\.self).joined(separator: ": ")
  }

  private static let legend = """
    Cycles, simulated time, energy and bytes are those of all training steps on the simulated chip; \
    host time is
    what they took on this machine. The second line of a run is relative to the first run that has \
    the figure
    and did not fail: accuracy in points, everything else as a ratio.
    """

  private var fileLines: [String] { file.map { ["Summary and run files: \($0)"] } ?? [] }
}

extension ComparisonFigure {
  /// In the table's first line.
  fileprivate var heading: String {
    switch self {
    case .testAccuracy: "accuracy"
    case .testLoss: "test loss"
    case .operationsPerStep: "ops a step"
    case .totalCycles: "cycles"
    case .simulatedSeconds: "simulated time"
    case .trainSeconds: "host time"
    case .energyJoules: "energy"
    case .offChipBytes: "HBM bytes"
    case .cmemBytes: "CMEM bytes"
    case .onChipBytes: "on-chip bytes"
    }
  }

  fileprivate func text(_ value: Double) -> String {
    switch self {
    case .testAccuracy: Quantity.percent(value, decimals: 2)
    case .testLoss: Quantity.fixed(value, 4)
    case .operationsPerStep: Quantity.grouped(Int(value))
    case .totalCycles: Quantity.engineering(value, "")
    case .simulatedSeconds, .trainSeconds: Quantity.engineering(value, "s")
    case .energyJoules: Quantity.engineering(value, "J")
    case .offChipBytes, .cmemBytes, .onChipBytes: Quantity.engineering(value, "B")
    }
  }

  fileprivate func relativeText(_ value: Double) -> String {
    if self == .testAccuracy { return (value < 0 ? "" : "+") + Quantity.fixed(value, 2) }
    return Quantity.fixed(value, value.magnitude < 10 ? 3 : 1) + " x"
  }
}
