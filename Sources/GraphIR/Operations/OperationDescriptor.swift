/// What every part of the program must know of an operation: one entry an operation.
///
/// The verifier and the inference of types take the arity and the type rule, the printer the name
/// and the regions, the evaluator what it computes, the simulator the class of its cost.
/// `Operation.kind` stands apart, because passes ask for it in their inner loops.
package struct OperationDescriptor {
  /// How many operands an operation takes.
  package enum Arity: Hashable, Sendable {
    case exactly(Int)
    case atLeast(Int)
  }

  /// The values of an operation: their types, and how the evaluator computes them.
  enum Values {
    /// One value.
    case one(
      (TypeRules) throws(BrokenRule) -> TensorType,
      (ReferenceEvaluator, TensorType, [Literal]) -> Literal)
    /// Several, or one that a region computes.
    case several(
      (TypeRules) throws(BrokenRule) -> [TensorType], (ReferenceEvaluator, [Literal]) -> [Literal])
    /// A value that comes from elsewhere: an input, or one of another instruction's values.
    case given
  }

  /// The name without the dialect: `dot_general`.
  package var name: String
  var arity: Arity
  /// What it costs the vector unit.
  package var cost: VectorCost
  var values: Values
  /// Programs that it runs, each by its role: `comparator`.
  package var regions: [(role: String, body: Graph)] = []
}

/// How an operation's cost on a vector unit follows from the shapes of its operands and result.
package enum VectorCost: Hashable, Sendable {
  /// Nothing, or the array's work.
  case none
  /// So much an element of the result.
  case perElement(OperationCounts)
  /// A copy of the result; as much is read.
  case copy
  /// A copy into the result; the operand is read.
  case padding
  /// Every element passes the shuffle unit once. A transpose has its permutation.
  case shuffle(permutation: [Int]?)
  /// The unit's own generator.
  case generation
  /// Blocks of random bits, in arithmetic.
  case randomBlocks(RandomAlgorithm, TensorType)
  case reduction(Reducer, dimensions: [Int])
  case windows(Reducer, WindowAttributes)
  case scatterByWindows(WindowAttributes)
  /// Slices at places that operands name, each of which takes whole rows of a register.
  case slices
  /// Lines along one dimension in another order, which a region says.
  case sorting(dimension: Int)
  /// A region's work for each element.
  case reductionByRegion(dimensions: [Int])
  /// Nothing by itself: its regions are programs of their own.
  case control
}

extension Operation {
  /// What an operation does with its operands, as far as passes tell operations apart.
  @usableFromInline package enum Kind: Hashable, Sendable {
    /// Known before, or given: a parameter, a constant, a counter.
    case input
    /// Its operand seen differently.
    case view
    /// Each result element depends on the operands' elements at the same place only.
    case elementwise
    /// Each result element is one of an operand's.
    case move
    /// Sums of products: `dot_general`, `convolution`.
    case product
    /// A `reduce` by a named reducer.
    case reduction
    /// Over windows.
    case window
    /// Elements are taken from, or put at, places that operands name.
    case indexed
    /// Bits: random ones, or the operand's read as another type.
    case bits
    /// It runs regions, and may define several values.
    case regions
    /// Random bits, and the state for the next ones.
    case generator
    /// Another value of an instruction that defines several.
    case result
  }

  /// See `Kind`.
  @inlinable package var kind: Kind {
    switch self {
    case .parameter, .constant, .iota: .input
    case .reshape, .broadcastInDim: .view
    case .unary, .binary, .compare, .select, .clamp, .convert, .stochasticConvert,
      .reducePrecision:
      .elementwise
    case .transpose, .reverse, .slice, .pad, .concatenate: .move
    case .dotGeneral, .convolution: .product
    case .reduce: .reduction
    case .reduceWindow, .selectAndScatter: .window
    case .dynamicSlice, .dynamicUpdateSlice, .gather, .scatter: .indexed
    case .randomBits, .bitcastConvert: .bits
    case .sort, .reduceByRegion, .whileLoop, .branch: .regions
    case .randomBitGenerator: .generator
    case .result: .result
    }
  }

