internal import DeviceAPI
internal import GraphIR
internal import SystolicModel
internal import Units

extension CostBuilder {
  /// The table by tensor: all values of the program, then what moves without being one.
  ///
  /// - Parameters:
  ///   - names: of the program's values.
  ///   - buffers: by buffer of VMEM, its first and its last use in the cold execution.
  func tensorCosts(
    _ names: [String], buffers: [(first: Int, last: Int)]
  ) -> [TensorCost] {
    let accounts = TensorAccounts(program, chip: chip, timing)
    let lifetimes = lifetimes(buffers)
    let stored = storedValues
    let model = EnergyModel(chip: chip)
    return (names + accounts.others).uniqueNames.enumerated().map { index, name in
      let value = program.values.indices.contains(index) ? program.values[index] : nil
      return TensorCost(
        name: name, bytes: Bytes(value?.bytes ?? 0), elementBytes: value?.elementBytes ?? 1,
        home: home(of: value, isStored: stored.contains(index)), loads: accounts.loads[index],
        stores: accounts.stores[index], traffic: accounts.counts[index].traffic,
        energy: model.energy(of: accounts.counts[index]),
        lifetime: value == nil ? nil : lifetimes[index])
    }
  }

  private func home(of value: StoredValue?, isStored: Bool) -> MemoryLevel {
    guard let value else { return .offChip }
    if value.isHeld || value.producer != nil && !isStored { return .onChip }
    return value.isInCMEM ? .cmem : .offChip
  }

  /// Values that some group stores to DRAM or CMEM.
  private var storedValues: Set<Int> {
    var stored: Set<Int> = []
    for group in program.groups {
      for store in group.program.stores where store.copies > 0 {
        stored.insert(group.outputs[store.output].value)
      }
    }
    return stored
  }

  private func lifetimes(_ buffers: [(first: Int, last: Int)]) -> [Range<Int>?] {
    var lifetimes = [Range<Int>?](repeating: nil, count: program.values.count)
    func use(_ value: Int, _ buffer: Int) {
      let (first, last) = buffers[buffer]
      guard first < last else { return }
      let known = lifetimes[value] ?? first..<last
      lifetimes[value] = min(known.lowerBound, first)..<max(known.upperBound, last)
    }
    for group in program.groups {
      for place in group.inputs + group.outputs { use(place.value, place.buffer) }
      for load in group.loadsBefore + group.loadsAfter { use(load.value, load.buffer) }
    }
    return lifetimes
  }
}

extension StoredValue {
  fileprivate var elementBytes: Int { elements > 0 ? max(1, bytes / elements) : 1 }
}

extension Program {
  /// Names of values: the parameter's; of a result that takes a parameter's place, `new` and its name; of
  /// another result its name; and else that of the operation that makes it.
  func tensorNames(of graph: Graph) -> [String] {
    var makers: [Int: String] = [:]
    for group in groups {
      for output in group.outputs { makers[output.value] = ops[group.op].name }
    }
    return values.enumerated().map { index, value in
      switch graph[value.id].operation {
      case .parameter(let parameter): return graph.parameters[parameter].name
      case .constant: return "constant"
      default: break
      }
      if let result = value.results.first.map({ graph.results[$0] }) {
        return (result.donatedParameter == nil ? "" : "new ") + result.name
      }
      return makers[index] ?? graph[value.id].operation.name
    }
  }
}

extension [String] {
  /// The same names, later ones of equal ones numbered from 2 on.
  var uniqueNames: [String] {
    var taken = Set<String>()
    return map { name in
      var (unique, number) = (name, 1)
      while !taken.insert(unique).inserted {
        number += 1
        unique = "\(name).\(number)"
      }
      return unique
    }
  }
}

extension [ProgramOp] {
  /// Gives each operation a name of its own. Of those that come from one place, the product keeps the
  /// place's name, or without one the first; others add what they compute: `forward/softmax.reduce`.
  mutating func makeNamesUnique() {
    var keepers: [String: Int] = [:]
    for (index, op) in enumerated() {
      guard let keeper = keepers[op.name] else {
        keepers[op.name] = index
        continue
      }
      if op.unit == .mxu && self[keeper].unit != .mxu { keepers[op.name] = index }
    }
    let names = indices.map { index in
      let op = self[index]
      return keepers[op.name] == index
        ? op.name : "\(op.name).\(op.kind.prefix { $0 != "+" })"
    }
    // Keepers first, so that no other takes their names.
    let order = indices.sorted { (isKeeper($0, keepers), $0) < (isKeeper($1, keepers), $1) }
    for (index, name) in zip(order, order.map { names[$0] }.uniqueNames) { self[index].name = name }
  }

  private func isKeeper(_ index: Int, _ keepers: [String: Int]) -> Int {
    keepers[self[index].name] == index ? 0 : 1
  }
}
