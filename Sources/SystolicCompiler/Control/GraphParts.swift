internal import GraphIR
internal import GraphPasses

/// A graph cut at its loops and branches. What one part computes and another reads lies in DRAM
/// between them; views, constants and counters are made anew where they are read.
struct GraphParts {
  /// What lies between two loops or branches, as a graph: all parameters stay on the device, and each
  /// result takes the place of one. Some parameters are nothing but the place of a result.
  struct Straight {
    var graph: Graph
    /// By parameter: the value that it is; `nil` for the place of a result.
    var sources: [ValueID?]
    /// By result: the value that it is.
    var results: [ValueID]
  }

  enum Part {
    case straight(Straight)
    case control(ValueID)
  }

  let graph: Graph
  let known: KnownValues
  private(set) var parts: [Part] = []
  /// Bytes of the values that lie between parts, or are results.
  private(set) var storedBytes = 0
  private let bases: [ValueID]
  /// By value: its part; `nil` for views, and what no result needs.
  private var place: [Int?]
  private var stored: [Bool]
  /// By parameter: the last part that reads it.
  private var lastRead: [Int: Int] = [:]

  init(_ graph: Graph, _ known: KnownValues) {
    self.graph = graph
    self.known = known
    bases = graph.viewBases()
    place = [Int?](repeating: nil, count: graph.instructions.count)
    stored = [Bool](repeating: false, count: graph.instructions.count)
    let members = divide()
    findStored()
    for value in graph.values where stored[value.index] {
      storedBytes += graph.type(of: value).byteCount
    }
    for (index, members) in members.enumerated() {
      if graph[members[0]].operation.isControl {
        parts.append(.control(members[0]))
      } else {
        parts.append(.straight(straight(members, index)))
      }
    }
  }

  /// The part in which what a value is a view of is computed; `nil` for inputs.
  func part(of value: ValueID) -> Int? { place[bases[value.index].index] }

  /// Whether the value lies in memory between parts, or is a result.
  func isStored(_ value: ValueID) -> Bool { stored[value.index] }

  private mutating func divide() -> [[ValueID]] {
    let live = graph.liveValues()
    var members: [[ValueID]] = []
    var isOpen = false
    for value in graph.values where !graph.isView(value) && place[value.index] == nil {
      let count = graph.valueCount(at: value.index)
      let values = (value.index..<value.index + count).map { ValueID($0) }
      guard values.contains(where: { live[$0.index] }) else { continue }
      let isControl = graph[value].operation.isControl
      if isControl || !isOpen { members.append([]) }
      isOpen = !isControl
      members[members.count - 1] += values
      for value in values { place[value.index] = members.count - 1 }
    }
    return members
  }

  private mutating func findStored() {
    for value in graph.values {
      guard let part = place[value.index] else { continue }
      for operand in graph[value].operands {
        let base = bases[operand.index]
        if case .parameter(let index) = graph[base].operation {
          lastRead[index] = max(lastRead[index] ?? 0, part)
        }
        if let owner = place[base.index], owner != part { stored[base.index] = true }
      }
    }
    for result in graph.results {
      let base = bases[result.value.index]
      if place[base.index] != nil { stored[base.index] = true }
    }
  }

  private func straight(_ members: [ValueID], _ index: Int) -> Straight {
    var builder = PartBuilder("\(graph.name).\(index)", graph, known)
    for member in members { builder.compute(member) }
    for member in members where stored[member.index] {
      let donated = graph.results.first {
        $0.value == member && $0.donatedParameter != nil
      }?.donatedParameter
      if let donated, lastRead[donated] ?? 0 <= index, known.parameter(donated) == nil,
        let parameter = graph.parameterValue(donated)
      {
        builder.deliver(member, inPlaceOf: parameter)
      } else {
        builder.deliver(member)
      }
    }
    return builder.part
  }
}

/// Makes the graph of a part out of values of another graph.
struct PartBuilder {
  private let source: Graph
  private let known: KnownValues
  private(set) var part: GraphParts.Straight
  private var made: [ValueID: ValueID] = [:]

  init(_ name: String, _ source: Graph, _ known: KnownValues) {
    self.source = source
    self.known = known
    part = GraphParts.Straight(
      graph: Graph(name: name, parameters: [], instructions: [], results: []), sources: [],
      results: [])
  }