  /// Whether it may define several values.
  @inlinable package var definesSeveral: Bool { kind == .regions || kind == .generator }

  /// Everything there is to know about the operation: an entry for each.
  package var descriptor: OperationDescriptor {
    switch self {
    case .parameter: .init("parameter", 0, .none, .given)
    case .constant(let literal):
      .init("constant", 0, .none, .one({ _ in literal.type }) { _, _, _ in literal })
    case .iota(let dimension):
      .init(
        "iota", 0, .none,
        .one({ (rules) throws(BrokenRule) in try rules.iota(dimension) }) { _, type, _ in
          ReferenceEvaluator.iota(type, dimension)
        })
    case .unary(let op):
      .init(
        op.rawValue, 1, .perElement(op.descriptor.cost),
        .one({ (rules) throws(BrokenRule) in try rules.unary(op.descriptor) }) {
          .init($1, mapping: $2[0], op.function($2[0].type.dtype))
        })
    case .binary(let op):
      .init(
        op.rawValue, 2, .perElement(op.descriptor.cost),
        .one({ (rules) throws(BrokenRule) in try rules.binary(op.descriptor) }) {
          .init($1, mapping: $2[0], $2[1], op.function($2[0].type.dtype))
        })
    case .compare(let direction):
      .init(
        "compare", 2, .perElement(.init(compare: 1)),
        .one({ (rules) throws(BrokenRule) in try rules.compare() }) {
          let holds = direction.function($2[0].type.dtype)
          return .init($1, mapping: $2[0], $2[1]) { holds($0, $1) ? 1 : 0 }
        })
    case .select:
      .init(
        "select", 3, .perElement(.init(compare: 1)),
        .one({ (rules) throws(BrokenRule) in try rules.select() }) { _, type, operands in
          // A scalar predicate is a splat and answers for every position.
          Literal(
            type,
            elementwise: { (operands[0][$0] != 0 ? operands[1] : operands[2]).word(at: $0) })
        })
    case .clamp:
      .init(
        "clamp", 3, .perElement(.init(compare: 2)),
        .one({ (rules) throws(BrokenRule) in try rules.clamp() }) { _, type, operands in
          let dtype = type.dtype
          let (greater, less) = (
            BinaryOperation.maximum.function(dtype), BinaryOperation.minimum.function(dtype)
          )
          return Literal(
            type,
            elementwise: { place in
              let words = operands.map { $0.word(at: place) }
              return less(greater(words[1], words[0]), words[2])
            })
        })
    case .convert:
      .init(
        "convert", 1, .perElement(.init(compare: 1)),
        .one({ (rules) throws(BrokenRule) in try rules.convert() }) {
          .init($1, mapping: $2[0], $2[0].type.dtype.conversion(to: $1.dtype))
        })
    case .stochasticConvert:
      .init(
        "stochastic_convert", 2, .perElement(.init(compare: 1, add: 1)),
        .one({ (rules) throws(BrokenRule) in try rules.stochasticConvert() }) {
          .init($1, mapping: $2[0], $2[1]) {
            ReferenceEvaluator.stochasticallyRounded($0, bits: $1)
          }
        })
    case .randomBits(let stream):
      .init(
        "random_bits", 1, .generation,
        .one({ (rules) throws(BrokenRule) in try rules.randomBits(stream) }) {
          Literal($1, Threefry.bits(count: $1.elementCount, key: $2[0], stream: stream))
        })
    case .randomBitGenerator(let algorithm, let type):
      .init(
        "rng_bit_generator", 1, .randomBlocks(algorithm, type),
        .several({ (rules) throws(BrokenRule) in try rules.randomBits(algorithm, type) }) {
          ReferenceEvaluator.randomBits(algorithm, type, $1[0])
        })
    case .broadcastInDim(let dimensions):
      moving("broadcast_in_dim", 1, .none) { (rules) throws(BrokenRule) in
        try rules.broadcast(dimensions)
      }
    case .reshape:
      moving("reshape", 1, .none) { (rules) throws(BrokenRule) in try rules.reshape() }
    case .transpose(let permutation):
      moving("transpose", 1, .shuffle(permutation: permutation)) { (rules) throws(BrokenRule) in
        try rules.transpose(permutation)
      }
    case .reverse(let dimensions):
      moving("reverse", 1, .shuffle(permutation: nil)) { (rules) throws(BrokenRule) in
        try rules.reverse(dimensions)
      }
    case .slice(let start, let limit, let strides):
      moving("slice", 1, .copy) { (rules) throws(BrokenRule) in
        try rules.slice(start, limit, strides)
      }
    case .pad(let low, let high, let interior):
      moving("pad", 2, .padding) { (rules) throws(BrokenRule) in
        try rules.pad(low, high, interior)
      }
    case .concatenate(let dimension):
      moving("concatenate", .atLeast(1), .copy) { (rules) throws(BrokenRule) in
        try rules.concatenate(dimension)
      }
    case .dynamicSlice(let sizes):
      .init(
        "dynamic_slice", .atLeast(1), .slices,
        .one({ (rules) throws(BrokenRule) in try rules.dynamicSlice(sizes) }) {
          ReferenceEvaluator.dynamicSlice($2, $1)
        })
    case .dynamicUpdateSlice:
      .init(
        "dynamic_update_slice", .atLeast(2), .slices,
        .one({ (rules) throws(BrokenRule) in try rules.dynamicUpdateSlice() }) {
          ReferenceEvaluator.dynamicUpdateSlice($2)
        })
    case .gather(let slices, let sizes):
      .init(
        "gather", 2, .slices,
        .one({ (rules) throws(BrokenRule) in try rules.gather(slices, sizes: sizes) }) {
          ReferenceEvaluator.gather(slices, sizes: sizes, $2[0], $2[1], $1)
        })
    case .scatter(let slices, let body):
      .init(
        "scatter", 3, .slices,
        .one({ (rules) throws(BrokenRule) in try rules.scatter(slices, body) }) {
          $0.scatter(slices, body, $2[0], $2[1], $2[2])
        }, regions: [("body", body)])
    case .bitcastConvert:
      .init(
        "bitcast_convert", 1, .copy,
        .one({ (rules) throws(BrokenRule) in try rules.bitcastConvert() }) { _, type, operands in
          operands[0].bytes.withUnsafeBytes { Literal(type, bytes: $0) }
        })
    case .reducePrecision(let exponentBits, let mantissaBits):
      .init(
        "reduce_precision", 1, .perElement(.init(compare: 1)),
        .one({ (rules) throws(BrokenRule) in
          try rules.reducePrecision(exponentBits, mantissaBits)
        }) {
          .init($1, mapping: $2[0]) {
            ReferenceEvaluator.reducedPrecision(
              $0, exponentBits: exponentBits, mantissaBits: mantissaBits)
          }
        })
    case .dotGeneral(let dimensions):
      .init(
        "dot_general", 2, .none,
        .one({ (rules) throws(BrokenRule) in try rules.dotGeneral(dimensions) }) {
          let (lhs, rhs) = ($0.productOperand($2[0]), $0.productOperand($2[1]))
          return Literal($1, words: ReferenceEvaluator.dotGeneral(dimensions, lhs, rhs, $1.dtype))
        })
    case .convolution(let attributes):
      .init(
        "convolution", 2, .none,
        .one({ (rules) throws(BrokenRule) in try rules.convolution(attributes) }) {
          let (input, kernel) = ($0.productOperand($2[0]), $0.productOperand($2[1]))
          return Literal($1, words: ReferenceEvaluator.convolution(attributes, input, kernel, $1))
        })
    case .reduce(let reducer, let dimensions):
      .init(
        "reduce", 2, .reduction(reducer, dimensions: dimensions),
        .one({ (rules) throws(BrokenRule) in try rules.reduce(dimensions) }) {
          Literal(
            $1,
            words: ReferenceEvaluator.reduce(
              reducer, dimensions, Tensor($2[0]), from: $2[1].word(at: 0)))
        })
    case .reduceWindow(let reducer, let window):
      .init(
        "reduce_window", 2, .windows(reducer, window),
        .one({ (rules) throws(BrokenRule) in try rules.reduceWindow(window) }) {
          Literal(
            $1,
            words: ReferenceEvaluator.reduceWindow(
              reducer, window, Tensor($2[0]), from: $2[1].word(at: 0)))
        })
    case .selectAndScatter(let window):
      .init(
        "select_and_scatter", 3, .scatterByWindows(window),
        .one({ (rules) throws(BrokenRule) in try rules.selectAndScatter(window) }) {
          Literal(
            $1,
            words: ReferenceEvaluator.selectAndScatter(
              window, Tensor($2[0]), source: $2[1].words, from: $2[2].word(at: 0)))
        })
    case .sort(let dimension, let comparator):
      .init(
        "sort", .atLeast(1), .sorting(dimension: dimension),
        .several({ (rules) throws(BrokenRule) in try rules.sort(dimension, comparator) }) {
          $0.sort(dimension, comparator, $1)
        }, regions: [("comparator", comparator)])
    case .reduceByRegion(let dimensions, let body):
      .init(
        "variadic_reduce", .atLeast(2), .reductionByRegion(dimensions: dimensions),
        .several({ (rules) throws(BrokenRule) in try rules.reduce(dimensions, body) }) {
          $0.reduce(dimensions, body, $1)
        }, regions: [("body", body)])
    case .whileLoop(let condition, let body):
      .init(
        "while", .atLeast(1), .control,
        .several({ (rules) throws(BrokenRule) in try rules.whileLoop(condition, body) }) {
          $0.whileLoop(condition, body, $1)
        }, regions: [("condition", condition), ("body", body)])
    case .branch(let branches):
      .init(
        "case", .atLeast(1), .control,
        .several({ (rules) throws(BrokenRule) in try rules.branch(branches) }) {
          $0.branch(branches, $1)
        }, regions: branches.enumerated().map { ("branch \($0)", $1) })
    case .result: .init("result", 1, .none, .given)
    }
  }

