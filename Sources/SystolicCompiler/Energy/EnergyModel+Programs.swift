internal import DeviceAPI
package import SystolicModel
internal import Units

/// Energy of whole programs.
extension EnergyModel {
  /// Adds all instructions of a group.
  package func count(_ group: GroupProgram, _ timing: ChipTiming, in counts: inout ActionCounts) {
    group.forEachInstruction { count($0, $1, times: $2, timing, in: &counts) }
    if group.hasProduct {
      let blocks = group.nest.turns(group.nest.levels(.k))
      countReloads(blocks: blocks, of: group.problem, timing, in: &counts)
    }
  }

  /// Adds what all mappings of a tile have in common.
  func count(
    _ costs: TileCosts, of problem: GroupProblem, _ timing: ChipTiming,
    in counts: inout ActionCounts
  ) {
    costs.forEachInstruction { count($0, $1, times: $2, timing, in: &counts) }
    countReloads(blocks: costs.counts.k, of: problem, timing, in: &counts)
  }

  private func count(
    _ work: InstructionWork, _ unit: ProgramUnit, times: Int, _ timing: ChipTiming,
    in counts: inout ActionCounts
  ) {
    switch work {
    case .copy(let pattern, let isWrite):
      countCopy(pattern, unit, isWrite: isWrite, times: times, timing, in: &counts)
    case .matmul(let tile): count(tile, timing, times: times, in: &counts)
    case .vector(let work): count(work, times: times, in: &counts)
    }
  }

  /// The first fold of a later block of `k` is added to sums that are there.
  private func countReloads(
    blocks: Int, of problem: GroupProblem, _ timing: ChipTiming, in counts: inout ActionCounts
  ) {
    if blocks > 1 && timing.mxu.dataflow != .outputStationary {
      counts.traffic[MemoryLevel.accumulators.index].read +=
        Bytes(4 * (blocks - 1) * problem.elements)
    }
  }
}
