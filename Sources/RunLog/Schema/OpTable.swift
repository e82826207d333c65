internal import DeviceAPI
internal import HDF5
internal import Units

/// The table `executables/NAME/ops`: one row an operation, in program order.
enum OpTable {
  static let name = "ops"

  static func encode(_ ops: [OpCost]) -> HDF5Table {
    var fields: [HDF5Table.Field] = [
      .init("name", .text(ops.map(\.name))),
      .init("kind", .text(ops.map(\.kind))),
      .init("unit", .int32(ops.map { Int32(clamping: $0.unit) })),
      .init("cycles", .int64(ops.map { Int64($0.cycles.count) })),
      .init("macs", .int64(ops.map { Int64($0.macs) })),
      .init("vectorOperations", .int64(ops.map { Int64($0.vectorOperations) })),
      .init("flops", .int64(ops.map { Int64($0.flops) })),
    ]
    fields += MovementColumns.encode(ops.map { ($0.traffic, $0.energy) })
    return HDF5Table(fields)
  }

  static func decode(_ table: TableReader) throws(RunLogError) -> [OpCost] {
    let names = try table.texts("name")
    let kinds = try table.texts("kind")
    let units = try table.integers("unit")
    let cycles = try table.integers("cycles")
    let macs = try table.integers("macs")
    let vectorOperations = try table.integers("vectorOperations")
    var ops: [OpCost] = []
    for row in names.indices {
      ops.append(
        OpCost(
          name: names[row], kind: kinds[row], unit: units[row], cycles: Cycles(cycles[row]),
          macs: macs[row], vectorOperations: vectorOperations[row],
          traffic: MemoryLevel.allCases.map { _ in MemoryTraffic() }, energy: EnergyBreakdown()))
    }
    let moved = try MovementColumns.decode(table, rows: ops.count)
    for row in ops.indices { (ops[row].traffic, ops[row].energy) = moved[row] }
    return ops
  }
}

/// The table `executables/NAME/roofline`: one row an operation that computes and touches off-chip memory.
///
/// It is derived from `ops` and is there so that a plot needs no arithmetic.
enum RooflineTable {
  static let name = "roofline"

  static func encode(_ ops: [OpCost]) -> HDF5Table {
    let points = ops.enumerated().compactMap { index, op -> (op: Int32, x: Double, y: Double)? in
      guard let intensity = op.operationalIntensity, op.flops > 0, op.cycles > .zero else {
        return nil
      }
      return (Int32(index), intensity, Double(op.flops) / Double(op.cycles.count))
    }
    return HDF5Table([
      .init("op", .int32(points.map(\.op))),
      .init("operationalIntensity", .float64(points.map(\.x))),
      .init("flopsPerCycle", .float64(points.map(\.y))),
    ])
  }
}

/// The table `executables/NAME/occupancy`: on-chip bytes in use from a cycle on.
enum OccupancyTable {
  static let name = "occupancy"

  static func encode(_ samples: [OccupancySample]) -> HDF5Table {
    HDF5Table([
      .init("cycle", .int64(samples.map { Int64($0.cycle) })),
      .init("bytes", .int64(samples.map { Int64($0.bytes.count) })),
    ])
  }

  static func decode(_ table: TableReader) throws(RunLogError) -> [OccupancySample] {
    let cycles = try table.integers("cycle")
    let bytes = try table.integers("bytes")
    return zip(cycles, bytes).map { OccupancySample(cycle: $0, bytes: Bytes($1)) }
  }
}

extension OpCost {
  /// Floating-point operations: two a multiply-accumulate, one a vector operation.
  fileprivate var flops: Int { 2 * macs + vectorOperations }

  /// Flops for each byte that crosses the off-chip memory's interface; `nil` if none does.
  ///
  /// - Source: Williams, Waterman, Patterson, "Roofline", CACM 2009.
  fileprivate var operationalIntensity: Double? {
    let offChip = traffic[MemoryLevel.offChip.index]
    let bytes = offChip.read.count + offChip.written.count
    return bytes == 0 ? nil : Double(flops) / Double(bytes)
  }
}
