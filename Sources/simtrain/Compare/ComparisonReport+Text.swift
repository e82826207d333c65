internal import RunLog

extension ComparisonReport {
  var text: String {
    let table = ComparisonTable(
      rows: fileRows, figureNames: Self.figureNames, relativeNames: Self.relativeNames)
    return ([headline, ""] + table.lines + fileLines).joined(separator: "\n") + "\n"
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

  private var fileLines: [String] { file.map { ["Summary and run files: \($0)"] } ?? [] }
}

extension ComparisonReport {
  static let figureNames = ComparisonFigure.allCases.map(\.rawValue)
  static let relativeNames = ComparisonFigure.allCases.map(\.relativeName)

  /// The runs as the summary file holds them.
  var fileRows: [ComparisonFile.Row] {
    rows.map { row in
      ComparisonFile.Row(
        run: row.number, device: row.settings.device.name, config: row.settings.device.config ?? "",
        precision: row.settings.precision.policy.rawValue, fusion: row.settings.fusion.rawValue,
        file: row.report.runFile.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "",
        isFinished: row.failure == nil,
        figures: ComparisonFigure.allCases.map { row.value($0) ?? .nan },
        relatives: ComparisonFigure.allCases.map { relative(row, $0) ?? .nan })
    }
  }
}
