internal import DeviceAPI
internal import HDF5
internal import Units

/// The table `executables/NAME/{cold,steady}/timeline`: one row an instruction.
enum TimelineTable {
  static let name = "timeline"
  private static let kinds = BusyKind.allCases
  private static let causes = StallCause.allCases
  /// Code 0 is for an instruction that waited for nothing.
  private static let causeNames = ["none"] + causes.map(\.rawValue)

  static func encode(_ events: [TimelineEvent]) -> HDF5Table {
    func code(_ kind: BusyKind) -> UInt8 { UInt8(clamping: kinds.firstIndex(of: kind) ?? 0) }
    func code(_ cause: StallCause?) -> UInt8 {
      UInt8(clamping: cause.flatMap { causes.firstIndex(of: $0) }.map { $0 + 1 } ?? 0)
    }
    return HDF5Table([
      .init("unit", .int32(events.map { Int32(clamping: $0.unit) })),
      .init("op", .int32(events.map { Int32(clamping: $0.op) })),
      .init("kind", .labels(events.map { code($0.kind) }, names: kinds.map(\.rawValue))),
      .init("startCycle", .int64(events.map { Int64($0.start) })),
      .init("endCycle", .int64(events.map { Int64($0.end) })),
      .init("waitedFor", .labels(events.map { code($0.waitedFor) }, names: causeNames)),
      .init("tensor", .int32(events.map { $0.tensor.map { Int32(clamping: $0) } ?? -1 })),
      .init("bytes", .int64(events.map { Int64($0.bytes.count) })),
    ])
  }

  static func decode(_ table: TableReader) throws(RunLogError) -> [TimelineEvent] {
    let units = try table.integers("unit")
    let ops = try table.integers("op")
    let kinds = try table.labels("kind")
    let starts = try table.integers("startCycle")
    let ends = try table.integers("endCycle")
    let causes = try table.labels("waitedFor")
    // Older files lack both.
    let tensors = table.has("tensor") ? try table.integers("tensor") : units.map { _ in -1 }
    let bytes = table.has("bytes") ? try table.integers("bytes") : units.map { _ in 0 }
    var events: [TimelineEvent] = []
    events.reserveCapacity(units.count)
    for row in units.indices {
      guard let kind = BusyKind(rawValue: kinds[row]) else {
        throw table.damaged("has the unknown kind '\(kinds[row])'")
      }
      let cause = StallCause(rawValue: causes[row])
      guard cause != nil || causes[row] == "none" else {
        throw table.damaged("has the unknown stall cause '\(causes[row])'")
      }
      events.append(
        TimelineEvent(
          unit: units[row], op: ops[row], kind: kind, start: starts[row], end: ends[row],
          waitedFor: cause, tensor: tensors[row] < 0 ? nil : tensors[row],
          bytes: Bytes(bytes[row])))
    }
    return events
  }
}

/// The table `executables/NAME/{cold,steady}/units`: how each unit spent the schedule's cycles.
enum UnitTable {
  static let name = "units"

  static func encode(_ units: [UnitUsage]) -> HDF5Table {
    var fields: [HDF5Table.Field] = [.init("name", .text(units.map(\.name)))]
    for (index, kind) in BusyKind.allCases.enumerated() {
      fields.append(.init(busyCycles(kind), .int64(units.map { Int64($0.busy[index].count) })))
    }
    for (index, cause) in StallCause.allCases.enumerated() {
      fields.append(.init(stallCycles(cause), .int64(units.map { Int64($0.stalls[index].count) })))
    }
    return HDF5Table(fields)
  }

  static func decode(_ table: TableReader) throws(RunLogError) -> [UnitUsage] {
    var units = try table.texts("name").map { UnitUsage(name: $0, busy: [], stalls: []) }
    for kind in BusyKind.allCases {
      let cycles = try table.integers(busyCycles(kind))
      for row in units.indices { units[row].busy.append(Cycles(cycles[row])) }
    }
    for cause in StallCause.allCases {
      // A cause that came later is absent from older files, and was not there.
      if cause == .onChipPorts && !table.has(stallCycles(cause)) {
        for row in units.indices { units[row].stalls.append(.zero) }
        continue
      }
      let cycles = try table.integers(stallCycles(cause))
      for row in units.indices { units[row].stalls.append(Cycles(cycles[row])) }
    }
    return units
  }

  private static func busyCycles(_ kind: BusyKind) -> String { "\(kind.rawValue)BusyCycles" }
  private static func stallCycles(_ cause: StallCause) -> String { "\(cause.rawValue)StallCycles" }
}

/// The table `executables/NAME/{cold,steady}/energy`: picojoules by component.
enum ComponentTable {
  static let name = "energy"
  private static let components = EnergyComponent.allCases

  static func encode(_ energy: EnergyBreakdown) -> HDF5Table {
    HDF5Table([
      .init("component", .text(components.map(\.rawValue))),
      .init("picojoules", .float64(components.map { energy[$0].value })),
    ])
  }

  static func decode(_ table: TableReader) throws(RunLogError) -> EnergyBreakdown {
    let names = try table.texts("component")
    let picojoules = try table.reals("picojoules")
    var energy = EnergyBreakdown()
    for (name, value) in zip(names, picojoules) {
      guard let component = EnergyComponent(rawValue: name) else {
        throw table.damaged("has the unknown component '\(name)'")
      }
      energy[component] = Picojoules(value)
    }
    return energy
  }
}
