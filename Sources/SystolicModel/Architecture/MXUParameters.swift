package import ConfigFiles

/// The matrix units (MXUs) of one core: systolic arrays of equal shape.
///
/// A processing element takes bf16 operands and adds the exact product to an fp32 sum.
package struct MXUParameters: Hashable, Sendable, Codable, Validatable {
  /// Arrays a core has; they work on different tiles at the same time.
  package let count: Int
  /// Processing elements down an array.
  package let rows: Int
  /// Processing elements across an array.
  package let columns: Int
  /// Which matrix stays in the array.
  package let dataflow: Dataflow
  /// What consecutive folds may do at the same time.
  package let overlap: Overlap
  /// Capacity of one array's accumulators, which hold fp32 partial sums, in KiB; absent where
  /// `accumulatorMebibytes` states it.
  package private(set) var accumulatorKibibytes: Double?
  /// The same in MiB; absent where `accumulatorKibibytes` states it.
  package private(set) var accumulatorMebibytes: Double?
  /// How fast the arrays multiply each type, against bf16.
  package let relativeRates: RelativeRates
  /// The share of the peak rate at which long streams enter the arrays; absent where none was
  /// measured, and then it is all of it.
  package let sustainedShare: Double?
  /// The simulator whose accounting is taken over; absent in every chip, where the golden model's is.
  package let compatibility: Compatibility?

  private var accumulators: OnChipCapacity {
    OnChipCapacity(
      stem: "accumulator", mebibytes: accumulatorMebibytes, kibibytes: accumulatorKibibytes)
  }

  /// Capacity of one array's accumulators, in bytes.
  package var accumulatorBytes: Int { accumulators.bytes }

  /// The same units with accumulators as large as a chip may state.
  var withAmpleAccumulators: MXUParameters {
    var ample = self
    (ample.accumulatorKibibytes, ample.accumulatorMebibytes) = (
      Limits.accumulatorKibibytes.upperBound, nil
    )
    return ample
  }

  /// Multiply-accumulates that all arrays of a core do in a cycle at most.
  package var macsPerCycle: Int { count * rows * columns }

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("count", count, in: 1...Limits.units)
    try ConfigIssue.require("rows", rows, in: 1...Limits.arraySide)
    try ConfigIssue.require("columns", columns, in: 1...Limits.arraySide)
    try accumulators.validate(kibibytesIn: Limits.accumulatorKibibytes)
    if let sustainedShare {
      try ConfigIssue.require("sustainedShare", sustainedShare, in: 0.01...1)
    }
    if let compatibility, overlap != .none {
      throw ConfigIssue(
        "compatibility",
        "is '\(compatibility.rawValue)', which knows serial folds only; set overlap to 'none' "
          + "or remove compatibility")
    }
    if accumulatorBytes < 4 * columns {
      throw ConfigIssue(
        accumulators.key,
        "must hold one fp32 row of \(columns) columns, \(4 * columns) bytes; "
          + "found \(accumulatorBytes) bytes")
    }
  }
}

extension MXUParameters: Described {
  package static let notes = [
    "count": KeyNote("Arrays of a core; they work on different tiles at the same time."),
    "rows": KeyNote("Processing elements down an array."),
    "columns": KeyNote("Processing elements across an array."),
    "dataflow": KeyNote("Which matrix stays in the array while the others stream."),
    "overlap": KeyNote(
      "What consecutive folds may do at the same time: `none`, nothing; `doubleBuffered`, the next "
        + "fold's stationary operand loads while this one streams; `pipelined`, its stream follows "
        + "without a gap as well."),
    "relativeRates": KeyNote("How fast the arrays multiply each type, against bf16."),
    "sustainedShare": KeyNote(
      "The share of the peak rate at which long streams enter the arrays, where one was measured.",
      absent: "they enter at all of it"),
    "compatibility": KeyNote(
      "A simulator whose accounting is taken over, its errors included; needs overlap none.",
      absent: "as the hardware works"),
  ].merging(
    OnChipCapacity.notes(
      "accumulator", "Capacity of one array's accumulators, which hold fp32 partial sums.")
  ) { note, _ in note }
}
