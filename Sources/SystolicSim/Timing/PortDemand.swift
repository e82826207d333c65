internal import Units

/// Bytes for which each unit takes VMEM's ports in one execution, and what follows for its time.
///
/// A unit's own instructions know VMEM's bandwidth (`ChipArchitecture.duration`) as if it had VMEM to
/// itself. Together the units cannot have more than the ports: an execution takes at least
/// `leastCycles` after its launch. That much is charged, at its end, as `StallCause.onChipPorts`.
/// Where the units happen to meet in time can cost more than that; never more than
/// `mostContentionCycles` on top of the times without contention.
struct PortDemand: Hashable, Sendable {
  /// Bytes read and written by matrix unit, vector unit and copies.
  private var read = SIMD4<Int>(repeating: 0)
  private var written = SIMD4<Int>(repeating: 0)

  /// Adds an instruction, several times.
  mutating func add(_ duration: InstructionDuration, on unit: ProgramUnit, times: Int = 1) {
    let place =
      switch unit {
      case .mxu: 0
      case .vpu: 1
      default: 2
      }
    read[place] += times * duration.portRead
    written[place] += times * duration.portWritten
  }

  /// Cycles that the busier of the two directions needs, whoever goes first.
  func leastCycles(_ vmem: VMEMParameters) -> Int {
    max(
      read.wrappedSum().dividedRoundingUp(by: vmem.readBytesPerCycle),
      written.wrappedSum().dividedRoundingUp(by: vmem.writeBytesPerCycle))
  }

  /// Cycles by which contention makes an execution longer at most, by any arbiter that never idles
  /// while a word is wanted.
  ///
  /// Let d be the share of a port that a unit takes while it works at full speed, at most 1. Stop
  /// the whole core whenever the shares add up to more than 1: that adds the integral of
  /// (Σ d − 1) over such times, at most Σ d − max d; and the integral of max d is at least the
  /// greatest integral of one unit's d. So each direction adds at most what all units but the
  /// busiest take.
  func mostContentionCycles(_ vmem: VMEMParameters) -> Int {
    (read.wrappedSum() - read.max()).dividedRoundingUp(by: vmem.readBytesPerCycle)
      + (written.wrappedSum() - written.max()).dividedRoundingUp(by: vmem.writeBytesPerCycle)
  }
}
