package import ConfigFiles

/// The type in which the array multiplies.
public enum OperandType: String, CaseIterable, Codable, Sendable {
  /// bf16 operands, fp32 sums.
  case bf16
  /// fp16 operands, fp32 sums: a multiplier that no TPU has, so that fp16 programs can be compared.
  case fp16
  /// int8 operands, int32 sums.
  case int8
  /// fp32 operands, fp32 sums; on TPUs several passes of bf16.
  case fp32

  /// Bytes of one operand, in memory and in the array.
  package var byteCount: Int {
    switch self {
    case .int8: 1
    case .bf16, .fp16: 2
    case .fp32: 4
    }
  }
}

/// How fast the arrays stream operands of each type, against bf16.
///
/// A type that the array lacks is absent; asking for it is an error.
package struct RelativeRates: Hashable, Sendable, Codable, Validatable {
  /// The unit: one value of a stream enters each row a cycle.
  package let bf16: Double
  /// Absent, as on every TPU: fp16 products of a program are then taken at the rate of bf16.
  package let fp16: Double?
  package let int8: Double?
  package let fp32: Double?

  package init(bf16: Double, fp16: Double? = nil, int8: Double?, fp32: Double?) {
    self.bf16 = bf16
    self.fp16 = fp16
    self.int8 = int8
    self.fp32 = fp32
  }

  /// The rate of a type; `nil` if the array does not multiply it.
  package subscript(type: OperandType) -> Double? {
    switch type {
    case .bf16: bf16
    case .fp16: fp16
    case .int8: int8
    case .fp32: fp32
    }
  }

  package func validate() throws(ConfigIssue) {
    if bf16 != 1 { throw ConfigIssue("bf16", "is the unit and must be 1; found \(bf16)") }
    for (name, rate) in [("fp16", fp16), ("int8", int8), ("fp32", fp32)] {
      if let rate { try ConfigIssue.require(name, rate, in: Limits.relativeRate) }
    }
  }
}

extension RelativeRates: Described {
  package static let notes = [
    "bf16": KeyNote("The unit: always 1, one value of a stream enters each row a cycle."),
    "fp16": KeyNote(
      "Rate of fp16 operands.",
      absent: "fp16 products of a program are taken at the rate of bf16, as on every TPU"),
    "int8": KeyNote("Rate of int8 operands.", absent: "the array does not multiply int8"),
    "fp32": KeyNote("Rate of fp32 operands.", absent: "the array does not multiply fp32"),
  ]
}
