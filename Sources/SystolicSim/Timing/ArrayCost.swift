public import Units

/// What one matrix product costs on the arrays of a core, operands in on-chip memory.
///
/// Cycles are those of the busiest array; counts are sums over all arrays.
public struct ArrayCost: Hashable, Sendable {
  /// Cycles in which operands of a fold enter the array.
  public var compute: Cycles
  /// Cycles in which the array fills or drains and no operand enters.
  public var fillDrain: Cycles
  /// Cycles in which the array waits for its stationary operand to shift in.
  public var weightLoad: Cycles
  /// Of `weightLoad`, the cycles before the first operand enters, and of `fillDrain`, those after the
  /// last one: where folds are pipelined, other products may use the array meanwhile.
  public var head = Cycles.zero
  public var tail = Cycles.zero
  /// Cycles after the last operand for which another product's operands cannot enter: the array's
  /// edge still passes this product's results, or the other's stationary operand, on.
  public var pause = Cycles.zero
  /// fp32 sums of the product below each column of the array that has most of them.
  public var sumRows = 0
  /// Arrays that have a share of the product.
  public var arrays: Int
  /// Mappings of a part of the problem on to an array.
  public var folds: Int
  /// Multiply-accumulates of the product; padding does not count.
  public var macs: Int
  /// Elements read from on-chip memory into the arrays to stay there.
  public var stationaryElements: Int
  /// Elements read from on-chip memory to stream through the arrays.
  public var streamedElements: Int
  /// fp32 sums written to the accumulators.
  public var accumulatorWrites: Int
  /// fp32 sums read from the accumulators for a later fold's sum to be added.
  public var accumulatorReads: Int

  /// From the first load to the last result that leaves the array.
  public var total: Cycles { compute + fillDrain + weightLoad }

  /// The product of nothing.
  public static let zero = ArrayCost(
    compute: .zero, fillDrain: .zero, weightLoad: .zero, arrays: 0, folds: 0, macs: 0,
    stationaryElements: 0, streamedElements: 0, accumulatorWrites: 0, accumulatorReads: 0)

  public init(
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