  /// An operation that only places elements.
  private func moving(
    _ name: String, _ arity: OperationDescriptor.Arity, _ cost: VectorCost,
    _ type: @escaping (TypeRules) throws(BrokenRule) -> TensorType
  ) -> OperationDescriptor {
    .init(
      name, arity, cost,
      .one(type) { _, type, operands in
        Literal(
          type,
          words: ReferenceEvaluator.rearranged(self, type, operands.map { Tensor($0) }).elements)
      })
  }

  /// Every name that `name` can return, sorted.
  public static let allNames: [String] =
    ([
      "parameter", "constant", "iota", "compare", "select", "clamp", "convert",
      "stochastic_convert", "random_bits", "rng_bit_generator",
      "broadcast_in_dim", "reshape", "transpose", "reverse",
      "slice", "pad", "concatenate", "dot_general", "convolution", "reduce", "reduce_window",
      "select_and_scatter", "bitcast_convert", "reduce_precision", "result", "dynamic_slice",
      "dynamic_update_slice", "gather", "scatter", "sort", "variadic_reduce", "while", "case",
    ] + UnaryOperation.allCases.map(\.rawValue)
    + BinaryOperation.allCases.map(\.rawValue))
    .sorted()

  /// A loop or a branch: it decides what runs.
  package var isControl: Bool {
    switch self {
    case .whileLoop, .branch: true
    default: false
    }
  }
}

extension OperationDescriptor {
  init(
    _ name: String, _ arity: Arity, _ cost: VectorCost, _ values: Values,
    regions: [(role: String, body: Graph)] = []
  ) {
    self.init(name: name, arity: arity, cost: cost, values: values, regions: regions)
  }
}

extension OperationDescriptor.Arity: ExpressibleByIntegerLiteral {
  package init(integerLiteral count: Int) { self = .exactly(count) }

  func contains(_ count: Int) -> Bool {
    switch self {
    case .exactly(let exact): count == exact
    case .atLeast(let least): count >= least
    }
  }
}

extension OperationDescriptor.Arity: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exactly(let count): "\(count) operands"
    case .atLeast(1): "at least 1 operand"
    case .atLeast(let count): "at least \(count) operands"
    }
  }
}
