internal import DeviceAPI
internal import GraphIR
internal import Reports
internal import RunLog

/// How far the values of a program on one device are from those on another, operation by operation.
struct ProgramDeviation {
  /// An operation, or another of its values.
  struct Row {
    let name: String
    let place: String
    let type: TensorType
    /// The largest difference relative to the largest magnitude of the reference's value, where the
    /// operation has the reference's operands.
    let own: Double
    /// The same where it has the device's operands, with all that came before.
    let accumulated: Double
  }

  let device: String
  let reference: String
  let tolerance: Double
  /// In the order of the program.
  let rows: [Row]

  /// A device, and how it computes products.
  struct Side {
    let device: any Device
    let precision: ProductPrecision?
  }

  /// Runs the program on both devices, and its operations one by one on the first.
  init(
    _ program: ProgramFile, _ inputs: [Literal], device: Side, reference: Side,
    options: CompileOptions, tolerance: Double
  ) throws {
    self.device = device.device.descriptor.name
    self.reference = reference.device.descriptor.name
    self.tolerance = tolerance
    let probe = OperationProbe(graph: program.graph, inputs: inputs, options: options)
    rows = try probe.deviations(of: device, from: reference).map { value, own, accumulated in
      Row(
        name: "%\(value.index) \(program.graph.operationName(of: value))",
        place: program.place(of: value), type: program.graph.type(of: value), own: own,
        accumulated: accumulated)
    }
  }

  /// The first operation that is off by more than the tolerance by itself.
  var firstOwn: Row? { rows.first { !($0.own <= tolerance) } }
  /// The first whose value is off by more than the tolerance.
  var firstAccumulated: Row? { rows.first { !($0.accumulated <= tolerance) } }

  /// Those that are farthest off by themselves first.
  private var sorted: [Row] {
    func key(_ row: Row) -> (Double, Double) {
      (row.own.isNaN ? .infinity : row.own, row.accumulated.isNaN ? .infinity : row.accumulated)
    }
    return rows.enumerated().sorted { a, b in
      let (left, right) = (key(a.element), key(b.element))
      return left == right ? a.offset < b.offset : left > right
    }.map(\.element)
  }

  /// Rows of the table; the others are in the JSON document and in the run file.
  private static let shownCount = 20

  var lines: [String] {
    func first(_ row: Row?, _ way: String, _ value: (Row) -> Double) -> String {
      guard let row else { return "  no operation is above \(tolerance) \(way)" }
      return "  the first above \(tolerance) \(way): \(row.name), \(row.place), by "
        + ProgramReport.short(value(row))
    }
    var table = TextTable([.left, .left, .left, .right, .right])
    table.add(["operation", "where", "type", "on equal inputs", "accumulated"])
    let sorted = sorted
    for row in sorted.prefix(Self.shownCount) {
      table.add([
        row.name, row.place, "\(row.type)", ProgramReport.short(row.own),
        ProgramReport.short(row.accumulated),
      ])
    }
    let rest = sorted.count - Self.shownCount
    return [
      "Deviation of \(device) from \(reference), relative to the largest magnitude of a value",
      first(firstOwn, "on equal inputs", \.own),
      first(firstAccumulated, "accumulated", \.accumulated), "",
    ] + table.lines(indent: "  ")
      + (rest > 0 ? ["  and \(Quantity.grouped(rest)) more, which --json and --log hold"] : [])
  }

  var json: JSONValue {
    func value(_ row: Row) -> JSONValue {
      .object([
        .init("operation", .text(row.name)), .init("place", .text(row.place)),
        .init("type", .text("\(row.type)")), .init("onEqualInputs", .real(row.own)),
        .init("accumulated", .real(row.accumulated)),
      ])
    }
    return .object([
      .init("reference", .text(reference)), .init("tolerance", .real(tolerance)),
      .init("firstOnEqualInputs", firstOwn.map(value) ?? .null),
      .init("firstAccumulated", firstAccumulated.map(value) ?? .null),
      .init("operations", .list(sorted.map(value))),
    ])
  }

  /// The rows as a run file has them.
  var records: [DeviationRecord] {
    rows.map {
      DeviationRecord(
        operation: $0.name, place: $0.place, onEqualInputs: $0.own, accumulated: $0.accumulated)
    }
  }
}

extension Graph {
  /// The operation that defines a value; of a value that is not its first, with the number.
  fileprivate func operationName(of value: ValueID) -> String {
    guard case .result(let index) = self[value].operation else { return self[value].operation.name }
    return "\(self[self[value].operands[0]].operation.name)#\(index)"
  }
}
