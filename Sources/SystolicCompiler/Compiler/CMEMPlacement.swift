/// Values that lie in CMEM or in DRAM together: a parameter and the result that takes its place.
///
/// What the host sends or fetches lies in DRAM, for the host link ends there.
struct CMEMFamily: Hashable {
  /// Indices of stored values.
  var values: [Int]
  /// Bytes of CMEM, twice those of a result as in DRAM (`ProgramAssembly`).
  var bytes: Int
  /// Bytes copied from and to it in an execution.
  var traffic: Int

  /// Those that may lie in CMEM and are copied at all, in the order of bytes copied for a byte of
  /// CMEM.
  static func all(of graph: LoweredGraph, program: Program) -> [CMEMFamily] {
    let traffic = program.dramTraffic
    var root = Array(graph.values.indices)
    var isFixed = graph.values.map { value in
      if case .infeed = value.home { return true }
      return value.isHeld
    }
    for outfeed in graph.outfeeds {
      if let value = outfeed.value { isFixed[value] = true }
    }
    for (parameter, result) in graph.donations {
      let (from, to) = (root[result], root[parameter])
      for other in root.indices where root[other] == from { root[other] = to }
    }
    var members = [[Int]](repeating: [], count: graph.values.count)
    for (value, head) in root.enumerated() { members[head].append(value) }
    var families: [CMEMFamily] = []
    for members in members where !members.isEmpty && !members.contains(where: { isFixed[$0] }) {
      let family = CMEMFamily(
        values: members,
        bytes: members.reduce(0) { sum, member in
          let value = graph.values[member]
          return sum + value.bytes * (value.producer == nil ? 1 : max(1, 2 * value.results.count))
        }, traffic: members.reduce(0) { $0 + traffic[$1] })
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
}

extension Program {
  /// Bytes of each value that are copied between DRAM and VMEM.
  fileprivate var dramTraffic: [Int] {
    var traffic = [Int](repeating: 0, count: values.count)
    for group in groups {
      for load in group.loadsBefore + group.loadsAfter { traffic[load.value] += load.pattern.bytes }
      let program = group.program
      for stream in program.streams {
        let input = program.problem.inputs[stream.input]
        stream.sizes.masks.forEachKind(program.nest, running: stream.running) { kind, count in
          traffic[group.inputs[stream.input].value] +=
            count * program.problem.pattern(input, stream.sizes, kind).bytes
        }
      }
      for store in program.stores {
        traffic[group.outputs[store.output].value] +=
          store.copies * program.problem.outputs[store.output].bytes
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
