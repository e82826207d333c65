internal import DeviceAPI
internal import Reports
internal import Units

/// Devices as a table or as JSON.
struct DeviceListing {
  let descriptors: [DeviceDescriptor]

  var text: String {
    var table = TextTable([.left, .left, .left, .left, .left])
    table.add(["name", "kind", "peak", "memory", "summary"])
    for descriptor in descriptors {
      table.add([
        descriptor.name, kind(descriptor), Self.peaks(descriptor), Self.memories(descriptor),
        descriptor.summary,
      ])
    }
    return table.lines().joined(separator: "\n") + "\n"
  }

  var json: JSONValue {
    .list(
      descriptors.map { descriptor in
        .object([
          .init("name", .text(descriptor.name)), .init("kind", .text(kind(descriptor))),
          .init("summary", .text(descriptor.summary)),
          .init(
            "productOperandType", .optional(descriptor.productOperandType?.rawValue)),
          .init("peakRates", .list(descriptor.peakRates.map(Self.json))),
          .init("memorySpaces", .list(descriptor.memorySpaces.map(Self.json))),
        ])
      })
  }

  private func kind(_ descriptor: DeviceDescriptor) -> String {
    descriptor.isSimulated ? "simulated" : "real"
  }

  private static func peaks(_ descriptor: DeviceDescriptor) -> String {
    descriptor.peakRates.map {
      Quantity.engineering(
        $0.gigaflopsPerSecond * 1e9, $0.dtype.isFloatingPoint ? "FLOP/s" : "OP/s")
        + " \($0.dtype)"
    }.joined(separator: ", ")
  }

  private static func memories(_ descriptor: DeviceDescriptor) -> String {
    descriptor.memorySpaces.map { space in
      let capacity = space.capacity.map { " \($0)" } ?? ""
      let bandwidth = space.bandwidthGigabytesPerSecond.map {
        " at " + Quantity.engineering($0 * 1e9, "B/s")
      }
      return space.name + capacity + (bandwidth ?? "")
    }.joined(separator: ", ")
  }

  private static func json(_ rate: DeviceDescriptor.PeakRate) -> JSONValue {
    .object([
      .init("type", .text(rate.dtype.rawValue)),
      .init("gigaflopsPerSecond", .real(rate.gigaflopsPerSecond)),
    ])
  }

  private static func json(_ space: DeviceDescriptor.MemorySpace) -> JSONValue {
    .object([
      .init("name", .text(space.name)),
      .init("capacityBytes", .optional(space.capacity?.count)),
      .init("bandwidthGigabytesPerSecond", .optional(space.bandwidthGigabytesPerSecond)),
    ])
  }
}
