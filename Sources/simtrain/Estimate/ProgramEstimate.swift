internal import DeviceAPI
internal import GraphIR
internal import Reports
internal import SystolicSim

/// What a whole program costs, vector work and copies included: it is compiled and not executed.
struct ProgramEstimate {
  let graph: Graph
  /// Of `repeats` executions one after another; `nil` where the device refuses the program.
  let profile: ExecutionProfile?
  let repeats: Int
  /// Why there is no cost.
  let refusal: DeviceError?
  /// Layers whose input is not what the layer before made, where the program is a chain of layers.
  let readingFromDRAM: [String]

  /// - Parameter cost: What the device says that an execution costs.
  init(
    _ program: EstimateProgram, repeats: Int, cost: (Graph) throws(DeviceError) -> SimulatedCost
  ) {
    graph = program.graph
    readingFromDRAM = program.readingFromDRAM
    self.repeats = repeats
    do throws(DeviceError) {
      profile = ExecutionProfile(name: graph.name, simulated: try cost(graph))
      refusal = nil
    } catch {
      profile = nil
      refusal = error
    }
  }

  private var cost: CostReport? {
    profile?.simulated.map { CostReport(step: $0, steps: repeats, stepTitle: "execution") }
  }

  private var resultTypes: [TensorType] { graph.results.map { graph.type(of: $0.value) } }

  /// The tables of `train`, under what the program takes and gives.
  var lines: [String] {
    let types = graph.parameters.map(\.type)
    let times = "\(Quantity.grouped(repeats)) execution\(repeats == 1 ? "" : "s")"
    let head = [
      "The whole program, in its own types: \(Quantity.grouped(graph.instructions.count)) "
        + "operations, \(Self.text(types, "argument")), \(Self.text(resultTypes, "result"))"
    ]
    if let cost { return head + chainLines + cost.lines(title: times) }
    return head + ["  no cost: \(refusal?.reason ?? "the device models none")"]
  }

  /// What the chain does not hand over on chip.
  private var chainLines: [String] {
    readingFromDRAM.isEmpty
      ? []
      : [
        "  inputs read from DRAM, for they are not the output before: "
          + readingFromDRAM.joined(separator: ", ")
      ]
  }

  /// The layers one by one beside all of them as one program.
  func comparison(_ layers: WorkloadEstimate) -> [String] {
    guard let cost = profile?.simulated else { return [] }
    var table = TextTable([.left, .right, .right, .right])
    table.add(["", "cycles", "DRAM bytes", "energy"])
    func add(_ title: String, _ cycles: Int, _ dramBytes: Int, _ joules: Double) {
      table.add([
        title, Quantity.grouped(cycles), Quantity.grouped(dramBytes),
        Quantity.engineering(joules, "J"),
      ])
    }
    let total = layers.total
    add(
      "layer by layer, each by itself", total.totalCycles.count,
      total.traffic[MemoryLevel.offChip.index].total.count, total.energy.total.joules)
    let moved = cost.traffic(.offChip)?.total.count ?? 0
    add("one program, the first time", cost.cold.cycles.count, moved, cost.cold.energy.total.joules)
    add(
      "one program, back to back", cost.steady.cycles.count, moved,
      cost.steady.energy.total.joules)
    return ["Layer by layer, and as one program"] + table.lines(indent: "  ") + [""]
  }

  private static func text(_ types: [TensorType], _ noun: String) -> String {
    let bytes = types.reduce(0) { $0 + $1.byteCount }
    return "\(Quantity.grouped(types.count)) \(noun)\(types.count == 1 ? "" : "s") ("
      + Quantity.engineering(Double(bytes), "B") + ")"
  }

  var json: JSONValue {
    func list(_ values: [(name: String, type: TensorType)]) -> JSONValue {
      .list(
        values.map {
          .object([.init("name", .text($0.name)), .init("type", .text("\($0.type)"))])
        })
    }
    return .object(
      [
        .init("operations", .integer(graph.instructions.count)),
        .init("arguments", list(graph.parameters.map { ($0.name, $0.type) })),
        .init("results", list(Array(zip(graph.results.map(\.name), resultTypes)))),
        .init("executions", .integer(repeats)),
        .init("inputsFromDRAM", .list(readingFromDRAM.map { .text($0) })),
      ] + CostReport.members(cost).filter { ProgramReport.isOfPrograms($0.key) } + [
        CostReport.dependences(cost),
        .init("refusal", .optional(refusal?.reason)),
      ])
  }
}

/// The program that an estimate is of.
struct EstimateProgram {
  let graph: Graph
  /// As `WorkloadChain` says it.
  var readingFromDRAM: [String] = []
}
