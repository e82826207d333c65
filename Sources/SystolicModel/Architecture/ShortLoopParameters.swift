package import ConfigFiles

/// What the vector unit loses in loops that are too short for its compiler to unroll them far.
package struct ShortLoopParameters: Hashable, Sendable, Codable, Validatable {
  /// Loops over fewer elements are short.
  package let belowElements: Int
  /// Their rate of arithmetic and special functions, against long loops.
  package let relativeRate: Double

  package init(belowElements: Int, relativeRate: Double) {
    self.belowElements = belowElements
    self.relativeRate = relativeRate
  }

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("belowElements", belowElements, in: 1...(1 << 40))
    try ConfigIssue.require("relativeRate", relativeRate, in: 0.001...1)
  }
}

extension ShortLoopParameters: Described {
  package static let notes = [
    "belowElements": KeyNote("Loops over fewer elements are short.", unit: "elements"),
    "relativeRate": KeyNote(
      "Their rate of arithmetic and special functions, against long loops."),
  ]
}
