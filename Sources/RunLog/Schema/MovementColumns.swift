internal import DeviceAPI
internal import HDF5
internal import Units

/// The columns of a table whose rows move bytes: two a memory level, and energy by component.
enum MovementColumns {
  typealias Row = (traffic: [MemoryTraffic], energy: EnergyBreakdown)

  static func encode(_ rows: [Row]) -> [HDF5Table.Field] {
    var fields: [HDF5Table.Field] = []
    for level in MemoryLevel.allCases {
      fields.append(
        .init(readBytes(level), .int64(rows.map { Int64($0.traffic[level.index].read.count) })))
      fields.append(
        .init(
          writtenBytes(level), .int64(rows.map { Int64($0.traffic[level.index].written.count) })))
    }
    for component in EnergyComponent.allCases {
      fields.append(
        .init(picojoules(component), .float64(rows.map { $0.energy[component].value })))
    }
    return fields
  }

  static func decode(_ table: TableReader, rows: Int) throws(RunLogError) -> [Row] {
    var decoded = [Row](
      repeating: (MemoryLevel.allCases.map { _ in MemoryTraffic() }, EnergyBreakdown()), count: rows
    )
    // A level that came later is absent from older files, and nothing was there.
    for level in MemoryLevel.allCases where level != .cmem || table.has(readBytes(level)) {
      let read = try table.integers(readBytes(level))
      let written = try table.integers(writtenBytes(level))
      for row in decoded.indices {
        decoded[row].traffic[level.index] = MemoryTraffic(
          read: Bytes(read[row]), written: Bytes(written[row]))
      }
    }
    for component in EnergyComponent.allCases {
      let energy = try table.reals(picojoules(component))
      for row in decoded.indices { decoded[row].energy[component] = Picojoules(energy[row]) }
    }
    return decoded
  }

  private static func readBytes(_ level: MemoryLevel) -> String { "\(level.rawValue)ReadBytes" }
  private static func writtenBytes(_ level: MemoryLevel) -> String {
    "\(level.rawValue)WrittenBytes"
  }
  private static func picojoules(_ component: EnergyComponent) -> String {
    "\(component.rawValue)Picojoules"
  }
}
