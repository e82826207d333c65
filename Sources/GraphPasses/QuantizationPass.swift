package import GraphIR

/// Turns an inference graph in f32 into one whose products of weights are int8.
///
/// For each of `Graph.quantizableProducts()`:
/// - the weight becomes an i8 parameter, and an f32 parameter `NAME.scale` follows it: what one unit
///   of the sums is worth, for each output channel or for all;
/// - the other operand is quantized where it is computed. A fixed range is a constant of the graph,
///   and its scale a factor of `NAME.scale`; a dynamic range is the greatest magnitude in the batch;
/// - the product is i8 x i8 with i32 sums, exact, which are widened to f32 and multiplied by the
///   scale. What follows, the bias first, is f32 as before.
///
/// Everything else, products of two computed values too, stays as it is.
///
/// - Source: Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference: a
///   whitepaper", 2018, sections 2 and 3.
package struct QuantizationPass: Hashable, Sendable {
  /// Where the range of an activation comes from.
  package enum Activations: Hashable, Sendable {
    /// The greatest magnitude in the batch.
    case dynamic
    /// Known before: by the name of the weight, the range of what it is multiplied with.
    case fixed([String: Float])
  }

  package var activations: Activations
  package var weights: WeightScales

  package init(_ activations: Activations, weights: WeightScales = .perChannel) {
    self.activations = activations
    self.weights = weights
  }

  /// The graph in int8, checked, and what its parameters are made of.
  ///
  /// - Throws: `GraphError` if the graph breaks a rule of the IR, is not for inference (a result
  ///   takes the place of a parameter), has nothing to quantize or lacks a range.
  package func run(_ graph: Graph) throws(GraphError) -> QuantizedGraph {
    try graph.verify()
    if let result = graph.results.first(where: { $0.donatedParameter != nil }) {
      throw GraphError(
        place: graph.name,
        reason: "gives '\(result.name)' a new value, so it is no inference graph: quantize the "
          + "graph that evaluates")
    }
    let products = graph.quantizableProducts()
    if products.isEmpty {
      throw GraphError(
        place: graph.name, reason: "multiplies no f32 weight that nothing else reads")
    }
    var rewriter = QuantizationRewriter(old: graph, products: products, pass: self)
    return try rewriter.run()
  }

  /// The graph with a result more for each quantizable product: `range:WEIGHT`, f32 scalar, the
  /// greatest magnitude of what the weight is multiplied with.
  ///
  /// - Throws: `GraphError` if the graph breaks a rule of the IR.
  package static func observing(_ graph: Graph) throws(GraphError) -> Graph {
    var builder = GraphBuilder(extending: graph)
    for product in graph.quantizableProducts() {
      builder.scope = graph[product.product].scope
      let range = try builder.largestMagnitude(product.input)
      builder.result(rangePrefix + graph.parameters[product.parameter].name, range)
    }
    return try builder.build()
  }

  /// What the names of the results of `observing` begin with.
  package static let rangePrefix = "range:"
}

extension GraphBuilder {
  /// The greatest magnitude of a tensor, a scalar of its type; NaN if there is one.
  package mutating func largestMagnitude(_ x: ValueID) throws(GraphError) -> ValueID {
    try reduce(.maximum, unary(.abs, x), dimensions: Array(0..<type(of: x).rank))
  }
}

/// Builds the new graph instruction by instruction.
private struct QuantizationRewriter {
  let old: Graph
  let products: [QuantizableProduct]
  let pass: QuantizationPass
  private var builder: GraphBuilder
  /// The values of the old graph in the new one.
  private var new: [ValueID?]
  /// The scales of the weights, by parameter of the old graph.
  private var scales: [Int: ValueID] = [:]
  private var quantized: [InputKey: QuantizedInput] = [:]
  private var weights: [QuantizedGraph.Weight?]

  /// A value, and its scale if that is fixed.
  private struct InputKey: Hashable {
    let input: ValueID
    let scale: Int8Scale?
  }

  /// i8, and the scale if only the device knows it.
  private struct QuantizedInput {
    let value: ValueID
    let scale: ValueID?
  }

  init(old: Graph, products: [QuantizableProduct], pass: QuantizationPass) {
    self.old = old
    self.products = products
    self.pass = pass
    builder = GraphBuilder(name: old.name + "_int8")
    new = [ValueID?](repeating: nil, count: old.instructions.count)
    weights = [QuantizedGraph.Weight?](repeating: nil, count: old.parameters.count)
  }

