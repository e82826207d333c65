internal import Units

/// The channels of a banked DRAM that one core uses, with their controllers.
package struct DRAMModel: Sendable {
  package let standard: DRAMStandard
  /// The standard's timings at the clock at which the channels run.
  package let timings: DRAMTimings
  /// Clock of the memory, in hertz.
  let clockHertz: Double
  package let queueDepth: Int
  let map: AddressMap

  /// - Parameters:
  ///   - channels: of all the core's stacks.
  ///   - clockHertz: if it is not the standard's, its times in nanoseconds stay.
  init(
    _ standard: DRAMStandard, channels: Int, clockHertz: Double, queueDepth: Int,
    interleaving: Interleaving
  ) {
    self.standard = standard
    self.clockHertz = clockHertz
    self.queueDepth = queueDepth
    timings = standard.timings.atClock(ratio: clockHertz / (standard.clockMegahertz * 1e6))
    map = AddressMap(standard, channels: channels, interleaving: interleaving)
  }

  /// Bytes a memory cycle if the data buses of all channels never pause.
  package var peakBytesPerCycle: Double {
    Double(map.channels * standard.accessBytes) / Double(timings.burst)
  }

  /// A channel at rest, all rows closed.
  func channel(reorders: Bool = false) -> ChannelSchedule {
    ChannelSchedule(
      timings, banks: standard.banks, groups: standard.bankGroups, queueDepth: queueDepth,
      reorders: reorders)
  }

  /// What a copy costs.
  ///
  /// All channels have their share of the copy from the start and work for themselves; the copy is
  /// done when the last of them is. Refresh comes on top in the mean, for copies are short and know
  /// nothing of its phase: see `withRefresh`.
  ///
  /// - Validity: for consecutive bytes what the cycle-by-cycle controller does, refresh apart; for
  ///   others see `strided`.
  package func cost(of pattern: TransferPattern, isWrite: Bool) -> DRAMTransferCost {
    guard pattern.bytes > 0 else { return DRAMTransferCost() }
    var cost = DRAMTransferCost()
    var restart = 0
    if pattern.rows == 1 {
      (cost, restart) = consecutive(bytes: pattern.bytesPerRow, isWrite: isWrite)
    } else {
      (cost, restart) = (strided(pattern, isWrite: isWrite), 0)
    }
    cost.cycles = withRefresh(cost.cycles, isWrite: isWrite, restart: restart)
    if isWrite { cost.cycles += turnaround }
    return cost
  }

  /// Accesses up to which a strided copy is worked out one by one.
  static let exactAccesses = 8192

  /// Cycles that the bus loses when one write stands between reads, or one read between writes.
  var turnaround: Int {
    timings.tRTW + timings.tCWL + timings.burst + timings.tWTRShort - 2 * timings.tCCDShort
  }

  /// Cycles that one refresh takes from the data bus: close the rows, refresh, open a row again.
  package func refreshCycles(isWrite: Bool, restart: Int = 0) -> Int {
    let close = isWrite ? timings.tCWL + timings.burst + timings.tWR : timings.tRTP
    let open = isWrite ? timings.tRCDWrite : timings.tRCDRead
    return close + timings.tRP + timings.tRFC + open + restart - timings.tCCDShort
  }

  /// Cycles with the mean share of refresh: of each tREFI, only tREFI − `refreshCycles` are left.
  func withRefresh(_ cycles: Int, isWrite: Bool, restart: Int) -> Int {
    let lost = min(timings.tREFI - 1, refreshCycles(isWrite: isWrite, restart: restart))
    let left = timings.tREFI - lost
    return (cycles * timings.tREFI + left - 1) / left
  }
}

/// What a copy costs in a banked DRAM.
package struct DRAMTransferCost: Hashable, Sendable {
  /// Cycles of the memory clock for which the data buses are taken.
  package var cycles = 0
  /// Bursts, on all channels together.
  package var accesses = 0
  /// Rows opened, on all channels together, those after a refresh apart.
  package var activations = 0
}
