internal import GraphIR
internal import GraphPasses

/// Puts quantization and its undoing before the products of weights in a forward graph, so that
/// training sees what int8 will do to them.
///
/// Products are those of `Graph.quantizableProducts()`. A weight is quantized for each output
/// channel with its own greatest magnitude as the range. What it is multiplied with is clipped to a
/// running range, an f32 scalar of the state called `WEIGHT.inputRange`. Values stay f32: they are
/// the multiples of a scale that `QuantizationPass` computes with.
///
/// Differentiated, quantization is the identity (the straight-through estimator), and clipping
/// passes nothing on from outside of the range. Scales and ranges are held constant.
///
/// - Source: Jacob et al., "Quantization and training of neural networks for efficient
///   integer-arithmetic-only inference", CVPR 2018, section 3; Bengio, Léonard and Courville,
///   "Estimating or propagating gradients through stochastic neurons", 2013 (straight through).
struct FakeQuantizer {
  /// A graph with fake quantization, and what the rest of a training step must know.
  struct Output {
    /// Continues with what follows the forward graph.
    var builder: GraphBuilder
    /// The new range for each product, in the order of `rangeTensors`; in evaluation the old ones.
    var ranges: [ValueID]
    /// For differentiation: values that pass what they get to another, unchanged.
    var straightThrough: [ValueID: ValueID]
    /// For differentiation: values that are held constant.
    var constants: [ValueID]
    fileprivate var new: [ValueID]

    /// A value of the old graph in the new one.
    subscript(old: ValueID) -> ValueID { new[old.index] }
  }

  /// What a range keeps of its old value in a step; it starts as the first batch's.
  ///
  /// - Source: PyTorch's `MovingAverageMinMaxObserver`, averaging constant 0.01.
  static let rangeDecay = 0.99

  /// Smaller ranges are taken as this one, so that no scale is zero.
  private static let smallestRange = 0x1p-100

  /// What the name of a range adds to that of its weight.
  static let rangeSuffix = ".inputRange"

  /// The ranges that a model has in its state, in the order of its products.
  ///
  /// - Parameter graph: a graph that runs the model.
  static func rangeTensors(_ graph: Graph) -> [StateTensor] {
    graph.quantizableProducts().map {
      StateTensor(
        name: graph.parameters[$0.parameter].name + rangeSuffix, type: .scalar(.f32),
        initializer: .zeros)
    }
  }

  private let old: Graph
  private let phase: LayerContext.Phase
  /// The parameters that were met so far, by name.
  private var parameters: [String: ValueID] = [:]
  private var output: Output

  /// - Parameter forward: a graph whose parameters stand in the order of their instructions, with
  ///   those of `rangeTensors` among them.
  init(_ forward: Graph, phase: LayerContext.Phase) {
    old = forward
    self.phase = phase
    output = Output(
      builder: GraphBuilder(name: forward.name), ranges: [], straightThrough: [:], constants: [],
      new: [])
  }

  /// - Throws: `GraphError` if the forward graph lacks the parameter of a range.
  mutating func run() throws(GraphError) -> Output {
    let products = Dictionary(
      old.quantizableProducts().map { ($0.product, $0) }, uniquingKeysWith: { first, _ in first })
    for value in old.values {
      let instruction = old[value]
      output.builder.scope = instruction.scope
      if case .parameter(let index) = instruction.operation {
        let parameter = old.parameters[index]
        parameters[parameter.name] = value
        output.new.append(
          output.builder.parameter(parameter.name, parameter.type, role: parameter.role))
        continue
      }
      var operands = instruction.operands.map { output[$0] }
      if let product = products[value] {
        operands = try quantized(product, operands)
      }
      output.new.append(
        try output.builder.append(
          instruction.operation, operands, resultType: instruction.type))
    }
    output.builder.scope = ""
    return output
  }

  private mutating func quantized(
    _ product: QuantizableProduct, _ operands: [ValueID]
  ) throws(GraphError) -> [ValueID] {
    var operands = operands
    let weight = operands[product.position]
    operands[product.position] = try weightInInt8(weight, product)
    let input = 1 - product.position
    let shape = output.builder.type(of: operands[input]).shape
    let x = try inputInInt8(output[product.input], product)
    operands[input] =
      output.builder.type(of: x).shape == shape ? x : try output.builder.reshape(x, to: shape)
    return operands
  }

  private mutating func weightInInt8(
    _ weight: ValueID, _ product: QuantizableProduct
  ) throws(GraphError) -> ValueID {
    let magnitudes = try output.builder.unary(.abs, weight)
    let range = try positive(
      output.builder.reduce(.maximum, magnitudes, dimensions: product.summed))
    let result = try output.builder.fakeQuantized(
      weight, range: range, keeping: product.channels)
    output.straightThrough[result] = weight
    return result
  }

  private mutating func inputInInt8(
    _ x: ValueID, _ product: QuantizableProduct
  ) throws(GraphError) -> ValueID {
    let stored = try newRange(of: x, product)
    output.ranges.append(stored)
    let range = try positive(stored)
    output.constants += [stored, range]
    // On a tie both choose the second operand, so that the ends of the range pass gradients on.
    let low = try output.builder.unary(.negate, range)
    let above = try output.builder.maximum(output.builder.broadcastScalar(low, like: x), x)
    let clipped = try output.builder.binary(
      .minimum, output.builder.broadcastScalar(range, like: x), above)
    let result = try output.builder.fakeQuantized(clipped, range: range, keeping: [])
    output.straightThrough[result] = clipped
    return result
  }

  /// `range + (1 - decay) (greatest magnitude - range)`; the first magnitude where there is no range
  /// yet.
  private mutating func newRange(
    of x: ValueID, _ product: QuantizableProduct
  ) throws(GraphError) -> ValueID {
    let name = old.parameters[product.parameter].name + Self.rangeSuffix
    guard let parameter = parameters[name] else {
      throw GraphError(place: old.name, reason: "has no parameter '\(name)'")
    }
    let range = output[parameter]
    if phase == .evaluation { return range }
    let largest = try output.builder.largestMagnitude(x)
    let step = try output.builder.times(
      1 - Self.rangeDecay, output.builder.subtract(largest, range))
    let isFirst = try output.builder.compare(.eq, range, output.builder.scalar(0))
    return try output.builder.select(isFirst, largest, output.builder.add(range, step))
  }

  private mutating func positive(_ range: ValueID) throws(GraphError) -> ValueID {
    try output.builder.maximum(range, output.builder.splat(Self.smallestRange, like: range))
  }
}

extension GraphBuilder {
  /// `round_nearest_even(x / scale) · scale` with `scale = range / 127`, as `Int8Scale` computes it.
  ///
  /// - Parameter x: within its range.
  fileprivate mutating func fakeQuantized(
    _ x: ValueID, range: ValueID, keeping kept: [Int]
  ) throws(GraphError) -> ValueID {
    let scale = try divide(range, splat(127, like: range))
    let inverse = try divide(splat(1, like: scale), scale)
    let shape = type(of: x).shape
    let whole = try unary(
      .roundNearestEven, multiply(x, broadcast(inverse, to: shape, dimensions: kept)))
    return try multiply(whole, broadcast(scale, to: shape, dimensions: kept))
  }
}
