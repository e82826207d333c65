internal import Reports

/// The runs of a comparison that are over, each beside the first.
struct ComparisonReport {
  /// Runs that were asked for.
  let runCount: Int
  /// The summary file; `nil` if none is written.
  let file: String?
  var rows: [ComparisonRow] = []
  /// A signal ended the comparison before the last run.
  var isInterrupted = false

  /// The value that others are relative to: that of the first run that has the figure and did not
  /// fail.
  func reference(_ figure: ComparisonFigure) -> Double? {
    rows.lazy.filter { $0.failure == nil }.compactMap { $0.value(figure) }.first
  }

  /// The row's figure relative to the first run's; `nil` where there is nothing to compare, and
  /// for a run that failed.
  func relative(_ row: ComparisonRow, _ figure: ComparisonFigure) -> Double? {
    guard row.failure == nil, let value = row.value(figure), let reference = reference(figure)
    else { return nil }
    return figure.relative(value, to: reference)
  }

  // MARK: JSON

  /// One document; each run is what `train --json` prints, its number and failure, and the figures
  /// relative to the first run.
  var json: JSONValue {
    .object([
      .init("runCount", .integer(runCount)), .init("interrupted", .flag(isInterrupted)),
      .init("runs", .list(rows.map(json))), .init("summaryFile", .optional(file)),
    ])
  }

  private func json(_ row: ComparisonRow) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("run", .integer(row.number)), .init("failure", .optional(row.failure)),
    ]
    members += row.members
    let relative = ComparisonFigure.allCases.map {
      JSONValue.Member($0.relativeName, .optional(self.relative(row, $0)))
    }
    return .object(members + [.init("relative", .object(relative))])
  }
}
