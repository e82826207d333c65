internal import GraphIR
internal import Training

/// A training step of a transformer's encoder, from embedded tokens to its Adam update.
///
/// Blocks normalise before attention and before the two dense layers; GELU by tanh. The loss is
/// the mean square of the distance to a target.
///
/// - Source: Vaswani et al., "Attention is all you need", 2017; the order of a block as in GPT-2.
struct TransformerStep {
  var layers = 8
  var width = 256
  var heads = 4
  var sequence = 128
  var batch = 4

  private var headWidth: Int { width / heads }
  private var activation: TensorType { TensorType([batch, sequence, width], .f32) }

  /// What the step learns, by name; the optimizer keeps slots for each.
  private var parameters: [(name: String, shape: [Int])] {
    (1...layers).flatMap { layer in
      [
        ("norm1.scale", [width]), ("norm1.shift", [width]),
        ("query", [width, heads, headWidth]), ("key", [width, heads, headWidth]),
        ("value", [width, heads, headWidth]), ("output", [heads, headWidth, width]),
        ("norm2.scale", [width]), ("norm2.shift", [width]),
        ("up.weight", [width, 4 * width]), ("up.bias", [4 * width]),
        ("down.weight", [4 * width, width]), ("down.bias", [width]),
      ].map { ("block\(layer).\($0.0)", $0.1) }
    }
  }

  func graph() throws -> Graph {
    var builder = GraphBuilder(name: "transformer_step")
    let optimizer = Adam(learningRate: 0.001)
    let parameters = parameters
    let weights = parameters.map { builder.parameter($0.name, TensorType($0.shape, .f32)) }
    let scalars = optimizer.scalarNames.map { builder.parameter($0, .scalar(.f32)) }
    let slots = parameters.map { parameter in
      optimizer.slotNames.map {
        builder.parameter("\(parameter.name).\($0)", TensorType(parameter.shape, .f32))
      }
    }
    let input = builder.parameter("tokens", activation, role: .infeed)
    let target = builder.parameter("targets", activation, role: .infeed)
    let (loss, shifts) = try loss(input, target, weights, in: &builder)
    let gradients = try gradients(
      of: loss, withRespectTo: weights, holdingConstant: shifts, in: &builder)
    builder.scope = "update"
    let rate = try builder.scalar(optimizer.learningRate)
    let advanced = try optimizer.advance(scalars: scalars, rate: rate, in: &builder)
    for (old, new) in zip(scalars, advanced.scalars) {
      builder.result("scalar\(old.index)", new, donating: old)
    }
    for index in weights.indices {
      let updated = try optimizer.update(
        weights[index], gradient: gradients[index], slots: slots[index],
        factors: advanced.factors, in: &builder)
      builder.result(parameters[index].name, updated.parameter, donating: weights[index])
      for (slot, (old, new)) in zip(slots[index], updated.slots).enumerated() {
        builder.result(
          "\(parameters[index].name).\(optimizer.slotNames[slot])", new, donating: old)
      }
    }
    builder.result("loss", loss)
    return try builder.build()
  }

  /// The loss, and the values that differentiation holds constant.
  private func loss(
    _ input: ValueID, _ target: ValueID, _ weights: [ValueID], in builder: inout GraphBuilder
  ) throws(GraphError) -> (loss: ValueID, shifts: [ValueID]) {
    var x = input
    var shifts: [ValueID] = []
    for layer in 0..<layers {
      let own = Array(weights[12 * layer..<12 * (layer + 1)])
      builder.scope = "forward/block\(layer + 1)"
      let normalised = try norm(x, scale: own[0], shift: own[1], in: &builder)
      let attended = try attention(normalised, own, &shifts, in: &builder)
      x = try builder.add(x, attended)
      let second = try norm(x, scale: own[6], shift: own[7], in: &builder)
      let up = try gelu(dense(second, own[8], own[9], in: &builder), in: &builder)
      x = try builder.add(x, dense(up, own[10], own[11], in: &builder))
    }
    builder.scope = "loss"
    let distance = try builder.subtract(x, target)
    let sum = try builder.reduce(
      .add, builder.multiply(distance, distance), dimensions: [0, 1, 2])
    let share = try builder.scalar(1 / Double(activation.elementCount))
    return (try builder.multiply(sum, share), shifts)
  }

