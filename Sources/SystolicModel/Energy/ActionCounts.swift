package import DeviceAPI
package import GraphIR
internal import Units

/// What an operation does, in numbers.
package struct ActionCounts: Hashable, Sendable {
  package var macs = 0
  /// The type of the multiply-accumulates.
  package var operandType = OperandType.bf16
  /// Bytes that moved from one processing element to the next.
  package var arrayHopBytes = 0
  package var vector = OperationCounts()
  package var shuffledElements = 0
  package var crossLaneElements = 0
  /// Rows that the banked DRAM opened.
  package var dramActivations = 0
  /// Bytes that bursts of the banked DRAM moved beyond those wanted.
  package var unwantedDRAMBytes = 0
  package var traffic = [MemoryTraffic](
    repeating: MemoryTraffic(), count: MemoryLevel.allCases.count)

  package init() {}
}

extension ActionCounts {
  /// Adds another's counts several times.
  package mutating func add(_ other: ActionCounts, times: Int) {
    macs += times * other.macs
    if other.macs > 0 { operandType = other.operandType }
    arrayHopBytes += times * other.arrayHopBytes
    vector = vector + times * other.vector
    shuffledElements += times * other.shuffledElements
    crossLaneElements += times * other.crossLaneElements
    dramActivations += times * other.dramActivations
    unwantedDRAMBytes += times * other.unwantedDRAMBytes
    for level in traffic.indices {
      traffic[level].read += times * other.traffic[level].read
      traffic[level].written += times * other.traffic[level].written
    }
  }
}
