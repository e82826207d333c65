internal import Reports
internal import RunLog

/// Runs side by side: two lines a run, its figures and what they are of the first run's; a run that
/// failed has one.
struct ComparisonTable {
  let rows: [ComparisonFile.Row]
  let figureNames: [String]
  let relativeNames: [String]

  /// The columns; that of CMEM only where a chip has one.
  private var figures: [ComparisonFigure] {
    ComparisonFigure.allCases.filter { figure in
      figureNames.contains(figure.rawValue)
        && (figure != .cmemBytes || rows.contains { value(figure, $0) != nil })
    }
  }

  private func value(_ figure: ComparisonFigure, _ row: ComparisonFile.Row) -> Double? {
    figureNames.firstIndex(of: figure.rawValue).map { row.figures[$0] }
      .flatMap { $0.isNaN ? nil : $0 }
  }

  private func relative(_ figure: ComparisonFigure, _ row: ComparisonFile.Row) -> Double? {
    relativeNames.firstIndex(of: figure.relativeName).map { row.relatives[$0] }
      .flatMap { $0.isNaN ? nil : $0 }
  }

  var lines: [String] {
    let figures = figures
    let isAnyFailed = rows.contains { !$0.isFinished }
    // It has nothing to be relative to.
    let first = rows.first { $0.isFinished }?.run
    let settings = ["device", "config", "precision", "fusion"] + (isAnyFailed ? ["status"] : [])
    var table = TextTable([.right] + settings.map { _ in .left } + figures.map { _ in .right })
    table.add(["run"] + settings + figures.map(\.heading))
    for row in rows {
      let status = row.isFinished ? "finished" : "failed"
      table.add(
        [
          "\(row.run)", row.device, row.config.isEmpty ? "-" : row.config, row.precision,
          row.fusion,
        ]
          + (isAnyFailed ? [status] : [])
          + figures.map { figure in value(figure, row).map(figure.text) ?? "-" })
      if !row.isFinished || row.run == first { continue }
      table.add(
        [""] + settings.map { _ in "" }
          + figures.map { figure in relative(figure, row).map(figure.relativeText) ?? "" })
    }
    return table.lines() + [""]
      + Prose.lines(Self.legend, width: min(110, Terminal.outputColumns ?? 110))
  }

  private static let legend = """
    Cycles, simulated time, energy and bytes are those of all training steps on the simulated chip; \
    host time is what they took on this machine. The second line of a run is relative to the first \
    run that has the figure and did not fail: accuracy in points, everything else as a ratio.
    """
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
    case .operationsPerStep: Int(exactly: value).map(Quantity.grouped) ?? "\(value)"
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
