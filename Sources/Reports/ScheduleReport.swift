internal import SystolicModel
internal import SystolicSim
internal import Units

/// Which tiles the compiler chose for a layer, and why: `--explain`.
struct ScheduleReport {
  let layer: LayerEstimate

  var lines: [String] {
    guard let best = layer.schedules.first else { return [] }
    var lines = [
      "\(layer.name): tiles of \(Self.extents(best.tile)), \(Self.order(best)), "
        + "\(Self.kept(best)); bound by \(layer.bound.rawValue)",
      "  at least so many cycles each of: "
        + Bound.allCases.compactMap { bound in
          layer.demands[bound].map { "\(bound.rawValue) \(Quantity.grouped($0.count))" }
        }.joined(separator: ", "),
    ]
    var table = TextTable([.left, .left, .left, .right, .right, .right, .right, .left])
    table.add(["tile", "order", "kept", "VMEM", "DRAM", "at least", "cycles", "bound by"])
    for choice in layer.schedules {
      table.add([
        Self.extents(choice.tile), Self.order(choice), Self.kept(choice),
        Bytes(choice.vmemBytes).description, Bytes(choice.dramBytes).description,
        Quantity.grouped(choice.boundCycles.count),
        Quantity.grouped(choice.simulatedCycles.count), choice.bound.rawValue,
      ])
    }
    lines += table.lines(indent: "  ")
    return lines + forbidden + splits
  }

  /// What capacities forbid.
  private var forbidden: [String] {
    if layer.forbidden.isEmpty {
      return ["  no capacity of VMEM or accumulators forbids a faster one"]
    }
    return layer.forbidden.map { faster in
      let choice = faster.schedule
      let vmem =
        faster.capacities.contains(.vmem)
        ? " (\(choice.vmemBytes) bytes of VMEM; there are \(faster.vmemBytesFree))" : ""
      return "  \(faster.capacities.map(\.rawValue).joined(separator: " and ")) too small for "
        + "\(Quantity.grouped(choice.simulatedCycles.count)) cycles: tiles of "
        + "\(Self.extents(choice.tile)), \(Self.order(choice)), \(Self.kept(choice))\(vmem)"
    }
  }

  /// How the layer could be divided over cores; the tiles above are those of the core with most to do.
  private var splits: [String] {
    guard !layer.splits.isEmpty else { return [] }
    var table = TextTable([.left, .right, .right])
    table.add(["divided over cores", "DRAM of all", "cycles"])
    for choice in layer.splits {
      table.add([
        choice.split.map { "\($0.dimension.rawValue) over \($0.cores)" } ?? "one core does all",
        Bytes(choice.dramBytes).description, Quantity.grouped(choice.cycles.count),
      ])
    }
    return table.lines(indent: "  ")
  }

  private static func extents(_ tile: GEMMShape) -> String { "\(tile.m) x \(tile.k) x \(tile.n)" }

  /// The loops over tiles, outermost first.
  private static func order(_ choice: ScheduleChoice) -> String {
    choice.loops.isEmpty ? "one tile" : choice.loops.joined(separator: ", ")
  }

  private static func kept(_ choice: ScheduleChoice) -> String {
    keptOperands(choice)
      + (choice.sumsIn == "accumulators" ? "" : ", sums wait in \(choice.sumsIn)")
  }

  private static func keptOperands(_ choice: ScheduleChoice) -> String {
    switch (choice.keepsInputs, choice.keepsWeights) {
    case (true, true): "inputs and weights stay once loaded"
    case (true, false): "inputs stay once loaded"
    case (false, true): "weights stay once loaded"
    case (false, false): "parts pass through"
    }
  }
}
