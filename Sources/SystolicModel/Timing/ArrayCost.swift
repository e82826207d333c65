package import Units

/// What one matrix product costs on the arrays of a core, operands in on-chip memory.
///
/// Cycles are those of the busiest array; counts are sums over all arrays.
package struct ArrayCost: Hashable, Sendable {
  /// Cycles in which operands of a fold enter the array.
  package var compute: Cycles
  /// Cycles in which the array fills or drains and no operand enters.
  package var fillDrain: Cycles
  /// Cycles in which the array waits for its stationary operand to shift in.
  package var weightLoad: Cycles
  /// Of `weightLoad`, the cycles before the first operand enters, and of `fillDrain`, those after the
  /// last one: where folds are pipelined, other products may use the array meanwhile.
  package var head = Cycles.zero
  package var tail = Cycles.zero
  /// Cycles after the last operand for which another product's operands cannot enter: the array's
  /// edge still passes this product's results, or the other's stationary operand, on.
  package var pause = Cycles.zero
  /// fp32 sums of the product below each column of the array that has most of them.
  package var sumRows = 0
  /// Arrays that have a share of the product.
  package var arrays: Int
  /// Mappings of a part of the problem on to an array.
  package var folds: Int
  /// Multiply-accumulates of the product; padding does not count.
  package var macs: Int
  /// Elements read from on-chip memory into the arrays to stay there.
  package var stationaryElements: Int
  /// Elements read from on-chip memory to stream through the arrays.
  package var streamedElements: Int
  /// fp32 sums written to the accumulators.
  package var accumulatorWrites: Int
  /// fp32 sums read from the accumulators for a later fold's sum to be added.
  package var accumulatorReads: Int

  /// From the first load to the last result that leaves the array.
  package var total: Cycles { compute + fillDrain + weightLoad }

  /// The product of nothing.
  package static let zero = ArrayCost(
    compute: .zero, fillDrain: .zero, weightLoad: .zero, arrays: 0, folds: 0, macs: 0,
    stationaryElements: 0, streamedElements: 0, accumulatorWrites: 0, accumulatorReads: 0)

  package init(
    compute: Cycles, fillDrain: Cycles, weightLoad: Cycles, arrays: Int, folds: Int, macs: Int,
    stationaryElements: Int, streamedElements: Int, accumulatorWrites: Int, accumulatorReads: Int
  ) {
    self.compute = compute
    self.fillDrain = fillDrain
    self.weightLoad = weightLoad
    self.arrays = arrays
    self.folds = folds
    self.macs = macs
    self.stationaryElements = stationaryElements
    self.streamedElements = streamedElements
    self.accumulatorWrites = accumulatorWrites
    self.accumulatorReads = accumulatorReads
  }
}
