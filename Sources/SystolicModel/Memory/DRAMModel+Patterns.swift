/// Regular patterns, worked out by their period.
extension DRAMModel {
  /// Consecutive bytes from an address that starts a row of channel 0.
  ///
  /// Channel 0 has the most accesses. When its state, seen from its last command, is the same as one
  /// period of the address map before, the periods that are left are multiplied out; the result is
  /// that of the whole run.
  ///
  /// - Returns: the cost, and the cycles by which the first period takes longer than a later one.
  func consecutive(bytes: Int, isWrite: Bool) -> (DRAMTransferCost, restart: Int) {
    let accesses = bytes.dividedRoundingUp(by: standard.accessBytes)
    let run = run(localAccesses: share(of: accesses), isWrite: isWrite)
    // Other channels open a row less at most: at the end of the copy.
    let activations = proportion(run.activations, of: share(of: accesses), accesses)
    return (
      DRAMTransferCost(cycles: run.cycles, accesses: accesses, activations: activations),
      run.restart
    )
  }

  /// Accesses of channel 0, which has the most of `accesses` consecutive ones.
  private func share(of accesses: Int) -> Int {
    let round = map.belowChannel * map.channels
    return accesses / round * map.belowChannel + min(map.belowChannel, accesses % round)
  }

  private func proportion(_ part: Int, of whole: Int, _ accesses: Int) -> Int {
    let rounds = Double(accesses) / Double(max(1, whole))
    return max(min(part, accesses), Int((Double(part) * rounds).rounded()))
  }

  private func run(
    localAccesses count: Int, isWrite: Bool
  ) -> (cycles: Int, activations: Int, restart: Int) {
    var channel = channel()
    var state: [Int]?
    var (mark, rows) = (0, 0)
    var (skippedCycles, skippedRows, restart) = (0, 0, 0)
    var first: Int?
    var local = 0
    while local < count {
      channel.access(map.place(local), isWrite: isWrite)
      local += 1
      guard local % map.period == 0, skippedCycles == 0 else { continue }
      let next = channel.relative(toRow: local / map.period)
      let cycles = channel.lastColumn - mark
      if first == nil { first = channel.busCycles }
      if next == state {
        let periods = (count - local) / map.period
        // The first one ends with a burst and not with the distance to the next command.
        restart = max(0, (first ?? 0) + timings.tCCDShort - timings.burst - cycles)
        skippedCycles = periods * cycles
        skippedRows = periods * (channel.activations - rows)
        local += periods * map.period
        channel.shiftRows(by: periods)
        if periods == 0 { skippedCycles = 0 }
      }
      (state, mark, rows) = (next, channel.lastColumn, channel.activations)
    }
    return (channel.busCycles + skippedCycles, channel.activations + skippedRows, restart)
  }

  /// Rows at a distance, from address 0.
  ///
  /// Each access is worked out up to `exactAccesses` of them; longer copies go on at the rate of the
  /// last half. Long rows cost as much as so many consecutive bytes each.
  ///
  /// - Parameter reorders: the controller serves open rows first, which is an estimate: tests find it
  ///   from a quarter below to a tenth above the cycle-by-cycle controller. Otherwise the result is
  ///   exactly that of the controller that keeps the order.
  func strided(
    _ pattern: TransferPattern, isWrite: Bool, reorders: Bool = true
  ) -> DRAMTransferCost {
    let perRow = accesses(inRow: 0, of: pattern).count + 1
    if perRow > Self.exactAccesses / 8 {
      let (row, _) = consecutive(bytes: pattern.bytesPerRow, isWrite: isWrite)
      return DRAMTransferCost(
        cycles: pattern.rows * row.cycles, accesses: pattern.rows * row.accesses,
        activations: pattern.rows * row.activations)
    }
    let simulated = min(pattern.rows, max(2, Self.exactAccesses / perRow))
    var channels = [ChannelSchedule](repeating: channel(reorders: reorders), count: map.channels)
    var half = DRAMTransferCost()
    for row in 0..<simulated {
      for access in accesses(inRow: row, of: pattern) {
        let (index, local) = map.locate(access)
        channels[index].access(map.place(local), isWrite: isWrite)
      }
      if row + 1 == simulated / 2 { half = total(channels) }
    }
    let all = total(channels)
    let rest = pattern.rows - simulated
    guard rest > 0 else { return all }
    let step = simulated - simulated / 2
    func continued(_ before: Int, _ after: Int) -> Int {
      after + ((after - before) * rest).dividedRoundingUp(by: step)
    }
    return DRAMTransferCost(
      cycles: continued(half.cycles, all.cycles),
      accesses: continued(half.accesses, all.accesses),
      activations: continued(half.activations, all.activations))
  }

  /// The accesses that a row touches.
  func accesses(inRow row: Int, of pattern: TransferPattern) -> Range<Int> {
    let start = row * pattern.strideBytes
    let end = start + pattern.bytesPerRow
    return start / standard.accessBytes..<end.dividedRoundingUp(by: standard.accessBytes)
  }

  private func total(_ channels: [ChannelSchedule]) -> DRAMTransferCost {
    let used = channels.filter { $0.count > 0 }
    let start = used.map(\.firstColumn).min() ?? 0
    return DRAMTransferCost(
      cycles: used.map { $0.firstColumn - start + $0.busCycles }.max() ?? 0,
      accesses: used.reduce(0) { $0 + $1.count },
      activations: used.reduce(0) { $0 + $1.activations })
  }
}
