/// A tile of a matrix product: `batch` times `[m, k] · [k, n]`, added to the accumulators.
package struct MatmulTile: Hashable, Sendable {
  package var batch: Int
  package var shape: GEMMShape
  /// Bytes of an element in VMEM; f32 operands are rounded to bf16 on their way into the array.
  package var lhsElementBytes: Int
  package var rhsElementBytes: Int
  /// The type in which the array multiplies.
  package var operandType: OperandType

  @inlinable
  package init(
    batch: Int, shape: GEMMShape, lhsElementBytes: Int, rhsElementBytes: Int,
    operandType: OperandType
  ) {
    self.batch = batch
    self.shape = shape
    self.lhsElementBytes = lhsElementBytes
    self.rhsElementBytes = rhsElementBytes
    self.operandType = operandType
  }

  /// Multiply-accumulates.
  package var macs: Int { batch * shape.macs }
}
