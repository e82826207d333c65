package import ConfigFiles

/// Where a chip's energy figures come from.
package struct EnergyParameters: Hashable, Sendable, Codable, Validatable {
  /// Name of the table of energies per action: a file of `Configs/Energy`, or a path.
  package let table: String
  /// Power of the whole chip, DRAM included, when it does nothing, in watts.
  package let idleWatts: Double

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("idleWatts", idleWatts, in: Limits.watts)
  }
}

extension EnergyParameters: Described {
  package static let notes = [
    "table": KeyNote("Energies of each action: a file of `Configs/Energy` by name, or a path."),
    "idleWatts": KeyNote(
      "Power of the whole chip, DRAM included, when it does nothing.", unit: "watts"),
  ]
}
