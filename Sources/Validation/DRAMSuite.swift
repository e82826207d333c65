internal import ConfigFiles
internal import SystolicModel

extension ValidationSuite {
  /// The banked DRAM model against closed-form limits.
  package static let dram = ValidationSuite(
    name: "dram", title: "Banked DRAM, share of peak bandwidth against closed-form limits",
    bound: .meanAbsolutePercentageError(10),
    notes: [
      "In place of a measured figure stands a limit that follows from the standard's timings alone: "
        + "for streams what refresh leaves, for random rows the scarcest of data bus, activations "
        + "and banks. Each kind of memory is taken from one chip; what no chip has is fitted to "
        + "edge-8x8, one stack at its own rate, with queues that are long enough to open a row ahead."
    ]
  ) { library throws(ValidationError) in
    var rows: [ValidationRow] = []
    let equipped = ["tpu-v1", "tpu-v2", "tpu-v5e", "tpu-v6e", "edge-8x8"].map { ($0, [String]()) }
    var standards: Set<String> = []
    for (name, overrides) in equipped + (try fitted(library)) {
      let chip = try ValidationError.at(name) {
        try Chip.load(name, overrides: overrides, library: library)
      }
      guard let standard = chip.architecture.dramStandard?.name,
        standards.insert(standard).inserted
      else { continue }
      rows += chip.dramLimits().map {
        ValidationRow(
          name: $0.name, quantity: "% of peak", measured: 100 * $0.limit,
          modelled: 100 * $0.modelled)
      }
    }
    return rows
  }

  /// A small chip with each standard in turn, and how it is set so.
  private static func fitted(
    _ library: ConfigLibrary
  ) throws(ValidationError) -> [(name: String, overrides: [String])] {
    try library.names(of: ConfigKind.dram.rawValue).map { name throws(ValidationError) in
      let standard = try ValidationError.at(name) { () throws(ConfigError) -> DRAMStandard in
        try library.document(name, kind: ConfigKind.dram.rawValue).decode()
      }
      let bytesPerCycle =
        Double(standard.channels * standard.accessBytes) / Double(standard.timings.burst)
      return (
        "edge-8x8",
        [
          "dram.banked.standard=\(name)", "dram.kind=\(standard.kind)",
          "dram.banked.queueDepth=\(standard.streamQueueDepth)",
          "dram.bandwidthGigabytesPerSecond=\(bytesPerCycle * standard.clockMegahertz / 1000)",
        ]
      )
    }
  }
}