  private func attention(
    _ x: ValueID, _ own: [ValueID], _ shifts: inout [ValueID], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let project = DotDimensions(lhsContracting: [2], rhsContracting: [0])
    let scaled = try builder.dotGeneral(x, own[2], project)
    let query = try builder.multiply(
      scaled, builder.splat(1 / Double(headWidth).squareRoot(), like: scaled))
    let key = try builder.dotGeneral(x, own[3], project)
    let value = try builder.dotGeneral(x, own[4], project)
    // [batch, heads, query's place, key's place]
    let scores = try builder.dotGeneral(
      query, key,
      DotDimensions(
        lhsBatching: [0, 2], rhsBatching: [0, 2], lhsContracting: [3], rhsContracting: [3]))
    let shape = builder.type(of: scores).shape
    let shift = try builder.reduce(.maximum, scores, dimensions: [3])
    shifts.append(shift)
    let powers = try builder.unary(
      .exponential,
      builder.subtract(scores, builder.broadcast(shift, to: shape, dimensions: [0, 1, 2])))
    let sums = try builder.reduce(.add, powers, dimensions: [3])
    let shares = try builder.divide(
      powers, builder.broadcast(sums, to: shape, dimensions: [0, 1, 2]))
    let mixed = try builder.dotGeneral(
      shares, value,
      DotDimensions(
        lhsBatching: [0, 1], rhsBatching: [0, 2], lhsContracting: [3], rhsContracting: [1]))
    return try builder.dotGeneral(
      mixed, own[5], DotDimensions(lhsContracting: [1, 3], rhsContracting: [0, 1]))
  }

  private func dense(
    _ x: ValueID, _ weight: ValueID, _ bias: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let product = try builder.dotGeneral(
      x, weight, DotDimensions(lhsContracting: [2], rhsContracting: [0]))
    return try builder.add(
      product, builder.broadcast(bias, to: builder.type(of: product).shape, dimensions: [2]))
  }

  private func norm(
    _ x: ValueID, scale: ValueID, shift: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = activation.shape
    let mean = try mean(x, in: &builder)
    let centred = try builder.subtract(
      x, builder.broadcast(mean, to: shape, dimensions: [0, 1]))
    let variance = try self.mean(builder.multiply(centred, centred), in: &builder)
    let steady = try builder.add(variance, builder.splat(1e-5, like: variance))
    let inverse = try builder.broadcast(
      builder.unary(.rsqrt, steady), to: shape, dimensions: [0, 1])
    let unit = try builder.multiply(centred, inverse)
    return try builder.add(
      builder.multiply(unit, builder.broadcast(scale, to: shape, dimensions: [2])),
      builder.broadcast(shift, to: shape, dimensions: [2]))
  }

  /// Over the features.
  private func mean(_ x: ValueID, in builder: inout GraphBuilder) throws(GraphError) -> ValueID {
    let sum = try builder.reduce(.add, x, dimensions: [2])
    return try builder.multiply(sum, builder.splat(1 / Double(width), like: sum))
  }

  /// `x/2 (1 + tanh(sqrt(2/π) (x + 0.044715 x³)))`
  private func gelu(_ x: ValueID, in builder: inout GraphBuilder) throws(GraphError) -> ValueID {
    let cube = try builder.multiply(builder.multiply(x, x), x)
    let inner = try builder.add(x, builder.multiply(cube, builder.splat(0.044715, like: x)))
    let root = try builder.splat((2 / Double.pi).squareRoot(), like: x)
    let squashed = try builder.unary(.tanh, builder.multiply(inner, root))
    let gate = try builder.add(squashed, builder.splat(1, like: x))
    return try builder.multiply(builder.multiply(x, builder.splat(0.5, like: x)), gate)
  }
}
