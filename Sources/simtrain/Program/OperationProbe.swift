internal import DeviceAPI
internal import GraphIR

/// Runs the operations of a graph on two devices and compares what they give.
///
/// Values of intermediate operations are results of graphs made for the purpose, a part of the program at
/// a time, so that they need little memory. That changes no value: every operation rounds by itself,
/// whatever it is fused with.
struct OperationProbe {
  let graph: Graph
  let inputs: [Literal]
  let options: CompileOptions

  /// Elements of all values of a part, its operands included.
  private static let elementsOfPart = 1 << 22

  /// Of each operation, in the order of the program, how far `device` is from `reference` with the
  /// reference's operands, and with its own.
  func deviations(
    of device: ProgramDeviation.Side, from reference: ProgramDeviation.Side
  ) throws -> [(value: ValueID, own: Double, accumulated: Double)] {
    var found: [(value: ValueID, own: Double, accumulated: Double)] = []
    for part in parts() {
      let operands = operands(of: part)
      let wanted = operands.filter { input(of: $0) == nil }
      let given = try run(values(Array(Set(wanted + part)).sorted()), inputs, on: reference)
      let values = try run(values(part), inputs, on: device)
      let feeds = operands.map { input(of: $0) ?? given[name(of: $0)] }.compactMap(\.self)
      let alone = try run(singles(part, fedWith: operands), feeds, on: device)
      for value in part {
        let name = name(of: value)
        guard let right = given[name], let accumulated = values[name], let own = alone[name] else {
          continue
        }
        func difference(_ literal: Literal) -> Double {
          ProgramReport.Comparison(name: name, found: literal, expected: right).relative ?? 0
        }
        found.append((value, difference(own), difference(accumulated)))
      }
    }
    return found
  }

  private func name(of value: ValueID) -> String { "v\(value.index)" }

  /// The program's argument that a value is.
  private func input(of value: ValueID) -> Literal? {
    if case .parameter(let index) = graph[value].operation { inputs[index] } else { nil }
  }

  /// Values that are the same whatever computes them, and are part of each graph that needs them.
  private func isGiven(_ value: ValueID) -> Bool {
    switch graph[value].operation {
    case .constant, .iota: true
    default: false
    }
  }

  // MARK: Parts of the program

  /// Values that operations compute, in parts of limited size; those of one operation stay together.
  private func parts() -> [[ValueID]] {
    var parts: [[ValueID]] = []
    var part: [ValueID] = []
    var size = 0
    for value in graph.values where !isGiven(value) && input(of: value) == nil {
      let isFirst = if case .result = graph[value].operation { false } else { true }
      if isFirst, size > Self.elementsOfPart {
        parts.append(part)
        (part, size) = ([], 0)
      }
      part.append(value)
      size += graph.type(of: value).elementCount
      if isFirst {
        size += graph[value].operands.reduce(0) { $0 + graph.type(of: $1).elementCount }
      }
    }
    return part.isEmpty ? parts : parts + [part]
  }

  /// What the operations of a part read from elsewhere, once each.
  private func operands(of part: [ValueID]) -> [ValueID] {
    var operands = Set<ValueID>()
    for value in part {
      if case .result = graph[value].operation { continue }
      operands.formUnion(graph[value].operands.filter { !isGiven($0) })
    }
    return operands.sorted()
  }

  // MARK: Graphs

  /// The program up to these values, which are its results.
  private func values(_ values: [ValueID]) -> Graph {
    var changed = graph
    if let last = values.last {
      let others = graph.instructions[(last.index + 1)...].prefix {
        if case .result = $0.operation { true } else { false }
      }
      changed.instructions = Array(graph.instructions[...(last.index + others.count)])
    }
    changed.results = values.map { GraphResult(name: name(of: $0), value: $0) }
    return changed
  }

  /// Each operation of a part by itself: its operands are parameters.
  private func singles(_ part: [ValueID], fedWith operands: [ValueID]) -> Graph {
    var single = Graph(name: graph.name, parameters: [], instructions: [], results: [])
    var sources: [ValueID: ValueID] = [:]
    func append(_ instruction: Instruction) -> ValueID {
      single.instructions.append(instruction)
      return ValueID(single.instructions.count - 1)
    }
    for operand in operands {
      let type = graph.type(of: operand)
      sources[operand] = append(
        Instruction(
          operation: .parameter(index: single.parameters.count), operands: [], type: type,
          scope: ""))
      single.parameters.append(Parameter(name: name(of: operand), type: type, role: .resident))
    }
    var copies: [ValueID: ValueID] = [:]
    for value in part {
      var instruction = graph[value]
      if case .result = instruction.operation {
        instruction.operands = instruction.operands.compactMap { copies[$0] }
      } else {
        for operand in instruction.operands where sources[operand] == nil {
          sources[operand] = append(graph[operand])
        }
        instruction.operands = instruction.operands.compactMap { sources[$0] }
      }
      let copy = append(instruction)
      copies[value] = copy
      single.results.append(GraphResult(name: name(of: value), value: copy))
    }
    return single
  }

  /// Executes a graph once; its results by name.
  private func run(
    _ graph: Graph, _ inputs: [Literal], on side: ProgramDeviation.Side
  ) throws -> [String: Literal] {
    let values = try side.device.values(
      of: graph.computingProducts(side.precision, on: side.device), inputs, options: options)
    return Dictionary(uniqueKeysWithValues: zip(graph.results.map(\.name), values))
  }
}
