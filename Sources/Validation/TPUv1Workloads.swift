internal import ConfigFiles
internal import DeviceAPI
internal import SystolicModel
internal import SystolicSim
internal import Units

/// A production workload of the TPU v1 paper, as a list of layers, and what was measured of it.
struct TPUv1Workload {
  let name: String
  var layers: [Workload.Layer]
  /// Activations of 16 bits stream at half speed.
  let activationBits: Int
  /// What the host sends before the first layer.
  let inputBytes: Int
  /// int8 operations a second, in 10¹².
  let measuredTOPS: Double
  /// Cycles in which the array computes, in percent.
  let measuredActivePercent: Double

  /// The workloads of `Configs/Validation`, in the order of the file.
  static func all(_ library: ConfigLibrary) throws(ValidationError) -> [TPUv1Workload] {
    var workloads: [TPUv1Workload] = []
    for row in try ReferenceTable("tpu_v1_workloads.csv", library: library).rows {
      let name = try row.text("workload")
      let gemm = GEMMShape(
        m: try row.number("m"), n: try row.number("n"), k: try row.number("k"))
      let layer = Workload.Layer(
        name: "\(gemm.m)x\(gemm.k)x\(gemm.n)", shape: .gemm(gemm), count: try row.number("count"))
      if let last = workloads.indices.last, workloads[last].name == name {
        workloads[last].layers.append(layer)
        continue
      }
      workloads.append(
        TPUv1Workload(
          name: name, layers: [layer], activationBits: try row.number("activation_bits"),
          inputBytes: try row.number("input_bytes"), measuredTOPS: try row.number("tops"),
          measuredActivePercent: try row.number("array_active_pct")))
    }
    return workloads
  }

  /// Multiply-accumulates, padding not counted.
  var macs: Int {
    layers.reduce(0) { sum, layer in
      if case .gemm(let gemm) = layer.shape { sum + layer.count * gemm.macs } else { sum }
    }
  }

  /// What a batch costs: the host sends its input and the chip waits for it; then layer after layer,
  /// weights from DRAM, in whole tiles of the array, padded; activations stay on chip.
  ///
  /// - Source: whole tiles: the paper's layer of 600 x 600, 9 tiles of 64 KiB, in 18 us. 16-bit
  ///   activations at half speed; cycles in which the array waits for input: the paper.
  func cost(library: ConfigLibrary) throws(ValidationError) -> Cost {
    let rate = activationBits == 16 ? 0.5 : 1
    let chip = try ValidationError.at("tpu-v1") {
      try Chip.load("tpu-v1", overrides: ["mxu.relativeRates.int8=\(rate)"], library: library)
    }
    let architecture = chip.architecture
    let total = try layers(on: chip).total
    let transfer = ChipTiming(architecture).hostTransfer(bytes: inputBytes)
    let cycles = total.totalCycles.count + transfer.occupied
    let onDie = total.energy.total.value - total.energy[.offChip].value
    let waiting = EnergyModel(chip: chip).idleEnergy(cycles: transfer.occupied).value
    return Cost(
      microseconds: Double(cycles) / architecture.clockMegahertz,
      activeShare: Double(total.mxu.busy[BusyKind.compute.index].count) / Double(cycles),
      onDiePicojoules: onDie + waiting)
  }

  /// Figures of one batch.
  struct Cost {
    var microseconds: Double
    /// Cycles in which operands stream into the array, 0 to 1.
    var activeShare: Double
    /// Energy without the DRAM's.
    var onDiePicojoules: Double
  }

  private func layers(on chip: Chip) throws(ValidationError) -> WorkloadEstimate {
    let mxu = chip.architecture.mxu
    let padded = layers.map { layer in
      guard case .gemm(let gemm) = layer.shape else { return layer }
      let whole = GEMMShape(
        m: gemm.m, n: gemm.n.roundedUp(toMultipleOf: mxu.columns),
        k: gemm.k.roundedUp(toMultipleOf: mxu.rows))
      return Workload.Layer(name: layer.name, shape: .gemm(whole), count: layer.count)
    }
    return try ValidationError.at(name) {
      let options = EstimateOptions(
        operandType: .int8, resident: [.inputs, .outputs], repeats: 16)
      return try WorkloadEstimator(chip: chip, options: options).estimate(
        Workload(name: name, layers: padded))
    }
  }
}

extension ValidationSuite {
  /// TPU v1 on its production workloads.
  package static let tpuV1 = ValidationSuite(
    name: "tpu-v1", title: "TPU v1 on its production workloads", bound: tpuV1Bound,
    notes: [
      "Chip: `tpu-v1`, int8, weights from DRAM in whole tiles, activations in the unified buffer, each "
        + "layer by itself in the steady state, after the host has sent the batch. Of the LSTMs the "
        + "activations are taken to have 16 bits, which stream at half speed: inferred from the table's own "
        + "TOPS, half of what their useful share makes. The paper gives no layer shapes: "
        + "`Configs/Validation/tpu_v1_workloads.csv` says which stand for them and why.",
      "Google's own model, which had the programs, is within 5 to 11 % on these, 8 % on average. "
        + "Measured figures disagree with each other: 86.0 TOPS of CNN0 are 93 % of the peak, its "
        + "array is active for 78.2 %; CNN1's useful share of the array would make 20.7 TOPS, not 14.1. "
        + "The bound is ours and guards against getting worse; it is no claim.",
    ]
  ) { library throws(ValidationError) in
    var rows: [ValidationRow] = []
    for workload in try TPUv1Workload.all(library) {
      let cost = try workload.cost(library: library)
      rows.append(
        ValidationRow(
          name: workload.name, quantity: "TOPS", measured: workload.measuredTOPS,
          modelled: 2 * Double(workload.macs) / cost.microseconds / 1e6))
      rows.append(
        ValidationRow(
          name: workload.name, quantity: "array active %",
          measured: workload.measuredActivePercent,
          modelled: 100 * cost.activeShare))
    }
    return rows
  }

  private static var tpuV1Bound: ValidationBound { .meanAbsolutePercentageError(25) }
}