  mutating func append(
    _ operation: Operation, _ operands: [ValueID], _ type: TensorType, _ scope: String = ""
  ) -> ValueID {
    part.graph.instructions.append(
      Instruction(operation: operation, operands: operands, type: type, scope: scope))
    return ValueID(part.graph.instructions.count - 1)
  }

  mutating func parameter(_ name: String, _ type: TensorType, _ source: ValueID?) -> ValueID {
    part.graph.parameters.append(Parameter(name: name, type: type, role: .resident))
    part.sources.append(source)
    return append(.parameter(index: part.graph.parameters.count - 1), [], type)
  }

  /// The value in the part; what others compute is a parameter.
  mutating func use(_ value: ValueID) -> ValueID {
    // A chain of views may be longer than a thread's stack is deep.
    var views = [value]
    while let last = views.last, made[last] == nil, source[last].operation.kind == .view {
      views.append(source[last].operands[0])
    }
    var own = value
    for view in views.reversed() { own = useOne(view) }
    return own
  }

  /// The same of a value whose operand is there, if it is a view.
  private mutating func useOne(_ value: ValueID) -> ValueID {
    if let known = made[value] { return known }
    let instruction = source[value]
    let own: ValueID
    switch instruction.operation {
    case .parameter(let index):
      if let literal = known.parameter(index) {
        own = append(.constant(literal), [], instruction.type)
      } else {
        own = parameter(source.parameters[index].name, instruction.type, value)
      }
    case .constant, .iota: own = append(instruction.operation, [], instruction.type)
    case .reshape, .broadcastInDim:
      let operand = made[instruction.operands[0]] ?? instruction.operands[0]
      own = append(instruction.operation, [operand], instruction.type, instruction.scope)
    default: own = parameter("%\(value.index)", instruction.type, value)
    }
    made[value] = own
    return own
  }

  /// Computes a value in this part.
  mutating func compute(_ value: ValueID) {
    let instruction = source[value]
    var operands: [ValueID] = []
    for operand in instruction.operands { operands.append(use(operand)) }
    made[value] = append(
      instruction.operation, operands, instruction.type, instruction.scope)
  }

  /// Copies a value of the source.
  ///
  /// - Returns: the copy, a value of the part.
  mutating func copy(_ value: ValueID) -> ValueID {
    let type = source.type(of: value)
    let own: ValueID
    if let splat = known.splat(value)?.splat {
      let one = append(
        .constant(Literal(.scalar(type.dtype), splat: splat)), [], .scalar(type.dtype))
      own = append(.broadcastInDim(dimensions: []), [one], type)
    } else {
      own = use(value)
    }
    return append(.copy(of: type), [own], type, "copy")
  }

  /// Makes a value of the source a result, in a parameter's memory or in memory of its own.
  mutating func deliver(_ value: ValueID, inPlaceOf parameter: ValueID? = nil) {
    let own = use(value)
    deliver(own, as: value, inPlaceOf: parameter.map { use($0) })
  }

  /// Makes a value of the part a result, which is a value of the source.
  mutating func deliver(_ own: ValueID, as value: ValueID, inPlaceOf place: ValueID? = nil) {
    let place =
      place ?? parameter("to %\(part.results.count)", part.graph.type(of: own), nil)
    guard case .parameter(let donated) = part.graph[place].operation else { return }
    part.graph.results.append(
      GraphResult(name: "r\(part.results.count)", value: own, donatedParameter: donated))
    part.results.append(value)
  }
}

extension Operation {
  /// A copy of a tensor: the slice that is all of it.
  fileprivate static func copy(of type: TensorType) -> Operation {
    .slice(
      start: type.shape.map { _ in 0 }, limit: type.shape, strides: type.shape.map { _ in 1 })
  }
}

extension Graph {
  /// The instruction of a parameter.
  func parameterValue(_ index: Int) -> ValueID? {
    instructions.firstIndex { $0.operation == .parameter(index: index) }.map { ValueID($0) }
  }

  /// The graph with results that are parameters, or views of them, replaced by copies, but for those
  /// that `keeps` says.
  func copyingParameters(except keeps: (_ result: Int) -> Bool = { _ in false }) -> Graph {
    var graph = self
    for (index, result) in results.enumerated() where !keeps(index) {
      guard case .parameter = self[viewBase(of: result.value)].operation else { continue }
      let type = type(of: result.value)
      graph.instructions.append(
        Instruction(
          operation: .copy(of: type), operands: [result.value], type: type, scope: "copy"))
      graph.results[index].value = ValueID(graph.instructions.count - 1)
    }
    return graph
  }
}
