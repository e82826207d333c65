internal import ConfigFiles
internal import Units

extension ChipArchitecture {
  /// The banked DRAM of one core; `nil` for the simple model.
  ///
  /// - Precondition: a banked chip was made by `init(document:library:)`, which reads the standard of its
  ///   DRAM; it never passes for a simple one.
  package var dramModel: DRAMModel? { dram.model == .banked ? configuredDRAMModel : nil }

  /// The banked DRAM that the chip is equipped with, whichever model is chosen.
  package var configuredDRAMModel: DRAMModel? {
    guard let banked = dram.banked else { return nil }
    guard let standard = dramStandard else {
      preconditionFailure("\(name): the DRAM standard '\(banked.standard)' was not read")
    }
    return DRAMModel(
      standard, channels: max(1, banked.stacks * standard.channels / cores),
      clockHertz: memoryClockHertz(standard, banked), queueDepth: banked.queueDepth,
      interleaving: banked.interleaving)
  }

  /// The clock at which all channels together reach the chip's bandwidth.
  private func memoryClockHertz(_ standard: DRAMStandard, _ banked: BankedDRAMParameters) -> Double
  {
    let channels = banked.stacks * standard.channels
    let bytesPerCycle = Double(channels * standard.accessBytes) / Double(standard.timings.burst)
    return dram.bandwidthGigabytesPerSecond * 1e9 / bytesPerCycle
  }

  /// Checks that the chip's cores and bandwidth fit its DRAM.
  func validateChannels() throws(ConfigIssue) {
    guard dram.model == .banked, let standard = dramStandard, let banked = dram.banked else {
      return
    }
    let channels = banked.stacks * standard.channels
    if channels % cores != 0 {
      throw ConfigIssue(
        "dram.banked.stacks",
        "gives \(channels) channels of \(standard.name), which \(cores) cores cannot share evenly")
    }
    let megahertz = memoryClockHertz(standard, banked) / 1e6
    let ratio = megahertz / standard.clockMegahertz
    if !(0.25...2).contains(ratio) {
      throw ConfigIssue(
        "dram.bandwidthGigabytesPerSecond",
        "would need \(banked.stacks) stacks of \(standard.name) at \(megahertz) MHz; its timings "
          + "are for \(standard.clockMegahertz) MHz, and hold from a quarter of that to twice it. "
          + "Change dram.banked.stacks or dram.banked.standard")
    }
  }

  /// Cycles of the core's clock for which a copy takes the DRAM's data bus and VMEM's port, whichever
  /// is longer.
  ///
  /// - `simple`: bytes at the rate that streams of the DRAM sustain, or at VMEM's.
  /// - `banked`: the memory's cycles by `DRAMModel`, rounded up to the core's.
  package func transferCycles(_ pattern: TransferPattern, isWrite: Bool) -> Int {
    let vmemRate = Double(isWrite ? vmem.readBytesPerCycle : vmem.writeBytesPerCycle)
    guard let model = dramModel else {
      return cycles(bytes: pattern.bytes, rate: min(dramStreamBytesPerCyclePerCore, vmemRate))
    }
    let memoryCycles = model.cost(of: pattern, isWrite: isWrite).cycles
    return max(
      cycles(seconds: Double(memoryCycles) / model.clockHertz),
      cycles(bytes: pattern.bytes, rate: vmemRate))
  }

  /// Cycles that bytes take at a rate, rounded up.
  package func cycles(bytes: Int, rate: Double) -> Int { Int((Double(bytes) / rate).rounded(.up)) }
}
