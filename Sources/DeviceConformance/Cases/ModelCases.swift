internal import GraphIR

extension ConformanceSuite {
  /// Training steps as a whole, written out by hand.
  static func modelCases() throws(GraphError) -> [ConformanceCase] {
    [
      try perceptronCase("small", batch: 3, inputs: 13, hidden: 17, classes: 5),
      try perceptronCase("MNIST", batch: 2, inputs: 784, hidden: 16, classes: 10),
      try adamCase(),
    ]
  }

  /// Forward, softmax cross-entropy, backward, gradient descent in place.
  private static func perceptronCase(
    _ name: String, batch: Int, inputs: Int, hidden: Int, classes: Int
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("training step, \(name) perceptron") { (b) throws(GraphError) in
      let images = b.input([batch, inputs], in: 0...1, role: .infeed)
      let labels = b.input([batch], .i32, in: 0...Double(classes - 1), role: .infeed)
      let scale = 1 / Double(inputs).squareRoot()
      let w1 = b.input([inputs, hidden], in: -scale...scale)
      let b1 = b.input([hidden], in: -scale...scale)
      let w2 = b.input([hidden, classes], in: -0.2...0.2)
      let b2 = b.input([classes], in: -0.2...0.2)
      let before = try dense(&b.graph, images, w1, b1)
      let zero = try b.graph.splat(0, like: before)
      let activation = try b.graph.maximum(before, zero)
      let logits = try dense(&b.graph, activation, w2, b2)
      let delta = try crossEntropyGradient(&b.graph, logits, labels)
      let transposedLeft = DotDimensions(lhsContracting: [0], rhsContracting: [0])
      let transposedRight = DotDimensions(lhsContracting: [1], rhsContracting: [1])
      let w2Gradient = try b.graph.dotGeneral(activation, delta, transposedLeft)
      let back = try b.graph.dotGeneral(delta, w2, transposedRight)
      let masked = try b.graph.select(b.graph.compare(.gt, before, zero), back, zero)
      let w1Gradient = try b.graph.dotGeneral(images, masked, transposedLeft)
      let gradients = [
        (w1, w1Gradient), (b1, try b.graph.reduce(.add, masked, dimensions: [0])),
        (w2, w2Gradient), (b2, try b.graph.reduce(.add, delta, dimensions: [0])),
      ]
      for (parameter, gradient) in gradients {
        let step = try b.graph.multiply(gradient, b.graph.splat(0.01, like: gradient))
        b.result(try b.graph.subtract(parameter, step), donating: parameter)
      }
      b.result(logits)
    }
  }

  private static func dense(
    _ b: inout GraphBuilder, _ x: ValueID, _ weights: ValueID, _ bias: ValueID
  ) throws(GraphError) -> ValueID {
    let product = try b.dotGeneral(x, weights)
    return try b.add(product, b.broadcast(bias, to: b.type(of: product).shape, dimensions: [1]))
  }

  /// `(softmax(logits) − one_hot(labels)) / batch`
  private static func crossEntropyGradient(
    _ b: inout GraphBuilder, _ logits: ValueID, _ labels: ValueID
  ) throws(GraphError) -> ValueID {
    let shape = b.type(of: logits).shape
    let classes = try b.iota(TensorType(shape, .i32), dimension: 1)
    let spread = try b.broadcast(labels, to: shape, dimensions: [0])
    let oneHot = try b.convert(b.compare(.eq, classes, spread), to: .f32)
    let difference = try b.subtract(softmax(&b, logits), oneHot)
    return try b.multiply(difference, b.splat(1 / Double(shape[0]), like: difference))
  }

  /// One step of Adam with its three states updated in place.
  ///
  /// - Source: Kingma and Ba, "Adam", ICLR 2015, algorithm 1.
  private static func adamCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("Adam step") { (b) throws(GraphError) in
      let gradient = b.input([131])
      let weights = b.input([131])
      let mean = b.input([131])
      let variance = b.input([131], in: 0...2)
      let newMean = try blend(&b.graph, mean, gradient, 0.9)
      let square = try b.graph.multiply(gradient, gradient)
      let newVariance = try blend(&b.graph, variance, square, 0.999)
      let root = try b.graph.unary(.sqrt, newVariance)
      let divisor = try b.graph.add(root, b.graph.splat(1e-8, like: root))
      let step = try b.graph.multiply(
        b.graph.divide(newMean, divisor), b.graph.splat(0.001, like: newMean))
      b.result(try b.graph.subtract(weights, step), donating: weights)
      b.result(newMean, donating: mean)
      b.result(newVariance, donating: variance)
    }
  }

  /// `decay · old + (1 − decay) · new`
  private static func blend(
    _ b: inout GraphBuilder, _ old: ValueID, _ new: ValueID, _ decay: Double
  ) throws(GraphError) -> ValueID {
    let kept = try b.multiply(old, b.splat(decay, like: old))
    return try b.add(kept, b.multiply(new, b.splat(1 - decay, like: new)))
  }
}
