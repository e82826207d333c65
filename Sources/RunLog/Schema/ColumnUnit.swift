internal import HDF5

/// The units of columns, which the names end in.
///
/// A dataset has them in its attribute `unit`: a text, or for a table a list of texts, one a column.
enum ColumnUnit {
  /// Of a number that has none: a share, an index, a ratio.
  static let one = "1"

  /// Ends of names in lower case; the first that fits counts.
  private static let endings: [(ending: String, unit: String)] = [
    ("samplespersecond", "samples/second"), ("flopspercycle", "FLOP/cycle"),
    ("operationalintensity", "FLOP/byte"), ("operationsperstep", "operations/step"),
    ("vectoroperations", "operations"), ("macs", "multiply-accumulates"), ("flops", "FLOP"),
    ("cycles", "cycles"), ("cycle", "cycles"), ("bytes", "bytes"), ("picojoules", "picojoules"),
    ("joules", "joules"), ("seconds", "seconds"), ("loss", "nats"), ("skippedsteps", "steps"),
    ("loads", "copies"), ("stores", "copies"),
    ("points", "percentage points"),
  ]

  /// The unit of the numbers in a column of that name.
  static func of(_ name: String) -> String {
    let name = name.lowercased()
    return endings.first { name.hasSuffix($0.ending) }?.unit ?? one
  }

  /// The unit of a column of a table: of a number what its name says, else `text` or `label`.
  static func of(_ name: String, _ type: HDF5ElementType) -> String {
    switch type {
    case .text: "text"
    case .label: "label"
    default: of(name)
    }
  }
}

extension HDF5File {
  /// Says in which units the columns of the table `name` are.
  func setUnits(of name: String, _ columns: [String]) throws(HDF5Error) {
    try setAttribute("unit", of: name, to: .texts(columns))
  }

  /// Writes `table` with the units of its columns.
  func writeWithUnits(
    _ table: HDF5Table, to name: String, layout: HDF5Layout = .contiguous
  ) throws(HDF5Error) {
    try write(table, to: name, layout: layout)
    try setUnits(
      of: name,
      table.fields.map { field in
        switch field.column {
        case .text: ColumnUnit.of(field.name, .text(byteCount: 1))
        case .labels(_, let names): ColumnUnit.of(field.name, .label(names: names))
        default: ColumnUnit.of(field.name)
        }
      })
  }
}
