internal import DeviceAPI
internal import HDF5
internal import Units

/// The group `executables/NAME`: what one executable costs, once.
enum ExecutableGroup {
  /// Rows of a compressed chunk of the larger tables.
  private static let chunkRows = 4096

  static func write(
    _ profile: ExecutionProfile, number: Int, as group: String, to file: borrowing HDF5File
  ) throws(HDF5Error) {
    try file.createGroup(group)
    try file.setAttribute("name", of: group, to: .text(profile.name))
    try file.setAttribute("number", of: group, to: .integer(Int64(number)))
    if let measured = profile.measured {
      try file.setAttribute(
        "measuredExecutions", of: group, to: .integer(Int64(measured.executions)))
      try file.setAttribute("measuredSeconds", of: group, to: .real(measured.totalSeconds))
    }
    guard let cost = profile.simulated else { return }
    try file.setAttribute("clockMegahertz", of: group, to: .real(cost.clockMegahertz))
    try file.setAttribute("unitNames", of: group, to: .texts(cost.unitNames))
    try file.setAttribute(
      "onChipCapacityBytes", of: group, to: .integer(Int64(cost.onChipCapacity.count)))
    try file.setAttribute(
      "peakMACsPerCycle", of: group, to: .integer(Int64(cost.peakMACsPerCycle)))
    try file.setAttribute("macs", of: group, to: .integer(Int64(cost.macs)))
    try file.setAttribute("utilization", of: group, to: .real(cost.utilization))
    try file.setAttribute("isSteadyExact", of: group, to: .integer(cost.isSteadyExact ? 1 : 0))
    try file.writeWithUnits(OpTable.encode(cost.ops), to: "\(group)/\(OpTable.name)")
    try file.writeWithUnits(
      TensorTable.encode(cost.tensors), to: "\(group)/\(TensorTable.name)")
    try file.writeWithUnits(RooflineTable.encode(cost.ops), to: "\(group)/\(RooflineTable.name)")
    try file.writeWithUnits(
      OccupancyTable.encode(cost.occupancy), to: "\(group)/\(OccupancyTable.name)",
      layout: .compressed(rows: chunkRows))
    if !cost.dataDependences.isEmpty {
      try file.writeWithUnits(
        DataDependenceTable.encode(cost.dataDependences),
        to: "\(group)/\(DataDependenceTable.name)")
    }
    try write(cost.cold, as: "\(group)/cold", to: file)
    try write(cost.steady, as: "\(group)/steady", to: file)
  }

  private static func write(
    _ schedule: Schedule, as group: String, to file: borrowing HDF5File
  ) throws(HDF5Error) {
    try file.createGroup(group)
    try file.setAttribute("cycles", of: group, to: .integer(Int64(schedule.cycles.count)))
    let rows = schedule.timeline.rows
    try file.setAttribute(
      "omittedEvents", of: group, to: .integer(Int64(rows.omittedCount)))
    if let attribution = rows.attribution {
      for (category, cycles) in zip(CycleCategory.allCases, attribution) {
        try file.setAttribute(
          "\(category.rawValue)Cycles", of: group, to: .integer(Int64(cycles.count)))
      }
    }
    try file.writeWithUnits(
      TimelineTable.encode(rows.events), to: "\(group)/\(TimelineTable.name)",
      layout: .compressed(rows: chunkRows))
    try file.writeWithUnits(UnitTable.encode(schedule.units), to: "\(group)/\(UnitTable.name)")
    try file.writeWithUnits(
      ComponentTable.encode(schedule.energy), to: "\(group)/\(ComponentTable.name)")
  }

  static func read(
    _ group: String, from file: borrowing HDF5File
  ) throws(RunLogError) -> ExecutionProfile {
    let attributes = AttributeLookup(of: group)
    var profile = ExecutionProfile(name: try attributes.text("name", in: file))
    if let executions = try attributes.optional("measuredExecutions", in: file) {
      guard case .integer(let count) = executions else {
        throw attributes.damaged("measuredExecutions", in: file)
      }
      profile.measured = MeasuredCost(
        executions: Int(count), totalSeconds: try attributes.real("measuredSeconds", in: file))
    }
    guard try attributes.optional("clockMegahertz", in: file) != nil else { return profile }
    var cost = SimulatedCost(
      clockMegahertz: try attributes.real("clockMegahertz", in: file),
      unitNames: try attributes.texts("unitNames", in: file),
      ops: try OpTable.decode(TableReader(file, "\(group)/\(OpTable.name)")),
      cold: try readSchedule("\(group)/cold", from: file),
      steady: try readSchedule("\(group)/steady", from: file),
      occupancy: try OccupancyTable.decode(TableReader(file, "\(group)/\(OccupancyTable.name)")),
      onChipCapacity: Bytes(try attributes.integer("onChipCapacityBytes", in: file)),
      peakMACsPerCycle: try attributes.integer("peakMACsPerCycle", in: file))
    // Older files lack it.
    cost.isSteadyExact = try attributes.optional("isSteadyExact", in: file) != .integer(0)
    let members: [String]
    do { members = try file.members(of: group) } catch { throw .hdf5(error) }
    // Older files lack it.
    if members.contains(TensorTable.name) {
      cost.tensors = try TensorTable.decode(TableReader(file, "\(group)/\(TensorTable.name)"))
    }
    if members.contains(DataDependenceTable.name) {
      cost.dataDependences = try DataDependenceTable.decode(
        TableReader(file, "\(group)/\(DataDependenceTable.name)"))
    }
    profile.simulated = cost
    return profile
  }

  private static func readSchedule(
    _ group: String, from file: borrowing HDF5File
  ) throws(RunLogError) -> Schedule {
    let attributes = AttributeLookup(of: group)
    return Schedule(
      cycles: Cycles(try attributes.integer("cycles", in: file)),
      units: try UnitTable.decode(TableReader(file, "\(group)/\(UnitTable.name)")),
      timeline: Timeline(
        Timeline.Rows(
          events: try TimelineTable.decode(TableReader(file, "\(group)/\(TimelineTable.name)")),
          omittedCount: try attributes.integer("omittedEvents", in: file),
          attribution: try readAttribution(attributes, from: file))),
      energy: try ComponentTable.decode(TableReader(file, "\(group)/\(ComponentTable.name)")))
  }

  /// `nil` if the events say which cycle went where.
  private static func readAttribution(
    _ attributes: AttributeLookup, from file: borrowing HDF5File
  ) throws(RunLogError) -> [Cycles]? {
    var cycles: [Cycles] = []
    for category in CycleCategory.allCases {
      let name = "\(category.rawValue)Cycles"
      guard try attributes.optional(name, in: file) != nil else { return nil }
      cycles.append(Cycles(try attributes.integer(name, in: file)))
    }
    return cycles
  }
}
