internal import DeviceAPI

extension SimulatedCost {
  /// Among `unitNames` where the chip has a CMEM: what copies between it and VMEM.
  static let cmemUnitName = "dma-cmem"

  /// The chip has a CMEM, a second on-chip memory.
  var hasCMEM: Bool { unitNames.contains(Self.cmemUnitName) }

  /// Bytes that leave and enter a memory level in an execution; `nil` for CMEM where the chip has
  /// none.
  func traffic(_ level: MemoryLevel) -> MemoryTraffic? {
    if level == .cmem, !hasCMEM { return nil }
    return ops.reduce(into: MemoryTraffic()) { $0 += $1.traffic[level.index] }
  }
}
