internal import ConfigFiles
internal import SystolicModel

extension ValidationSuite {
  /// Areas of dies against published dies.
  package static let area = ValidationSuite(
    name: "area", title: "Areas of dies against published dies",
    bound: .everyRow,
    notes: [
      "Dies of TPUs are what `simtrain config show` says of the chips' files; those of GPUs are the same "
        + "sum over what `Configs/Validation/gpu_dies.csv` counts. One factor, what is on a die beside "
        + "the parts that are counted, is fitted on GA100; no other row gave a figure to the model but "
        + "TPU v1's array and TPU v4i's array and CMEM, whose areas `Configs/Area` names.",
      "Limits: a die known exactly within 15 %; of an upper bound at most 10 % above it and 15 % below. "
        + "Parts are shown without limits: those of the table are GA100's or nearly so, and Aldebaran's "
        + "are twice as large, for reasons that its source does not say.",
    ]
  ) { library throws(ValidationError) in
    let gpus = try GPUDie.all(library)
    var rows: [ValidationRow] = []
    for row in try ReferenceTable("dies.csv", library: library).rows {
      let (name, part, bound) = (try row.text("die"), try row.text("part"), try row.text("bound"))
      let limits = [DieBound.exact: -15.0...15, .upper: -15...10]
      guard let kind = DieBound(rawValue: bound) else {
        throw ValidationError(
          "\(row.file):\(row.line)", "bound must be exact, upper, fitted or part; found '\(bound)'")
      }
      let modelled: Double
      if let gpu = gpus.first(where: { $0.name == name }) {
        modelled = try gpu.squareMillimetres(of: part, row)
      } else {
        modelled = try squareMillimetres(of: name, row, library)
      }
      rows.append(
        ValidationRow(
          name: "\(name) \(part)" + (kind.remark.map { ", \($0)" } ?? ""), quantity: "mm2",
          measured: try row.number("square_millimetres"),
          modelled: modelled,
          limitsPercent: limits[kind]))
    }
    return rows
  }

  private static func squareMillimetres(
    of chip: String, _ row: ReferenceTable.Row, _ library: ConfigLibrary
  ) throws(ValidationError) -> Double {
    let loaded = try ValidationError.at(chip) { try Chip.load(chip, library: library) }
    guard let area = loaded.area else {
      throw ValidationError(
        "\(row.file):\(row.line)", "the file of '\(chip)' has no 'area'. Add it.")
    }
    return area.squareMillimetres.typical
  }
}

/// What a published area says.
private enum DieBound: String {
  case exact, upper, fitted, part

  /// What a row's name has of it.
  var remark: String? {
    switch self {
    case .exact, .part: nil
    case .upper: "upper bound"
    case .fitted: "fitted"
    }
  }
}

/// A GPU's die: counts of its parts, and the model for its process.
private struct GPUDie {
  let name: String
  private let parts: DieInventory
  private let l2Bytes: Int
  private let model: AreaModel

  static func all(_ library: ConfigLibrary) throws(ValidationError) -> [GPUDie] {
    let table = try ValidationError.at("published-dies") {
      try library.document("published-dies", kind: ConfigKind.area.rawValue).decode(AreaTable.self)
    }
    return try ReferenceTable("gpu_dies.csv", library: library).rows.map {
      row throws(ValidationError) in
      try GPUDie(row, table)
    }
  }

  private init(_ row: ReferenceTable.Row, _ table: AreaTable) throws(ValidationError) {
    name = try row.text("die")
    let mebibyte = 1_048_576.0
    l2Bytes = Int(try row.number("l2", as: Double.self) * mebibyte)
    var parts = DieInventory()
    parts.processingElements = try row.number("matrix_elements")
    parts.fp64Units = try row.number("fp64")
    parts.fp32Units = try row.number("fp32")
    parts.int32Units = try row.number("int32")
    parts.cacheBytes =
      Int(try row.number("registers_and_l1", as: Double.self) * mebibyte) + l2Bytes
    parts.memoryKind = try row.text("memory")
    parts.memoryStacks = try row.number("stacks")
    parts.chipLinks = try row.number("links")
    parts.hostLanes = try row.number("host_lanes")
    let process = try row.text("process")
    guard
      let model = AreaModel(table: table, process: process, memoryKind: parts.memoryKind)
    else {
      throw ValidationError(
        "\(row.file):\(row.line)",
        "the table '\(table.name)' has no process '\(process)' or no memory '\(parts.memoryKind)'")
    }
    self.parts = parts
    self.model = model
  }

  func squareMillimetres(
    of part: String, _ row: ReferenceTable.Row
  ) throws(ValidationError) -> Double {
    let whole = model.area(of: parts)
    var l2 = DieInventory()
    l2.cacheBytes = l2Bytes
    let area =
      switch part {
      case "die": whole.squareMillimetres
      case "L2": model.area(of: l2)["cache"]
      case "DRAM PHY": whole["dramPHY"]
      case "DRAM controller": whole["dramController"]
      case "link PHY": whole["chipLinkPHY"]
      default: nil as PublishedRange?
      }
    guard let area else {
      throw ValidationError("\(row.file):\(row.line)", "a GPU's die has no part '\(part)'")
    }
    return area.typical
  }
}
