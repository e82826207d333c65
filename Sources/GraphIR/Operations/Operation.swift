/// What an instruction computes: names and semantics are StableHLO's.
///
/// The body of an ordinary `reduce`, of `reduce_window` and of `select_and_scatter`, which StableHLO
/// spells out, is named by a `Reducer`; other programs within an operation are regions: graphs that
/// see their parameters and nothing else. What the parts of the program must know of an operation is
/// in `descriptor`.
public enum Operation: Hashable, Sendable {
  /// An input of the graph; `index` counts from 0 in the order of `Graph.parameters`.
  case parameter(index: Int)
  /// A tensor that is part of the graph.
  case constant(Literal)
  /// Counts along one dimension from 0.
  case iota(dimension: Int)
  /// The result has the operand's type, but for `is_finite`.
  case unary(UnaryOperation)
  /// Both operands of one type; the result has it too.
  case binary(BinaryOperation)
  /// Both operands of one type; the result is `i1` of their shape.
  case compare(Comparison)
  /// Operands: predicate (`i1`, same shape or scalar), value where true, value where false.
  case select
  /// Operands: a least value, the tensor, a greatest value; the bounds of its type, or scalars.
  case clamp
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
  /// Operand: a state, ui64 `[2]` or `[3]`. Two values: the state behind the bits, and bits of the type.
  case randomBitGenerator(RandomAlgorithm, TensorType)
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
  /// Operands: the tensor, a scalar integer a dimension. The block of these sizes that starts there, or
  /// as near as it can and lie in the tensor.
  case dynamicSlice(sizes: [Int])
  /// Operands: the tensor, an update, a scalar integer a dimension. The tensor with the update where a
  /// slice of its sizes would be taken.
  case dynamicUpdateSlice
  /// Operands: the tensor, indices. Slices of these sizes, moved to where they lie in the tensor.
  case gather(IndexedSlices, sizes: [Int])
  /// Operands: the tensor, indices, updates. The tensor with its elements at the slices' places
  /// combined with the updates by `body`, one after another in row-major order; what lies outside is
  /// left out.
  case scatter(IndexedSlices, body: Graph)
  /// The operand's bits, read as another type; those of another width take or give a last dimension.
  case bitcastConvert
  /// Rounded as if to a format of so many bits; infinite beyond its greatest number, zero below its
  /// smallest normal one.
  case reducePrecision(exponentBits: Int, mantissaBits: Int)
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
  /// Operands: tensors of one shape. Their elements in another order along one dimension, that of
  /// `comparator`: given of each operand two elements, side by side, does the first come before the
  /// second? Elements that it does not tell apart keep their order. As many values as operands.
  case sort(dimension: Int, comparator: Graph)
  /// Operands: tensors of one shape, then as many scalars to start from. `body` makes of partial
  /// results and an element of each tensor new partial results. A value a tensor.
  ///
  /// - Source: a `reduce` of several operands, or by no named reducer ("variadic reduce" in XLA).
  case reduceByRegion(dimensions: [Int], body: Graph)
  /// Operands: the state, then what the regions read besides. `body` makes a new state while
  /// `condition` holds; the values are the last state.
  case whileLoop(condition: Graph, body: Graph)
  /// Operands: an index, i32, then what the regions read. Runs the region of that number, the last
  /// one where there is none (`case`).
  case branch([Graph])
  /// Operand: an instruction that defines several values. Another of them, counted from 0; see
  /// `Instruction`.
  case result(index: Int)

  /// The name without the dialect: `dot_general`.
  public var name: String { descriptor.name }

  /// Each result element depends on the operands' elements at the same place only.
  @inlinable public var isElementwise: Bool { kind == .elementwise }

  /// A `dot_general` or a `convolution`.
  @inlinable public var isProduct: Bool { kind == .product }

  /// A `reduce` by a named reducer.
  @inlinable public var isReduction: Bool { kind == .reduction }
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
