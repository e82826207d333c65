package import ConfigFiles

/// What a chip's die is made in and has beside its cores; with these, its area can be worked out.
package struct AreaParameters: Hashable, Sendable, Codable, Validatable {
  /// Name of the table of areas: a file of `Configs/Area`, or a path.
  package let table: String
  /// The process: a key under `processes` of the table.
  package let process: String
  /// What the processing elements multiply.
  package let processingElement: ProcessingElement
  /// Links to other chips.
  package let chipLinks: Int
  /// Lanes of the link to the host.
  package let hostLanes: Int

  /// What a processing element is built to multiply.
  package enum ProcessingElement: String, CaseIterable, Codable, Sendable {
    /// int8 operands, int32 sum.
    case int8
    /// bf16 operands, fp32 sum.
    case bf16
  }

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("chipLinks", chipLinks, in: 0...Limits.units)
    try ConfigIssue.require("hostLanes", hostLanes, in: 0...Limits.units)
  }
}

extension AreaParameters: Described {
  package static let notes = [
    "table": KeyNote("Areas of the parts: a file of `Configs/Area` by name, or a path."),
    "process": KeyNote("The process: a key under `processes` of the table."),
    "processingElement": KeyNote(
      "What the processing elements are built to multiply: `int8` with an int32 sum, `bf16` with an "
        + "fp32 sum."),
    "chipLinks": KeyNote("Links to other chips; training on one chip does not use them."),
    "hostLanes": KeyNote("Lanes of the link to the host."),
  ]
}
