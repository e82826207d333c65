internal import ConfigFiles
internal import GraphIR
internal import GraphPasses
internal import SystolicCompiler
internal import SystolicModel
internal import SystolicSim

extension ValidationSuite {
  /// Matrix products on a TPU v6e.
  package static let tpuV6eGEMM = ValidationSuite(
    name: "tpu-v6e-gemm", title: "bf16 products on a TPU v6e, M x K x N, time of a step",
    bound: .meanAbsolutePercentageError(10),
    notes: [
      "Each row is what `simtrain estimate --config tpu-v6e --dtype bf16 --gemm MxKxN --repeat 16` "
        + "says: with `--repeat`, what fits of inputs and outputs stays in VMEM.",
      "The rule: a step's activations are made and used on chip, its weights come from DRAM in each "
        + "step. That weights do not stay, though 128 MiB would hold them, is seen in 1x4096x1024: "
        + "its 8 MiB of weights take as long as DRAM needs to deliver them.",
    ]
  ) { library throws(ValidationError) in
    let table = try ReferenceTable("tpu_v6e_gemm.csv", library: library)
    let chip = try ValidationError.at("tpu-v6e") { try Chip.load("tpu-v6e", library: library) }
    return try table.rows.map { row throws(ValidationError) in
      let gemm = GEMMShape(
        m: try row.number("M"), n: try row.number("N"), k: try row.number("K"))
      return ValidationRow(
        name: "\(gemm.m)x\(gemm.k)x\(gemm.n)", quantity: "us",
        measured: try row.number("median_us"),
        modelled: try chainedMicroseconds(of: gemm, chip: chip))
    }
  }

  /// Time of a step of a chain of products: activations stay on chip if they fit.
  static func chainedMicroseconds(
    of gemm: GEMMShape, chip: Chip
  ) throws(ValidationError) -> Double {
    let layer = Workload.Layer(name: "\(gemm.m)x\(gemm.k)x\(gemm.n)", shape: .gemm(gemm))
    let options = EstimateOptions(operandType: .bf16, resident: nil, repeats: 16)
    return try ValidationError.at(layer.name) {
      try WorkloadEstimator(chip: chip, options: options).estimate(layer).microseconds
    }
  }

  /// Elementwise operations on a TPU v6e.
  package static let tpuV6eElementwise = ValidationSuite(
    name: "tpu-v6e-elementwise", title: "bf16 elementwise operations on a TPU v6e, time of a step",
    bound: .meanAbsolutePercentageError(15),
    notes: [
      "Each row is a graph of one step as it was measured, (a + c) + b or exp(a + c) with a scalar c "
        + "that carries the dependence between steps. Rows in HBM: compiled for `tpu-v6e` without a "
        + "launch, the steady state. Rows in VMEM: the vector unit's work of the same graph in one "
        + "instruction, without copies.",
      "The rule: what fits VMEM stays there, operands and result together, as the file says of each "
        + "row.",
    ]
  ) { library throws(ValidationError) in
    let table = try ReferenceTable("tpu_v6e_elementwise.csv", library: library)
    let chip = try ValidationError.at("tpu-v6e") {
      try Chip.load(
        "tpu-v6e", overrides: ["program.launchOverheadMicroseconds=0"], library: library)
    }
    return try table.rows.map { row throws(ValidationError) in
      let (op, elements) = (try row.text("op"), try row.number("elements", as: Int.self))
      let isOnChip = try bytes(of: op, elements, row) <= chip.architecture.vmem.capacityBytes
      let cycles = try ValidationError.at("\(row.file):\(row.line)") {
        let graph = try elementwiseStep(op, elements: elements, row)
        return isOnChip
          ? chip.architecture.vectorCycles(of: graph)
          : try SystolicCompiler(chip: chip).compile(graph).cost.steady.cycles.count
      }
      return ValidationRow(
        name: "\(op) \(elements) \(isOnChip ? "VMEM" : "HBM")", quantity: "us",
        measured: try row.number("median_us"),
        modelled: Double(cycles) / chip.architecture.clockMegahertz)
    }
  }

  /// Bytes of a step's operands and result.
  private static func bytes(
    of op: String, _ elements: Int, _ row: ReferenceTable.Row
  ) throws(ValidationError) -> Int {
    switch op {
    case "add": return 3 * 2 * elements
    case "exp": return 2 * 2 * elements
    default:
      throw ValidationError("\(row.file):\(row.line)", "op must be add or exp; found '\(op)'")
    }
  }

  /// One step of a chain as the source describes it.
  private static func elementwiseStep(
    _ op: String, elements: Int, _ row: ReferenceTable.Row
  ) throws -> Graph {
    _ = try bytes(of: op, elements, row)
    let type = TensorType([elements], .bf16)
    var builder = GraphBuilder(name: op)
    let a = builder.parameter("a", type)
    let carry = builder.parameter("carry", .scalar(.bf16))
    let sum = try builder.add(a, builder.broadcast(carry, to: type.shape, dimensions: []))
    let result =
      op == "add"
      ? try builder.add(sum, builder.parameter("b", type))
      : try builder.unary(.exponential, sum)
    let place = builder.parameter("y", type)
    builder.result("y", result, donating: place)
    return try builder.build()
  }
}
