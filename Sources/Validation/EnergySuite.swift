internal import ConfigFiles
internal import SystolicModel
internal import SystolicSim
internal import Units

extension ValidationSuite {
  /// Average power of chips against published power.
  package static let energy = ValidationSuite(
    name: "energy", title: "Average power against published power",
    bound: .meanAbsolutePercentageError(30),
    notes: [
      "`tpu-v1`: the die without its DRAM on each production workload, against the one published "
        + "busy power; which load it was measured on is not said, so that a row cannot be right for "
        + "all of them. The energy table lies between the figures published for 45 and 7 nm.",
      "`tpu-v4i`, `tpu-v4`: the whole chip on a product that keeps its arrays busy, 8192x8192x8192, "
        + "against thermal design power and the highest measured power. Both are limits, not loads.",
      "Nobody has published a bound for such a comparison; this one is ours and guards against getting worse.",
    ]
  ) { library throws(ValidationError) in
    var rows: [ValidationRow] = []
    for row in try ReferenceTable("power.csv", library: library).rows {
      let name = try row.text("chip")
      let chip = try ValidationError.at(name) { try Chip.load(name, library: library) }
      let load = try row.text("load")
      rows.append(
        ValidationRow(
          name: "\(name) \(load)", quantity: "W", measured: try row.number("watts"),
          modelled: try watts(chip, load: load, row, library)))
    }
    return rows
  }

  private static func watts(
    _ chip: Chip, load: String, _ row: ReferenceTable.Row, _ library: ConfigLibrary
  ) throws(ValidationError) -> Double {
    if load == "peak" {
      let estimate = try ValidationError.at(load) {
        let options = EstimateOptions(operandType: .bf16, repeats: 16)
        return try WorkloadEstimator(chip: chip, options: options).estimate(
          Workload.Layer(name: load, shape: .gemm(GEMMShape(m: 8192, n: 8192, k: 8192))))
      }
      // Each core has its share of the idle power and does the same.
      return estimate.energyPicojoules * 1e-6 / estimate.microseconds
        * Double(chip.architecture.cores)
    }
    guard let workload = try TPUv1Workload.all(library).first(where: { $0.name == load }) else {
      throw ValidationError(
        "\(row.file):\(row.line)",
        "load must be peak or a workload of tpu_v1_workloads.csv; found '\(load)'")
    }
    let cost = try workload.cost(library: library)
    return cost.onDiePicojoules * 1e-6 / cost.microseconds
  }
}
