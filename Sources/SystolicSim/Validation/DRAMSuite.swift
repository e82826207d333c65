internal import ConfigFiles

extension ValidationSuite {
  /// The banked DRAM model against closed-form limits.
  public static let dram = ValidationSuite(
    name: "dram", title: "Banked DRAM, share of peak bandwidth against closed-form limits",
    bound: .meanAbsolutePercentageError(10),
    notes: [
      "In place of a measured figure stands a limit that follows from the standard's timings alone: "
        + "for streams what refresh leaves, for random rows the scarcest of data bus, activations "
        + "and banks. Each kind of memory is taken from one chip."
    ]
  ) { library throws(ValidationError) in
    var rows: [ValidationRow] = []
    for name in ["tpu-v1", "tpu-v2", "tpu-v5e", "tpu-v6e", "edge-8x8"] {
      let chip = try ValidationError.at(name) { try Chip.load(name, library: library) }
      rows += chip.dramLimits().map {
        ValidationRow(
          name: $0.name, quantity: "% of peak", measured: 100 * $0.limit,
          modelled: 100 * $0.modelled)
      }
    }
    return rows
  }
}
