internal import DeviceAPI
internal import HDF5
internal import Units

/// The table `executables/NAME/tensors`: one row a tensor of the compiled program.
enum TensorTable {
  static let name = "tensors"
  /// The cycle of what is never on chip.
  private static let never = Int64(-1)

  static func encode(_ tensors: [TensorCost]) -> HDF5Table {
    let homes = MemoryLevel.allCases.map(\.rawValue)
    return HDF5Table(
      [
        .init("name", .text(tensors.map(\.name))),
        .init("sizeBytes", .int64(tensors.map { Int64($0.bytes.count) })),
        .init("elementBytes", .int32(tensors.map { Int32(clamping: $0.elementBytes) })),
        .init(
          "home",
          .labels(
            tensors.map { tensor in
              UInt8(clamping: homes.firstIndex(of: tensor.home.rawValue) ?? 0)
            }, names: homes)),
        .init("loads", .int64(tensors.map { Int64($0.loads) })),
        .init("stores", .int64(tensors.map { Int64($0.stores) })),
        .init(
          "firstCycle", .int64(tensors.map { $0.lifetime.map { Int64($0.lowerBound) } ?? never })),
        .init(
          "lastCycle", .int64(tensors.map { $0.lifetime.map { Int64($0.upperBound) } ?? never })),
      ] + MovementColumns.encode(tensors.map { ($0.traffic, $0.energy) }))
  }

  static func decode(_ table: TableReader) throws(RunLogError) -> [TensorCost] {
    let names = try table.texts("name")
    let sizes = try table.integers("sizeBytes")
    let elements = try table.integers("elementBytes")
    let homes = try table.labels("home")
    let (loads, stores) = (try table.integers("loads"), try table.integers("stores"))
    let (first, last) = (try table.integers("firstCycle"), try table.integers("lastCycle"))
    let moved = try MovementColumns.decode(table, rows: names.count)
    var tensors: [TensorCost] = []
    for row in names.indices {
      guard let home = MemoryLevel(rawValue: homes[row]) else {
        throw table.damaged("has the unknown memory level '\(homes[row])'")
      }
      guard first[row] == Int(never) || (0...last[row]).contains(first[row]) else {
        throw table.damaged("has a tensor that is used before it is there")
      }
      tensors.append(
        TensorCost(
          name: names[row], bytes: Bytes(sizes[row]), elementBytes: elements[row], home: home,
          loads: loads[row], stores: stores[row], traffic: moved[row].traffic,
          energy: moved[row].energy,
          lifetime: first[row] == Int(never) ? nil : first[row]..<last[row]))
    }
    return tensors
  }
}
