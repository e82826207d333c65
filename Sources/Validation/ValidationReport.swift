/// What a suite must reach.
package enum ValidationBound: Hashable, Sendable, Codable {
  /// Every figure is the published one, to its last printed digit.
  case exact
  /// The mean of the absolute errors, in percent, is at most this.
  case meanAbsolutePercentageError(Double)
  /// The error of every row is within its own limits.
  case everyRow
}

/// What came out of one suite.
package struct ValidationReport: Hashable, Sendable, Codable {
  /// The name under which the suite is asked for.
  package let name: String
  /// What is compared with what.
  package let title: String
  /// How the figures were made, and their sources; a paragraph each.
  package let notes: [String]
  package let bound: ValidationBound
  package let rows: [ValidationRow]

  package init(
    name: String, title: String, notes: [String], bound: ValidationBound, rows: [ValidationRow]
  ) {
    self.name = name
    self.title = title
    self.notes = notes
    self.bound = bound
    self.rows = rows
  }

  /// Mean of the absolute errors, in percent; not a number without rows.
  package var meanAbsolutePercentageError: Double {
    rows.reduce(0) { $0 + abs($1.errorPercent) } / Double(rows.count)
  }

  /// The row with the greatest absolute error, the first of equals.
  package var worst: ValidationRow? {
    rows.reduce(nil) { worst, row in
      guard let worst else { return row }
      return abs(row.errorPercent) > abs(worst.errorPercent) ? row : worst
    }
  }

  /// The suite keeps its bound; one without rows does not.
  package var passes: Bool {
    if rows.isEmpty { return false }
    switch bound {
    case .exact: return rows.allSatisfy { $0.measured == $0.modelled }
    case .meanAbsolutePercentageError(let percent): return meanAbsolutePercentageError <= percent
    case .everyRow: return rows.allSatisfy(\.isWithinLimits)
    }
  }
}
