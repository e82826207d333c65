internal import Oracles
package import SystolicModel

/// One line of the comparison of a DRAM model with a closed form.
package struct DRAMLimit: Hashable, Sendable {
  /// Chip, standard and pattern.
  package let name: String
  /// Share of the peak bandwidth that the model gives.
  package let modelled: Double
  /// Share of the peak bandwidth that the closed form allows.
  package let limit: Double

  /// Relative difference of the model from the closed form.
  package var error: Double { modelled / limit - 1 }
}

extension Chip {
  /// What the chip's banked DRAM reaches, as shares of its peak, beside closed-form limits.
  ///
  /// - Streams: a gigabyte of consecutive bytes, by the pattern model; the limit is what refresh
  ///   leaves.
  /// - Random: accesses to rows at random, by the cycle-by-cycle controller that serves open rows
  ///   first; the limit is the scarcest of bus, activations and banks.
  ///
  /// - Parameter randomAccesses: how many random accesses the controller is stepped through.
  /// - Returns: nothing for a chip without `dram.banked`.
  package func dramLimits(randomAccesses: Int = 4000) -> [DRAMLimit] {
    guard let model = architecture.configuredDRAMModel else { return [] }
    let prefix = "\(architecture.name) \(model.standard.name)"
    return [false, true].flatMap { isWrite in
      let verb = isWrite ? "writes" : "reads"
      return [
        DRAMLimit(
          name: "\(prefix) stream \(verb)", modelled: model.streamShare(isWrite: isWrite),
          limit: model.streamLimit(isWrite: isWrite)),
        DRAMLimit(
          name: "\(prefix) random \(verb)",
          modelled: model.randomShare(
            accesses: randomAccesses, isWrite: isWrite, seed: 1),
          limit: model.randomLimit(isWrite: isWrite)),
      ]
    }
  }
}

extension DRAMModel {
  /// Share of the peak that a gigabyte of consecutive bytes reaches.
  package func streamShare(isWrite: Bool, bytes: Int = 1 << 30) -> Double {
    let cost = cost(of: TransferPattern(bytes: bytes), isWrite: isWrite)
    return Double(bytes) / peakBytesPerCycle / Double(cost.cycles)
  }

  /// Share of the peak that is left beside refresh: 1 − (time of a refresh) / tREFI.
  package func streamLimit(isWrite: Bool) -> Double {
    1 - Double(refreshCycles(isWrite: isWrite)) / Double(timings.tREFI)
  }

  /// Share of the peak that single accesses to random rows can reach.
  ///
  /// Accesses a cycle are at most 1 / burst (the bus), 1 / tRRD and 4 / tFAW (activations), and
  /// b / tRC, where b is the mean number of banks that a full queue of q accesses to B banks has
  /// work for: B (1 − (1 − 1/B)^q). Refresh takes its share of all of them.
  package func randomLimit(isWrite: Bool) -> Double {
    let banks = Double(standard.banks)
    var (idle, left) = (1.0, queueDepth)
    while left > 0 {
      idle *= 1 - 1 / banks
      left -= 1
    }
    let rate = min(
      1 / Double(timings.tCCDShort), 1 / Double(timings.tRRDShort), 4 / Double(timings.tFAW),
      banks * (1 - idle) / Double(timings.rowCycle(isWrite: isWrite)))
    return rate * Double(timings.burst) * streamLimit(isWrite: isWrite)
  }

  /// Share of the peak that the cycle-by-cycle controller reaches with random rows on one channel.
  package func randomShare(accesses: Int, isWrite: Bool, seed: UInt64) -> Double {
    var controller = GoldenDRAMController(
      timings, banks: standard.banks, queueDepth: queueDepth, order: .firstReady, refreshes: true)
    var state = seed
    controller.run(
      (0..<accesses).map { _ in
        // Knuth's linear congruential generator (TAOCP 2, section 3.3.4).
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let bank = Int(state >> 40) % standard.banks
        return .init(
          place: .init(
            bank: bank, group: bank / standard.banksPerGroup, row: Int(state >> 20) % 4096),
          isWrite: isWrite)
      })
    return Double(accesses * timings.burst) / Double(max(1, controller.busCycles))
  }
}

extension DRAMTimings {
  /// Activation to activation of one bank with one access between.
  func rowCycle(isWrite: Bool) -> Int {
    isWrite ? max(tRAS, tRCDWrite + tCWL + burst + tWR) + tRP : tRC
  }
}
