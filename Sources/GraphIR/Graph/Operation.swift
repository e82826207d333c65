/// What an instruction computes: names and semantics are StableHLO's.
///
/// Regions that StableHLO spells out (the body of `reduce`, of `reduce_window`, of
/// `select_and_scatter`) are named by a `Reducer`, because programs use no others.
public enum Operation: Hashable, Sendable {
  /// An input of the graph; `index` counts from 0 in the order of `Graph.parameters`.
  case parameter(index: Int)
  /// A tensor that is part of the graph.
  case constant(Literal)
  /// Counts along one dimension from 0.
  case iota(dimension: Int)
  /// The result has the operand's type.
  case unary(UnaryOperation)
  /// Both operands of one type; the result has it too.
  case binary(BinaryOperation)
  /// Both operands of one type; the result is `i1` of their shape.
  case compare(Comparison)
  /// Operands: predicate (`i1`, same shape or scalar), value where true, value where false.
  case select
  /// Changes the element type: to floats rounding to nearest even, to integers truncating.
  case convert
  /// Operands: f32, random bits `i32` of its shape. To bf16, up or down by chance: the low 16 bits
  /// are added below the bits that stay, so `x` goes up with the probability of what is cut off.
  ///
  /// - Source: `stochastic-convert` of XLA's HLO, which StableHLO does not have.
  case stochasticConvert
  /// Operand: a key, i32 `[2]`. Pseudo-random bits that depend on key, `stream` and place alone.
  ///
  /// - Source: `rng_bit_generator` with `THREE_FRY`, without the new state as a second result.
  case randomBits(stream: Int)
  /// `dimensions[i]` is the result dimension that operand dimension `i` becomes.
  case broadcastInDim(dimensions: [Int])
  /// The same elements, row-major, in another shape.
  case reshape
  /// Result dimension `i` is operand dimension `permutation[i]`.
  case transpose(permutation: [Int])
  /// Turns the order of elements along each of the dimensions.
  case reverse(dimensions: [Int])
  /// Every `strides[i]`-th element from `start[i]` up to, not including, `limit[i]`.
  case slice(start: [Int], limit: [Int], strides: [Int])
  /// Operands: the tensor, a scalar to pad with. Negative `low` or `high` cut off.
  case pad(low: [Int], high: [Int], interior: [Int])
  /// Joins operands along one dimension; their other dimensions agree.
  case concatenate(dimension: Int)
  /// Operands: left, right. Sums of products over the contracting dimensions.
  case dotGeneral(DotDimensions)
  /// Operands: input, kernel.
  case convolution(ConvolutionAttributes)
  /// Operands: the tensor, a scalar to start from. The reduced dimensions vanish.
  ///
  /// Narrow floats may be reduced to wider ones: the result has the type of the start.
  ///
  /// The start is the reducer's neutral element in every program that means the same on all
  /// devices; the reference evaluator lets it enter once.
  case reduce(Reducer, dimensions: [Int])
  /// Operands: the tensor, a scalar to start from.
  case reduceWindow(Reducer, WindowAttributes)
  /// Operands: the tensor, the source (shaped as the windows' result), a scalar to start from.
  ///
  /// Each window selects its first greatest element (`GE`), and the source's element is added
  /// there: the gradient of max pooling.
  case selectAndScatter(WindowAttributes)
  /// Operands: one a parameter of the region. Its value is the region's first result; the others
  /// are taken from it with `fusionResult`.
  case fusion(FusedRegion)
  /// Operand: a `fusion`. Another of its region's results, counted from 0.
  case fusionResult(index: Int)

  /// The name without the dialect: `dot_general`.
  public var name: String {
    switch self {
    case .parameter: "parameter"
    case .constant: "constant"
    case .iota: "iota"
    case .unary(let op): op.rawValue
    case .binary(let op): op.rawValue
    case .compare: "compare"
    case .select: "select"
    case .convert: "convert"
    case .stochasticConvert: "stochastic_convert"
    case .randomBits: "random_bits"
    case .broadcastInDim: "broadcast_in_dim"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .reverse: "reverse"
    case .slice: "slice"
    case .pad: "pad"
    case .concatenate: "concatenate"
    case .dotGeneral: "dot_general"
    case .convolution: "convolution"
    case .reduce: "reduce"
    case .reduceWindow: "reduce_window"
    case .selectAndScatter: "select_and_scatter"
    case .fusion: "fusion"
    case .fusionResult: "fusion_result"
    }
  }

  /// Every name that `name` can return, sorted.
  public static let allNames: [String] =
    ([
      "parameter", "constant", "iota", "compare", "select", "convert", "broadcast_in_dim",
      "reshape", "transpose", "reverse", "slice", "pad", "concatenate", "dot_general",
      "convolution", "random_bits", "reduce", "reduce_window", "select_and_scatter",
      "stochastic_convert", "fusion", "fusion_result",
    ] + UnaryOperation.allCases.map(\.rawValue) + BinaryOperation.allCases.map(\.rawValue))
    .sorted()

  /// Each result element depends on the operands' elements at the same place only.
  @inlinable public var isElementwise: Bool {
    switch self {
    case .unary, .binary, .compare, .select, .convert, .stochasticConvert: true
    default: false
    }
  }
}

/// Elementwise operations of one operand.
public enum UnaryOperation: String, Hashable, Sendable, CaseIterable {
  /// As StableHLO defines each.
  case abs, ceil, exponential, floor, log, logistic, negate, not, rsqrt, sign, sqrt, tanh
  /// To the nearest integer, ties to the even one.
  case roundNearestEven = "round_nearest_even"
}

/// Elementwise operations of two operands of one type.
///
/// On `i1`, `add` and `maximum` are or, `minimum` and `multiply` are and. Integers wrap around;
/// their division truncates towards zero, and a remainder has the dividend's sign. `maximum` and
/// `minimum` propagate NaN.
public enum BinaryOperation: String, Hashable, Sendable, CaseIterable {
  /// As StableHLO defines each, but for what is said above.
  case add, and, divide, maximum, minimum, multiply, or, power, remainder, subtract, xor
}

/// The direction of a comparison; every comparison with a NaN is false but `ne`.
public enum Comparison: String, Hashable, Sendable, CaseIterable {
  /// Equal.
  case eq = "EQ"
  /// Not equal; also where either is a NaN.
  case ne = "NE"
  /// Less.
  case lt = "LT"
  /// Less or equal.
  case le = "LE"
  /// Greater.
  case gt = "GT"
  /// Greater or equal.
  case ge = "GE"
}

/// The body of a reduction.
public enum Reducer: String, Hashable, Sendable, CaseIterable {
  /// Each is the elementwise operation of its name.
  case add, maximum, minimum, multiply

  /// The elementwise operation that combines two partial results.
  public var operation: BinaryOperation {
    switch self {
    case .add: .add
    case .maximum: .maximum
    case .minimum: .minimum
    case .multiply: .multiply
    }
  }
}
