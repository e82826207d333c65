/// Quantities that follow from the stated ones.
extension ChipArchitecture {
  /// Clock in hertz.
  package var clockHertz: Double { clockMegahertz * 1e6 }

  /// Floating-point operations a second that the MXUs of a core reach at most: two a
  /// multiply-accumulate.
  package var peakFlopsPerSecondPerCore: Double { 2 * Double(mxu.macsPerCycle) * clockHertz }

  /// Floating-point operations a second that the MXUs of the chip reach at most.
  package var peakFlopsPerSecond: Double { Double(cores) * peakFlopsPerSecondPerCore }

  /// Bytes that a core's share of the DRAM moves in a cycle.
  package var dramBytesPerCyclePerCore: Double {
    dram.bandwidthGigabytesPerSecond * 1e9 / clockHertz / Double(cores)
  }

  /// Bytes that a long stream between a core and its share of the DRAM moves in a cycle.
  package var dramStreamBytesPerCyclePerCore: Double {
    dramBytesPerCyclePerCore * (dram.sustainedShare ?? 1)
  }

  /// Bytes of a core's share of the DRAM.
  package var dramBytesPerCore: Int { Int(dram.capacityGibibytes * 1_073_741_824) / cores }

  /// Bytes of a core's share of CMEM; 0 if the chip has none.
  package var cmemBytesPerCore: Int {
    cmem.map { $0.capacityBytes / cores } ?? 0
  }

  /// Cycles from a DRAM read's address to its first data, rounded up.
  package var dramLatencyCycles: Int { cycles(seconds: dram.latencyNanoseconds * 1e-9) }

  /// Bytes that the host link moves in a cycle, each way. One core may have all of it.
  package var hostLinkBytesPerCycle: Double {
    hostLink.bandwidthGigabytesPerSecond * 1e9 / clockHertz
  }

  /// Cycles from asking for a copy over the host link to its first byte, rounded up.
  package var hostLinkLatencyCycles: Int { cycles(seconds: hostLink.latencyMicroseconds * 1e-6) }

  /// Cycles that a core idles at the start of each execution, rounded up.
  package var launchOverheadCycles: Int {
    cycles(seconds: program.launchOverheadMicroseconds * 1e-6)
  }

  /// Idle power that is counted for a program on one core: an even share of the chip's, in watts.
  package var idleWattsPerCore: Double { energy.idleWatts / Double(cores) }

  /// Idle energy of one core in one cycle, in picojoules.
  package var idlePicojoulesPerCycle: Double { idleWattsPerCore / clockHertz * 1e12 }

  /// Floating-point operations a DRAM byte at which compute and DRAM take the same time.
  ///
  /// - Source: Williams et al., CACM 2009 (the ridge point of the roofline).
  package var ridgeFlopsPerByte: Double {
    peakFlopsPerSecond / (dram.bandwidthGigabytesPerSecond * 1e9)
  }

  /// Cycles that a time takes, rounded up; a billionth of a cycle is taken for rounding error.
  package func cycles(seconds: Double) -> Int {
    Int((seconds * clockHertz - 1e-9).rounded(.up))
  }
}
