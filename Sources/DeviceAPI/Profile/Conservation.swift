internal import Units

extension SimulatedCost {
  /// What does not add up, in words; `nil` if all does.
  ///
  /// - Cycles: of each unit, busy and waiting, are those of the schedule.
  /// - Bytes: at each level what the tensors move is what the operations move; the levels beside DRAM send
  ///   and take no more than it does; and elements of even size move in even numbers of bytes.
  /// - Energy: of a schedule, by component, it is that of the operations and idle power; of moving bytes,
  ///   that of the tensors, up to the rounding of each entry.
  package var imbalance: String? {
    imbalance(of: cold, "cold") ?? imbalance(of: steady, "steady") ?? trafficImbalance
      ?? energyImbalance
  }

  private func imbalance(of schedule: Schedule, _ title: String) -> String? {
    for unit in schedule.units {
      let sum = unit.busyCycles + unit.stallCycles
      if sum != schedule.cycles {
        return
          "\(title) execution: unit \(unit.name) is busy or waits for \(sum.count) cycles, the "
          + "schedule has \(schedule.cycles.count)"
      }
    }
    for component in EnergyComponent.allCases where component != .idle {
      let sum = ops.reduce(Picojoules.zero) { $0 + $1.energy[component] }
      if abs(sum.value - schedule.energy[component].value) > Self.rounding * Double(ops.count) {
        return
          "\(title) execution: \(component.rawValue) has \(schedule.energy[component].value) pJ, "
          + "the operations have \(sum.value)"
      }
    }
    return nil
  }

  private var trafficImbalance: String? {
    func sum(_ traffic: [[MemoryTraffic]], _ level: MemoryLevel) -> MemoryTraffic {
      var sum = MemoryTraffic()
      for entry in traffic { sum += entry[level.index] }
      return sum
    }
    let levels = MemoryLevel.allCases.map { level in
      (level, ops: sum(ops.map(\.traffic), level), tensors: sum(tensors.map(\.traffic), level))
    }
    for (level, ops, tensors) in levels where ops != tensors {
      return
        "\(level.rawValue): operations read \(ops.read.count) and write \(ops.written.count) bytes, "
        + "tensors \(tensors.read.count) and \(tensors.written.count)"
    }
    let (host, dram) = (levels[MemoryLevel.host.index].ops, levels[MemoryLevel.offChip.index].ops)
    if host.read > dram.written || host.written > dram.read {
      return
        "host: \(host.read.count) bytes are sent and \(host.written.count) fetched, DRAM takes "
        + "\(dram.written.count) and gives \(dram.read.count)"
    }
    for tensor in tensors where tensor.elementBytes % 2 == 0 {
      for level in [MemoryLevel.host, .offChip, .cmem] {
        let traffic = tensor.traffic[level.index]
        if traffic.read.count % 2 != 0 || traffic.written.count % 2 != 0 {
          return
            "tensor \(tensor.name): elements of \(tensor.elementBytes) bytes, and an odd number of "
            + "bytes moved at \(level.rawValue)"
        }
      }
    }
    return nil
  }

  private var energyImbalance: String? {
    let entries = Double(ops.count + tensors.count)
    for component in [EnergyComponent.accumulators, .onChip, .offChip, .hostLink] {
      let byOp = ops.reduce(0) { $0 + $1.energy[component].value }
      let byTensor = tensors.reduce(0) { $0 + $1.energy[component].value }
      if abs(byOp - byTensor) > Self.rounding * entries + 1e-12 * abs(byOp) {
        return "\(component.rawValue): operations have \(byOp) pJ, tensors \(byTensor)"
      }
    }
    return nil
  }

  /// What the rounding of an entry's energy may take or give, in picojoules: half of 2⁻¹⁰.
  private static var rounding: Double { 0x1p-11 }
}
