internal import ConfigFiles
internal import Foundation
internal import SystolicModel

extension ValidationSuite {
  /// SCALE-Sim 3.0.0 as published, on single products, for all three dataflows.
  package static let scaleSim = ValidationSuite(
    name: "scalesim", title: "SCALE-Sim 3.0.0, 253 products on one array", bound: .exact,
    notes: [
      "Chip: `scalesim`, with the array and dataflow of each row. Its definitions, and what is wrong "
        + "with them, are in `Docs/model.md`. Percentages are rounded to SCALE-Sim's four decimals."
    ]
  ) { library throws(ValidationError) in
    let table = try ReferenceTable("scalesim_gemm.csv", library: library)
    let chip = try ValidationError.at("scalesim") {
      try Chip.load("scalesim", library: library)
    }
    var rows: [ValidationRow] = []
    for row in table.rows { rows += try scaleSimRows(row, mxu: chip.architecture.mxu) }
    return rows
  }

  private static func scaleSimRows(
    _ row: ReferenceTable.Row, mxu: MXUParameters
  ) throws(ValidationError) -> [ValidationRow] {
    let names: [String: Dataflow] = [
      "os": .outputStationary, "ws": .weightStationary, "is": .inputStationary,
    ]
    let text = try row.text("dataflow")
    guard let dataflow = names[text] else {
      throw ValidationError(
        "\(row.file):\(row.line)", "dataflow must be os, ws or is; found '\(text)'")
    }
    let gemm = GEMMShape(
      m: try row.number("M"), n: try row.number("N"), k: try row.number("K"))
    let array = SystolicArray(
      rows: try row.number("array_rows"), columns: try row.number("array_cols"),
      dataflow: dataflow, overlap: mxu.overlap,
      accumulatorRows: mxu.array.accumulatorRows, compatibility: mxu.compatibility)
    let report = array.scaleSimReport(of: gemm)
    let name = "\(text) \(array.rows)x\(array.columns) \(gemm.m)x\(gemm.k)x\(gemm.n)"
    func figure(
      _ quantity: String, _ column: String, _ modelled: Double
    ) throws(ValidationError) -> ValidationRow {
      ValidationRow(
        name: name, quantity: quantity, measured: try row.number(column), modelled: modelled)
    }
    return [
      try figure("cycles", "compute_cycles", Double(report.computeCycles)),
      try figure(
        "utilisation %", "overall_util_pct", report.overallUtilizationPercent.fourDecimals),
      try figure(
        "mapping efficiency %", "mapping_eff_pct", report.mappingEfficiencyPercent.fourDecimals),
      try figure("input reads", "sram_ifmap_reads", Double(report.inputReads)),
      try figure("filter reads", "sram_filter_reads", Double(report.filterReads)),
      try figure("result writes", "sram_ofmap_writes", Double(report.resultWrites)),
    ]
  }
}

extension Double {
  /// Rounded to four decimals as decimal text rounds it, half to even of the binary value.
  fileprivate var fourDecimals: Double { Double(String(format: "%.4f", self)) ?? self }
}
