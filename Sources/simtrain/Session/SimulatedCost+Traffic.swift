internal import DeviceAPI
internal import SystolicSim

extension SimulatedCost {
  /// The chip has a CMEM, a second on-chip memory.
  var hasCMEM: Bool { unitNames.contains(ProgramUnit.dmaCMEM.name) }

  /// Bytes that leave and enter a memory level in an execution; `nil` for CMEM where the chip has
  /// none.
  func traffic(_ level: MemoryLevel) -> MemoryTraffic? {
    if level == .cmem, !hasCMEM { return nil }
    return ops.reduce(into: MemoryTraffic()) { $0 += $1.traffic[level.index] }
  }
}
