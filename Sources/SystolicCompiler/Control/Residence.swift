internal import GraphIR
internal import GraphPasses
internal import Units

/// Which values of a graph lie in VMEM between its parts: small ones, that DRAM's latency would cost more
/// than their bytes. Their memory is kept from all parts.
struct Residence {
  /// Bytes of a value at most.
  static let mostBytes = 4096

  private(set) var held: Set<ValueID> = []
  /// Bytes that they and those of the graphs around take.
  private(set) var bytes = 0
  /// Bytes that more of them may take.
  private(set) var room: Int

  /// Nothing yet.
  init(room: Int) { self.room = room }

  /// - Parameters:
  ///   - parameters: those of the graph that lie in VMEM.
  ///   - added: bytes that they, and the results in their places, take beyond what the graph around holds.
  ///   - holdsResult: whether a result of the graph lies in VMEM.
  init(
    of parts: GraphParts, within outer: Residence, parameters: Set<Int> = [], added: Int = 0,
    holdsResult: (Int) -> Bool = { _ in false }
  ) {
    let graph = parts.graph
    bytes = outer.bytes + added
    room = max(0, outer.room - added)
    for index in parameters {
      if let value = graph.parameterValue(index) { held.insert(value) }
    }
    var results: [ValueID: [Int]] = [:]
    for (index, result) in graph.results.enumerated() {
      results[graph.viewBase(of: result.value), default: []].append(index)
    }
    for value in graph.values where parts.isStored(value) && !parts.isLoopValue(value) {
      let size = graph.type(of: value).byteCount.alignedForVMEM
      if let returned = results[value] {
        if returned.allSatisfy(holdsResult) { held.insert(value) }
      } else if size <= min(room, Self.mostBytes) {
        held.insert(value)
        room -= size
        bytes += size
      }
    }
  }

  /// Where a part's parameters and results lie, and bytes of VMEM that it must leave to others.
  func placement(of part: GraphParts.Straight) -> (placement: OnChipPlacement, reserved: Int) {
    var placement = OnChipPlacement()
    var own = 0
    func size(_ value: ValueID) -> Int { part.graph.type(of: value).byteCount.alignedForVMEM }
    for (position, source) in part.sources.enumerated() {
      guard let source, held.contains(source) else { continue }
      placement.parameters.insert(position)
      own += part.graph.parameters[position].type.byteCount.alignedForVMEM
    }
    for (position, value) in part.results.enumerated() where held.contains(value) {
      placement.results.insert(position)
      own += size(part.graph.results[position].value)
    }
    return (placement, max(0, bytes - own))
  }
}

extension GraphParts {
  /// Whether a loop defines the value.
  func isLoopValue(_ value: ValueID) -> Bool {
    guard let part = part(of: value), case .control(let control) = parts[part],
      case .whileLoop = graph[control].operation
    else { return false }
    return true
  }
}
