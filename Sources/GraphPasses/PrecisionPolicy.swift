package import GraphIR

/// In which types a program stores and multiplies its values.
///
/// | | state on the device | operands of products | activations, their gradients | sums |
/// |---|---|---|---|---|
/// | `fp32` | f32 | f32 | f32 | f32 |
/// | `mixed-bf16` | f32 | bf16 | bf16 | f32 |
/// | `mixed-fp16` | f32 | f16 | f16 | f32 |
/// | `bf16` | bf16 | bf16 | bf16 | f32 |
///
/// State is what stays on the device: weights, optimizer state. Its scalars stay f32 everywhere.
/// See `PrecisionPass` for the rule of every operation, and `Docs/precision.md`.
package enum PrecisionPolicy: String, Hashable, Sendable, Codable, CaseIterable {
  case fp32
  case bf16
  case mixedBF16 = "mixed-bf16"
  case mixedFP16 = "mixed-fp16"

  /// The type of operands of products and of the values that lead to them; `nil` if none changes.
  package var narrowType: DType? {
    switch self {
    case .fp32: nil
    case .bf16, .mixedBF16: .bf16
    case .mixedFP16: .f16
    }
  }

  /// The type in which a tensor stays on the device that `type` says it is in f32.
  package func stored(_ type: TensorType) -> TensorType {
    self == .bf16 && type.dtype == .f32 && type.rank > 0 ? type.with(dtype: .bf16) : type
  }

  /// Gradients may leave the range of the narrow type, so the loss is to be scaled.
  package var needsLossScaling: Bool { self == .mixedFP16 }
}

extension PrecisionPolicy: CustomStringConvertible {
  package var description: String { rawValue }
}
