/// What every part of the program must know of an elementwise operation of numbers: the verifier,
/// the evaluator, the conformance suite and the cost model draw on it.
///
/// `Function` is the operation on floats, `IntegerFunction` that on integers.
package struct ElementwiseDescriptor<Function: Sendable, IntegerFunction: Sendable>: Sendable {
  /// The element types that have the operation.
  package var types: ElementTypes
  /// What one element costs the vector unit.
  package var cost: OperationCounts
  /// What a device may be off by: library functions are not rounded correctly anywhere.
  package var unitsInLastPlace: Double
  /// Where the results at the ends of an interval bound those inside it.
  package var monotone: Monotonicity
  /// The element type of the result, if it is not that of the operands.
  package var result: DType?
  /// Where the conformance suite draws operands: well conditioned on the type. An entry an operand.
  package var domains: @Sendable (DType) -> [ClosedRange<Double>]
  /// On floats, before the result is rounded.
  package var floats: Function?
  /// On integers, before the result is cut to the type's bits.
  package var integers: IntegerFunction?
}

/// Which element types have an operation.
package enum ElementTypes: Sendable {
  /// Floats, integers and truth values.
  case all
  /// Floats and integers.
  case numbers
  case floats
  case integers
  /// Integers and truth values.
  case bits

  package func contains(_ dtype: DType) -> Bool {
    switch self {
    case .all: true
    case .numbers: dtype != .i1
    case .floats: dtype.isFloatingPoint
    case .integers: dtype.isInteger
    case .bits: !dtype.isFloatingPoint
    }
  }
}

/// Where an operation is monotone in each of its operands, or deviates most at an interval's ends.
package enum Monotonicity: Sendable {
  case everywhere
  case nowhere
  /// Where the second operand is not 0.
  case besideZeroDivisors
  /// Where the first operand is above 0.
  case onPositiveBases
  /// On truth values.
  case onTruthValues
}
