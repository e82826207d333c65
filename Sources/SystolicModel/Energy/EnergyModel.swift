package import DeviceAPI
internal import GraphIR
package import Units

/// Energy of instructions: counted actions times the figures of a chip's energy table.
///
/// - Validity: the table's typical figures; control, instruction fetch and the wires between units
///   are in idle power only.
package final class EnergyModel: Sendable {
  package let chip: Chip

  package init(chip: Chip) { self.chip = chip }

  /// Adds a copy over the host link.
  package func countHost(bytes: Int, isIn: Bool, in counts: inout ActionCounts) {
    let bytes = Bytes(bytes)
    if isIn {
      counts.traffic[MemoryLevel.host.index].read += bytes
      counts.traffic[MemoryLevel.offChip.index].written += bytes
    } else {
      counts.traffic[MemoryLevel.offChip.index].read += bytes
      counts.traffic[MemoryLevel.host.index].written += bytes
    }
  }

  /// Adds copies between VMEM and another memory of the chip: rows that they open, and bytes of bursts
  /// that nobody wanted.
  package func countCopy(
    _ pattern: TransferPattern, _ unit: ProgramUnit, isWrite: Bool, times: Int,
    _ timing: ChipTiming, in counts: inout ActionCounts
  ) {
    let level = unit == .dmaCMEM ? MemoryLevel.cmem.index : MemoryLevel.offChip.index
    let bytes = Bytes(times * pattern.bytes)
    if isWrite {
      counts.traffic[MemoryLevel.onChip.index].read += bytes
      counts.traffic[level].written += bytes
    } else {
      counts.traffic[level].read += bytes
      counts.traffic[MemoryLevel.onChip.index].written += bytes
    }
    guard unit != .dmaCMEM, let model = timing.dramModel else { return }
    let cost = timing.dramCost(pattern, isWrite: isWrite)
    counts.dramActivations += times * cost.activations
    counts.unwantedDRAMBytes +=
      times * max(0, cost.accesses * model.standard.accessBytes - pattern.bytes)
  }

  /// Adds tiles of a product.
  package func count(
    _ tile: MatmulTile, _ timing: ChipTiming, times: Int, in counts: inout ActionCounts
  ) {
    let mxu = timing.mxu
    let cost = timing.arrayCost(of: tile)
    counts.macs += times * cost.macs
    counts.operandType = tile.operandType
    counts.arrayHopBytes += times * mxu.hopBytes(of: tile)
    counts.traffic[MemoryLevel.onChip.index].read += Bytes(times * mxu.operandBytes(of: tile, cost))
    counts.traffic[MemoryLevel.accumulators.index].read += Bytes(4 * times * cost.accumulatorReads)
    counts.traffic[MemoryLevel.accumulators.index].written +=
      Bytes(4 * times * cost.accumulatorWrites)
  }

  /// Adds work of the vector unit.
  package func count(_ work: VectorWork, times: Int, in counts: inout ActionCounts) {
    counts.vector = counts.vector + times * work.operations
    counts.shuffledElements += times * work.shuffledElements
    counts.crossLaneElements +=
      times * work.crossLaneSteps * chip.architecture.vpu.registerElements
    counts.traffic[MemoryLevel.onChip.index].read += Bytes(times * work.readBytes)
    counts.traffic[MemoryLevel.onChip.index].written += Bytes(times * work.writtenBytes)
    counts.traffic[MemoryLevel.accumulators.index].read += Bytes(4 * times * work.accumulatorReads)
    counts.traffic[MemoryLevel.accumulators.index].written +=
      Bytes(4 * times * work.accumulatorWrites)
  }

  /// Energy of the counted actions.
  ///
  /// Each component is rounded to a multiple of 2⁻¹⁰ pJ, so that sums over operations and sums over
  /// components are exact, and equal, in any order (up to 2⁴³ pJ, 8.8 J).
  package func energy(of counts: ActionCounts) -> EnergyBreakdown {
    let table = chip.energyTable
    let vector = table.vectorPicojoules
    func bytes(_ level: MemoryLevel) -> MemoryTraffic { counts.traffic[level.index] }
    func access(_ traffic: MemoryTraffic, _ energies: AccessEnergies) -> Double {
      Double(traffic.read.count) * energies.read.typical
        + Double(traffic.written.count) * energies.write.typical
    }
    func bits(_ traffic: MemoryTraffic) -> Double {
      8 * (Double(traffic.read.count) + Double(traffic.written.count))
    }
    var energy = EnergyBreakdown()
    energy[.mxu] = .onGrid(
      Double(counts.macs) * table.macPicojoules[counts.operandType].typical
        + Double(counts.arrayHopBytes) * table.arrayHopPicojoulesPerByte.typical)
    energy[.accumulators] = .onGrid(
      access(bytes(.accumulators), table.accumulatorPicojoulesPerByte))
    let moved = counts.vector.compare + counts.shuffledElements
    energy[.vpu] = .onGrid(
      Double(moved) * vector.compare.typical
        + Double(counts.vector.add + counts.crossLaneElements) * vector.add.typical
        + Double(counts.vector.multiply) * vector.multiply.typical
        + Double(counts.vector.divide) * vector.divide.typical
        + Double(counts.vector.transcendental) * vector.transcendental.typical)
    energy[.onChip] = .onGrid(
      access(bytes(.onChip), table.vmemPicojoulesPerByte)
        + (table.cmemPicojoulesPerByte.map { access(bytes(.cmem), $0) } ?? 0))
    let dramBits = bits(bytes(.offChip)) + 8 * Double(counts.unwantedDRAMBytes)
    if let rows = chip.dramRowEnergies {
      energy[.offChip] = .onGrid(
        dramBits * rows.picojoulesPerBit.typical
          + Double(counts.dramActivations) * rows.activationPicojoules.typical)
    } else {
      energy[.offChip] = .onGrid(dramBits * chip.dramPicojoulesPerBit.typical)
    }
    energy[.hostLink] = .onGrid(
      bits(bytes(.host)) * table.hostLinkPicojoulesPerBit.typical)
    return energy
  }

  /// Idle energy of one core in a window.
  package func idleEnergy(cycles: Int) -> Picojoules {
    .onGrid(Double(cycles) * chip.architecture.idlePicojoulesPerCycle)
  }
}

extension MXUParameters {
  /// Bytes that move between neighbouring processing elements for a tile.
  ///
  /// Each multiply-accumulate of a stationary operand hands on an operand and a sum of 4 bytes: 6
  /// bytes in bf16; of a stationary result two operands, 4 bytes in bf16. Loads of the stationary
  /// operand, drains of results and idle edges are left out: errs low by about rows / (streamed
  /// values).
  func hopBytes(of tile: MatmulTile) -> Int {
    let operand = tile.operandType.byteCount
    return tile.macs * (dataflow == .outputStationary ? 2 * operand : operand + 4)
  }
}

extension Picojoules {
  /// Rounded to a multiple of 2⁻¹⁰ pJ.
  fileprivate static func onGrid(_ value: Double) -> Picojoules {
    Picojoules((value * 1024).rounded() / 1024)
  }
}
