/// What the energy table makes of units that are busy in every cycle.
extension Chip {
  /// Dynamic power of all arrays of the chip while each element multiplies in every cycle: int8 where
  /// the elements are built for that, else bf16; in watts.
  package var busyArrayWatts: Double {
    let energies = energyTable.macPicojoules
    let element = architecture.area?.processingElement ?? .bf16
    let picojoules = element == .int8 ? energies.int8.typical : energies.bf16.typical
    return Double(architecture.cores * architecture.mxu.macsPerCycle) * architecture.clockHertz
      * picojoules * 1e-12
  }

  /// Power of the DRAM and its interface at full bandwidth, in watts.
  package var busyDRAMWatts: Double {
    8 * architecture.dram.bandwidthGigabytesPerSecond * 1e9 * dramPicojoulesPerBit.typical * 1e-12
  }
}
