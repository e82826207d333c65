package import DeviceAPI
package import SystolicModel
internal import Units

extension SimulatedCost {
  /// The cost of a program of one core on a chip of which several are in use: the others wait.
  package func besideIdleCores(_ cores: Int, of chip: Chip) -> SimulatedCost {
    if cores == 1 { return self }
    let units = UnitTable(chip, cores: cores)
    var cost = self
    cost.unitNames = units.names
    for index in cost.ops.indices {
      cost.ops[index].unit = units.index(ofUnit: cost.ops[index].unit, core: 0)
    }
    cost.cold = cost.cold.besideIdleCores(units, chip)
    cost.steady = cost.steady.besideIdleCores(units, chip)
    cost.onChipCapacity = Bytes(cores * onChipCapacity.count)
    cost.peakMACsPerCycle *= cores
    return cost
  }
}

extension Schedule {
  fileprivate func besideIdleCores(_ units: UnitTable, _ chip: Chip) -> Schedule {
    var schedule = self
    schedule.units = units.entries.map { entry in
      if entry.core ?? 0 == 0,
        var own = self.units.first(where: { $0.name == entry.unit.name })
      {
        own.name = entry.name
        return own
      }
      var idle = UnitUsage(
        name: entry.name, busy: BusyKind.allCases.map { _ in .zero },
        stalls: StallCause.allCases.map { _ in .zero })
      idle.stalls[StallCause.idle.index] = cycles
      return idle
    }
    schedule.energy[.idle] = EnergyModel(chip: chip).idleEnergy(
      cycles: units.cores * cycles.count)
    let timeline = self.timeline
    schedule.timeline = Timeline {
      var rows = timeline.rows
      for index in rows.events.indices {
        rows.events[index].unit = units.index(ofUnit: rows.events[index].unit, core: 0)
      }
      rows.events.sort { ($0.start, $0.unit, $0.end) < ($1.start, $1.unit, $1.end) }
      return rows
    }
    return schedule
  }
}
