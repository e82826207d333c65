internal import Units
package import GraphIR

/// A random program of elementwise operations, broadcasts, reductions and changes of shape.
///
/// Devices fuse such programs; the graph and its inputs are fixed by the seed. Values stay
/// moderate, and no operation is discontinuous, so that error bounds stay small.
package struct RandomGraph: Sendable {
  package let graph: Graph
  /// One value a parameter.
  package let inputs: [Literal]

  /// - Parameter steps: how often a random operation (with what it needs) is added.
  /// - Throws: `GraphError` if the generator breaks a rule of the IR, which would be its bug.
  package init(seed: UInt64, steps: Int = 20) throws(GraphError) {
    var generator = RandomGraphGenerator(seed: seed)
    try generator.grow(steps: steps)
    graph = try generator.finish()
    inputs = generator.inputs
  }
}

private struct RandomGraphGenerator {
  var builder: GraphBuilder
  private(set) var inputs: [Literal] = []
  private var random: SplitMix64
  /// All f32.
  private var values: [ValueID] = []
  private let rows: Int
  private let columns: Int

  init(seed: UInt64) {
    builder = GraphBuilder(name: "random\(seed)")
    random = SplitMix64(seed: seed)
    rows = [1, 2, 3, 5, 8, 17].randomElement(using: &random) ?? 1
    columns = [1, 3, 4, 7, 16, 33].randomElement(using: &random) ?? 1
    for shape in [[rows, columns], [rows, columns], [columns], [rows], []] {
      let literal = random.literal(TensorType(shape, .f32), in: -2...2)
      values.append(builder.parameter("p\(inputs.count)", literal.type))
      inputs.append(literal)
    }
  }

  mutating func grow(steps: Int) throws(GraphError) {
    for _ in 0..<steps {
      let x = pick()
      let value =
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: try unary(x)
        case 2, 3, 4: try binary(x, pick())
        case 5: try selection(x, pick())
        case 6: try reduction(x)
        case 7: try moved(x)
        case 8: try root(x)
        default: try binary(x, builder.scalar(Double.random(in: -2...2, using: &random)))
        }
      values.append(value)
    }
  }

  /// The last value and some others are results; one of them may take a parameter's place.
  mutating func finish() throws(GraphError) -> Graph {
    var chosen = [values[values.count - 1]]
    for _ in 0..<Int.random(in: 1...3, using: &random) { chosen.append(pick()) }
    var donated: ValueID?
    for (index, value) in chosen.enumerated() {
      var parameter: ValueID?
      if donated == nil, Bool.random(using: &random) {
        parameter = values.prefix(5).first { builder.type(of: $0) == builder.type(of: value) }
        donated = parameter
      }
      builder.result("r\(index)", value, donating: parameter)
    }
    return try builder.build()
  }

  private mutating func pick() -> ValueID { values.randomElement(using: &random) ?? values[0] }

  private mutating func unary(_ x: ValueID) throws(GraphError) -> ValueID {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return try builder.unary(.abs, x)
    case 1: return try builder.unary(.negate, x)
    case 2: return try builder.unary(.logistic, x)
    case 3:
      let falling = try builder.unary(.negate, builder.unary(.abs, x))
      return try builder.unary(.exponential, falling)
    default: return try builder.unary(.tanh, x)
    }
  }

  /// Operands of different shapes are both spread over `[rows, columns]`.
  private mutating func binary(_ x: ValueID, _ y: ValueID) throws(GraphError) -> ValueID {
    let (a, b) = try matched(x, y)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return try builder.subtract(a, b)
    case 1: return try builder.maximum(a, b)
    case 2: return try builder.binary(.minimum, a, b)
    case 3:
      // Products of products grow fast: keep them within 1.
      return try builder.multiply(builder.unary(.tanh, a), b)
    case 4:
      let divisor = try builder.add(builder.unary(.abs, b), builder.splat(1, like: b))
      return try builder.divide(a, divisor)
    default: return try builder.add(a, b)
    }
  }

  /// `max(x, y)` spelled with `compare` and `select`: continuous where the comparison flips.
  private mutating func selection(_ x: ValueID, _ y: ValueID) throws(GraphError) -> ValueID {
    let (a, b) = try matched(x, y)
    return try builder.select(builder.compare(.gt, a, b), a, b)
  }

  private mutating func reduction(_ x: ValueID) throws(GraphError) -> ValueID {
    let shape = builder.type(of: x).shape
    guard let dimension = shape.indices.randomElement(using: &random) else { return x }
    if Bool.random(using: &random) {
      return try builder.reduce(.maximum, x, dimensions: [dimension])
    }
    let sum = try builder.reduce(.add, x, dimensions: [dimension])
    return try builder.multiply(sum, builder.splat(1 / Double(shape[dimension]), like: sum))
  }

  /// Through another shape and back, with arithmetic in between.
  private mutating func moved(_ x: ValueID) throws(GraphError) -> ValueID {
    let shape = builder.type(of: x).shape
    guard shape.count == 2 else { return try spread(x) }
    if Bool.random(using: &random) {
      let turned = try builder.transpose(x, permutation: [1, 0])
      return try builder.transpose(builder.unary(.tanh, turned), permutation: [1, 0])
    }
    let flat = try builder.reshape(x, to: [shape[0] * shape[1]])
    return try builder.reshape(builder.add(flat, flat), to: shape)
  }

  private mutating func root(_ x: ValueID) throws(GraphError) -> ValueID {
    let positive = try builder.add(builder.multiply(x, x), builder.splat(0.5, like: x))
    return try builder.unary(Bool.random(using: &random) ? .sqrt : .rsqrt, positive)
  }

  private mutating func matched(
    _ x: ValueID, _ y: ValueID
  ) throws(GraphError) -> (ValueID, ValueID) {
    if builder.type(of: x) == builder.type(of: y) { return (x, y) }
    return (try spread(x), try spread(y))
  }

  /// A scalar, a row, a column or a matrix over `[rows, columns]`.
  private mutating func spread(_ x: ValueID) throws(GraphError) -> ValueID {
    let shape = builder.type(of: x).shape
    if shape.count == 2 { return x }
    let dimensions = shape.isEmpty ? [] : [shape == [columns] ? 1 : 0]
    return try builder.broadcast(x, to: [rows, columns], dimensions: dimensions)
  }
}
