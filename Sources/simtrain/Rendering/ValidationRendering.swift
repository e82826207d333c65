internal import Reports
internal import Validation

/// Reports of validation suites as text, Markdown and JSON.
struct ValidationRendering {
  let reports: [ValidationReport]

  /// Suites with more rows are shown by quantity.
  private static let mostRows = 100

  // MARK: Text

  var text: String {
    reports.map { report in
      var table = TextTable([.left, .left, .right, .right, .right])
      for cells in cells(report) { table.add(cells) }
      return "\(report.name): \(report.title)\n"
        + table.lines(indent: "  ").joined(separator: "\n") + "\n  \(summary(report))\n"
    }.joined(separator: "\n")
  }

  /// A header and rows: of each figure, or of each quantity where there are many figures.
  private func cells(_ report: ValidationReport) -> [[String]] {
    if report.rows.count <= Self.mostRows {
      return [["row", "quantity", "measured", "modelled", "error %"]]
        + report.rows.map { row($0) }
    }
    var quantities: [String] = []
    for row in report.rows where !quantities.contains(row.quantity) {
      quantities.append(row.quantity)
    }
    return [["quantity", "worst row", "rows", "equal", "worst %"]]
      + quantities.map { quantity in
        let rows = report.rows.filter { $0.quantity == quantity }
        let worst = rows.max { abs($0.errorPercent) < abs($1.errorPercent) }
        let error = worst?.errorPercent ?? 0
        return [
          quantity, error == 0 ? "none" : worst?.name ?? "none", "\(rows.count)",
          "\(rows.count { $0.measured == $0.modelled })", signed(error),
        ]
      }
  }

  private func row(_ row: ValidationRow) -> [String] {
    [
      row.name, row.quantity, number(row.measured), number(row.modelled),
      signed(row.errorPercent),
    ]
  }

  private func summary(_ report: ValidationReport) -> String {
    let bound =
      switch report.bound {
      case .exact: "every figure equal"
      case .meanAbsolutePercentageError(let percent):
        "MAPE at most \(Quantity.fixed(percent, 0)) %"
      case .everyRow: "every row within its limits"
      }
    let worst = report.worst.map { "\(signed($0.errorPercent)) % (\($0.name))" } ?? "none"
    return "MAPE \(Quantity.fixed(report.meanAbsolutePercentageError, 2)) %, worst \(worst); "
      + "bound: \(bound); \(report.passes ? "kept" : "MISSED")"
  }

  private func number(_ value: Double) -> String {
    let size = value.magnitude
    return Quantity.fixed(value, size >= 1000 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4)
  }

  private func signed(_ percent: Double) -> String {
    percent == 0 ? "0" : (percent > 0 ? "+" : "") + Quantity.fixed(percent, 1)
  }

  // MARK: Markdown

  var markdown: String {
    """
    # Validation

    Written by `simtrain validate --markdown`; do not edit. Each suite compares published figures
    with the model's. MAPE is the mean of the absolute errors in percent. `Docs/model.md` derives
    the formulas, lists the parameters that were fitted and says what could not be explained.

    \(reports.map { section($0) }.joined(separator: "\n"))
    """
  }

  private func section(_ report: ValidationReport) -> String {
    let cells = cells(report)
    var lines = ["## \(report.name)", "", "\(report.title).", ""]
    for note in report.notes { lines += [note, ""] }
    lines += ["\(summary(report)).", ""]
    lines.append("| " + cells[0].joined(separator: " | ") + " |")
    lines.append("|---|---|---:|---:|---:|")
    lines += cells.dropFirst().map { "| " + $0.joined(separator: " | ") + " |" }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: JSON

  var json: JSONValue {
    .object([.init("suites", .list(reports.map { json($0) }))])
  }

  private func json(_ report: ValidationReport) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .text(report.name)), .init("title", .text(report.title)),
      .init("meanAbsolutePercentageError", .real(report.meanAbsolutePercentageError)),
      .init("worst", report.worst.map { json($0) } ?? .null),
    ]
    switch report.bound {
    case .exact: members.append(.init("bound", .text("exact")))
    case .meanAbsolutePercentageError(let percent): members.append(.init("bound", .real(percent)))
    case .everyRow: members.append(.init("bound", .text("every row")))
    }
    members += [
      .init("passes", .flag(report.passes)), .init("rows", .list(report.rows.map { json($0) })),
    ]
    return .object(members)
  }

  private func json(_ row: ValidationRow) -> JSONValue {
    .object(
      [
        .init("name", .text(row.name)), .init("quantity", .text(row.quantity)),
        .init("measured", .real(row.measured)), .init("modelled", .real(row.modelled)),
        .init("errorPercent", .real(row.errorPercent)),
      ]
        + (row.limitsPercent.map {
          [.init("limitsPercent", .list([.real($0.lowerBound), .real($0.upperBound)]))]
        } ?? []))
  }
}