  mutating func run() throws(GraphError) -> QuantizedGraph {
    try addParameters()
    let byValue = Dictionary(products.map { ($0.product, $0) }) { first, _ in first }
    for value in old.values where new[value.index] == nil {
      builder.scope = old[value].scope
      if let product = byValue[value] {
        new[value.index] = try integerProduct(product)
      } else {
        new[value.index] = try builder.append(
          old[value].operation, operands(of: value), resultType: old[value].type)
      }
    }
    for result in old.results { builder.result(result.name, try known(result.value)) }
    let resident = old.parameters.indices.filter { old.parameters[$0].role == .resident }
    return QuantizedGraph(graph: try builder.build(), weights: resident.map { weights[$0] })
  }

  /// The parameters in their order, each weight followed by its scale.
  private mutating func addParameters() throws(GraphError) {
    var values = [ValueID?](repeating: nil, count: old.parameters.count)
    for value in old.values {
      if case .parameter(let index) = old[value].operation { values[index] = value }
    }
    // A weight belongs to one product: nothing else reads it.
    let byWeight = Dictionary(products.map { ($0.parameter, $0) }) { first, _ in first }
    for (index, parameter) in old.parameters.enumerated() {
      guard let value = values[index] else { continue }
      builder.scope = old[value].scope
      let product = byWeight[index]
      let type = product == nil ? parameter.type : parameter.type.with(dtype: .i8)
      new[value.index] = builder.parameter(parameter.name, type, role: parameter.role)
      guard let product else { continue }
      let channels = pass.weights == .perChannel ? product.channels : []
      scales[index] = builder.parameter(
        parameter.name + ".scale", TensorType(channels.map { parameter.type.shape[$0] }, .f32))
      weights[index] = QuantizedGraph.Weight(
        channels: channels, inputScale: try scale(of: product)?.value)
    }
  }

  /// The scale of the operand beside a weight, if it is fixed.
  private func scale(of product: QuantizableProduct) throws(GraphError) -> Int8Scale? {
    guard case .fixed(let ranges) = pass.activations else { return nil }
    let name = old.parameters[product.parameter].name
    guard let range = ranges[name], range.isFinite, range >= 0 else {
      throw GraphError(
        place: old.name,
        reason: "has no range for what '\(name)' is multiplied with"
          + (ranges[name].map { "; \($0) is none" } ?? ""))
    }
    return Int8Scale(range: range)
  }

  private mutating func integerProduct(
    _ product: QuantizableProduct
  ) throws(GraphError) -> ValueID {
    let instruction = old[product.product]
    let input = try quantizedInput(product)
    var operands = try operands(of: product.product)
    let shape = old.type(of: instruction.operands[1 - product.position]).shape
    operands[1 - product.position] =
      builder.type(of: input.value).shape == shape
      ? input.value : try builder.reshape(input.value, to: shape)
    let sums = try builder.append(
      instruction.operation, operands, resultType: instruction.type.with(dtype: .i32))
    guard var scale = scales[product.parameter] else {
      throw GraphError(place: old.name, reason: "has lost the scale of a weight")
    }
    if let other = input.scale {
      scale = try builder.multiply(scale, builder.broadcastScalar(other, like: scale))
    }
    return try builder.dequantized(
      sums, scale: scale, keeping: pass.weights == .perChannel ? product.resultDimensions : [])
  }

  private mutating func quantizedInput(
    _ product: QuantizableProduct
  ) throws(GraphError) -> QuantizedInput {
    let key = InputKey(input: product.input, scale: try scale(of: product))
    if let done = quantized[key] { return done }
    let x = try known(product.input)
    let result: QuantizedInput
    if let fixed = key.scale {
      let inverse = try builder.scalar(Double(fixed.inverse))
      result = QuantizedInput(
        value: try builder.quantizedToInt8(x, inverse: inverse), scale: nil)
    } else {
      let scale = try builder.int8Scale(of: x)
      result = QuantizedInput(value: try builder.quantizedToInt8(x, scale: scale), scale: scale)
    }
    quantized[key] = result
    return result
  }

  private func operands(of value: ValueID) throws(GraphError) -> [ValueID] {
    var operands: [ValueID] = []
    for operand in old[value].operands { operands.append(try known(operand)) }
    return operands
  }

  private func known(_ value: ValueID) throws(GraphError) -> ValueID {
    if let found = new[value.index] { return found }
    throw GraphError(place: "%\(value.index) of \(old.name)", reason: "is used undefined")
  }
}
