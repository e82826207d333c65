internal import DeviceAPI

/// Values that lie in CMEM or in DRAM together: a parameter and the result that takes its place.
///
/// What the host sends or fetches lies in DRAM, for the host link ends there.
struct CMEMFamily: Hashable {
  /// Indices of stored values.
  var values: [Int]
  /// Bytes of CMEM, twice those of a result as in DRAM (`Emitter`).
  var bytes: Int
  /// Bytes copied from and to it in an execution.
  var traffic: Int

  /// Those that may lie in CMEM and are copied at all, in the order of bytes copied for a byte of
  /// CMEM.
  static func all(of graph: LoweredGraph, _ source: Graph, program: Program) -> [CMEMFamily] {
    let traffic = Self.traffic(of: program)
    var root = Array(graph.values.indices)
    var isFixed = graph.values.map { value in
      if case .infeed = value.home { return true }
      return value.isHeld
    }
    var parameters: [Int: Int] = [:]
    for (index, value) in graph.values.enumerated() {
      if case .parameter(let parameter) = source[value.id].operation {
        parameters[parameter] = index
      }
    }
    for (index, result) in source.results.enumerated() {
      guard let value = graph.resultValues[index] else { continue }
      if let donated = result.donatedParameter, let parameter = parameters[donated] {
        let (from, to) = (root[value], root[parameter])
        for other in root.indices where root[other] == from { root[other] = to }
      } else {
        isFixed[value] = true
      }
    }
    var families: [CMEMFamily] = []
    for head in graph.values.indices {
      let members = graph.values.indices.filter { root[$0] == head }
      if members.isEmpty || members.contains(where: { isFixed[$0] }) { continue }
      let family = CMEMFamily(
        values: members,
        bytes: members.reduce(0) { sum, member in
          let value = graph.values[member]
          return sum + value.bytes * (value.producer == nil ? 1 : max(1, 2 * value.results.count))
        }, traffic: members.reduce(0) { $0 + (traffic[graph.values[$1].id] ?? 0) })
      if family.traffic > 0 && family.bytes > 0 { families.append(family) }
    }
    return families.sorted { a, b in
      let (left, right) = (
        a.traffic.multipliedFullWidth(by: b.bytes), b.traffic.multipliedFullWidth(by: a.bytes)
      )
      if left.high != right.high { return left.high > right.high }
      if left.low != right.low { return left.low > right.low }
      return a.values.lexicographicallyPrecedes(b.values)
    }
  }

  private static func traffic(of program: Program) -> [ValueID: Int] {
    var traffic: [ValueID: Int] = [:]
    for instruction in program.instructions {
      switch instruction.work {
      case .load(let value, let pattern), .store(let value, let pattern):
        traffic[value, default: 0] += pattern.bytes
      default: break
      }
    }
    return traffic
  }
}

extension LoweredGraph {
  /// The same graph with families in CMEM, in their order, as long as they fit.
  ///
  /// - Returns: `nil` if none fits.
  func placing(_ families: [CMEMFamily], capacity: Int) -> LoweredGraph? {
    var placed = self
    var left = capacity
    for family in families where family.bytes <= left {
      left -= family.bytes
      for value in family.values { placed.values[value].isInCMEM = true }
    }
    return left == capacity ? nil : placed
  }
}
