internal import DeviceAPI
internal import HDF5

/// The table `executables/NAME/dataDependences`: one row a region that runs as often as the data want; there
/// is none where nothing depends on data.
enum DataDependenceTable {
  static let name = "dataDependences"
  private static let kinds = ["loop", "branch"]
  private static let origins = ["counted", "assumed"]

  static func encode(_ dependences: [DataDependence]) -> HDF5Table {
    let rows = dependences.flatMap { dependence in
      dependence.runs.enumerated().map { (dependence, region: $0, runs: $1) }
    }
    return HDF5Table([
      .init("name", .text(rows.map(\.0.name))),
      .init("kind", .labels(rows.map { $0.0.isLoop ? 0 : 1 }, names: kinds)),
      .init("entries", .int64(rows.map { Int64($0.0.entries) })),
      .init("region", .int32(rows.map { Int32(clamping: $0.region) })),
      .init("runs", .int64(rows.map { Int64($0.runs) })),
      .init("origin", .labels(rows.map { $0.0.isAssumed ? 1 : 0 }, names: origins)),
    ])
  }

  static func decode(_ table: TableReader) throws(RunLogError) -> [DataDependence] {
    let (names, kinds) = (try table.texts("name"), try table.labels("kind"))
    let (entries, regions) = (try table.integers("entries"), try table.integers("region"))
    let (runs, origins) = (try table.integers("runs"), try table.labels("origin"))
    var dependences: [DataDependence] = []
    for row in names.indices {
      if regions[row] > 0, !dependences.isEmpty {
        dependences[dependences.count - 1].runs.append(runs[row])
      } else {
        dependences.append(
          DataDependence(
            name: names[row], isLoop: kinds[row] == "loop", entries: entries[row],
            runs: [runs[row]], isAssumed: origins[row] == "assumed"))
      }
    }
    return dependences
  }
}
