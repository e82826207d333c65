import Datasets
import GraphIR
import Testing

@testable import Training

@Suite("Layers")
struct LayerTests {
  @Test("dense is x W + b")
  func dense() throws {
    let layer = Dense(name: "d", inputs: 2, outputs: 3, initializer: .zeros)
    // [1, 2] · [[1, 2, 3], [4, 5, 6]] + [10, 20, 30] = [1 + 8, 2 + 10, 3 + 12] + …
    let result = try output(
      layer,
      [
        Literal(TensorType([1, 2], .f32), [1, 2]),
        Literal(TensorType([2, 3], .f32), [1, 2, 3, 4, 5, 6]),
        Literal(TensorType([3], .f32), [10, 20, 30]),
      ])
    #expect(result == Literal(TensorType([1, 3], .f32), [19, 32, 45]))
    #expect(layer.parameters.map(\.name) == ["d.weight", "d.bias"])
  }

  @Test("derivatives of dense, convolution and pooling equal finite differences")
  func gradients() throws {
    var random = TestRandom(seed: 71)
    try checkGradients(
      Dense(name: "dense", inputs: 3, outputs: 2, initializer: .zeros),
      input: random.literal([4, 3]))
    try checkGradients(
      Conv2D(name: "same", inputs: 2, outputs: 3, kernelSize: 3, padding: .same),
      input: random.literal([1, 4, 3, 2]))
    try checkGradients(
      Conv2D(name: "valid", inputs: 1, outputs: 2, kernelSize: 2, stride: 2),
      input: random.literal([2, 4, 5, 1]))
    try checkGradients(
      Pool2D(name: "maximum", kind: .maximum, size: 2), input: random.distinct([2, 4, 4, 1]))
    try checkGradients(
      Pool2D(name: "average", kind: .average, size: 2, stride: 1),
      input: random.literal([1, 3, 3, 2]))
    try checkGradients(Reshape.flatten(name: "flatten"), input: random.literal([2, 3, 2]))
    try checkGradients(Squash(name: "tanh", function: .tanh), input: random.literal([3, 3]))
    try checkGradients(Squash(name: "sigmoid", function: .logistic), input: random.literal([3, 3]))
    try checkGradients(ReLU(name: "relu"), input: random.distinct([3, 3]))
  }

  @Test("derivatives of a small convolutional net equal finite differences")
  func convolutionalNet() throws {
    let layers: [any Layer] = [
      Reshape(name: "channels", shape: [5, 5, 1]),
      Conv2D(name: "conv1", inputs: 1, outputs: 2, kernelSize: 2), ReLU(name: "conv1"),
      Pool2D(name: "pool1", kind: .maximum, size: 2), Reshape.flatten(name: "flatten"),
      Dense(name: "dense1", inputs: 8, outputs: 3, initializer: .zeros),
    ]
    let net = TestModel(rows: 5, columns: 5, classes: 3, layers: layers)
    var random = TestRandom(seed: 72)
    let parameters = net.parameters.map { random.literal($0.type.shape) }
    let images = random.literal([2, 5, 5], 0...1)
    try GradientCheck([images] + parameters, targets: Array(1...4)) {
      (builder, p) throws(GraphError) in
      try net.output(
        of: p[0], parameters: Array(p.dropFirst()), phase: .training, in: &builder
      ).logits
    }.run("net", h: 0x1p-10)  // small enough to cross no kink of this net
  }

  @Test("same padding keeps the size, valid padding the inside")
  func convolutionSizes() throws {
    for (padding, expected) in [
      (Conv2D.Padding.same, [1, 5, 6, 2]), (.valid, [1, 2, 3, 2]),
    ] {
      let layer = Conv2D(name: "c", inputs: 1, outputs: 2, kernelSize: 4, padding: padding)
      let result = try output(
        layer,
        [Literal(TensorType([1, 5, 6, 1], .f32), splat: 1)]
          + layer.parameters.map { Literal($0.type, splat: 1) })
      #expect(result.type.shape == expected)
      // Well inside 16 ones and the bias; at the corner of `same` 3 x 3 of them.
      #expect(result.elements.max() == 17)
      #expect(result[0] == (padding == .same ? 10 : 17))
    }
  }

  @Test("pooling takes the greatest and the mean of each window")
  func pooling() throws {
    let image = Literal(TensorType([1, 2, 4, 1], .f32), [1, 2, 5, 0, 4, 3, -1, 0])
    let greatest = try output(Pool2D(name: "p", kind: .maximum, size: 2), [image])
    #expect(greatest == Literal(TensorType([1, 1, 2, 1], .f32), [4, 5]))
    let mean = try output(Pool2D(name: "p", kind: .average, size: 2), [image])
    #expect(mean == Literal(TensorType([1, 1, 2, 1], .f32), [2.5, 1]))
  }

  @Test("the derivative of ReLU is 0 at 0 and below, 1 above")
  func reluAtZero() throws {
    var builder = GraphBuilder(name: "relu")
    let x = builder.parameter("x", TensorType([3], .f32))
    let y = try ReLU(name: "r").output(of: x, parameters: [], in: &builder)
    let loss = try builder.reduce(.add, y, dimensions: [0])
    let derivative = try Training.gradients(of: loss, withRespectTo: [x], in: &builder)
    builder.result("dx", derivative[0])
    let values = try ReferenceEvaluator.evaluate(
      builder.build(), [Literal(TensorType([3], .f32), [-1, 0, 1])])
    #expect(values[0].elements == [0, 0, 1])
  }

  @Test("pixels 0...255 become 0...1 by two elementwise operations")
  func pixels() throws {
    var builder = GraphBuilder(name: "pixels")
    let x = builder.parameter("x", TensorType([3], .ui8), role: .infeed)
    builder.result("y", try builder.scaledPixels(x))
    let graph = try builder.build()
    let values = try ReferenceEvaluator.evaluate(
      graph, [Literal(TensorType([3], .ui8), [0, 51, 255])])
    // 255 · f32(1/255) rounds to 1; 51 times it to the f32 above f32(0.2).
    #expect(
      values[0].elements.map(Float.init) == [0, Float(0.2).nextUp, 1])
    #expect(
      graph.instructions.filter { $0.operation.isElementwise }.map(\.operation.name)
        == ["convert", "multiply"])
  }

  @Test("He-normal and Glorot-uniform weights have the published spread")
  func initializers() {
    var generator = SeededGenerator(seed: 5)
    let type = TensorType([100, 100], .f32)
    // Sample deviation of 10,000 draws: within 3 / sqrt(2 · 10,000) = 2.1 % at three sigma.
    let normal = Initializer.heNormal(fanIn: 50).literal(type, using: &generator).elements
    let variance = normal.reduce(0) { $0 + $1 * $1 } / 10_000
    #expect(abs(variance.squareRoot() / 0.2 - 1) < 0.022)  // sqrt(2/50) = 0.2
    // Uniform in ±a has deviation a / sqrt 3 and never leaves.
    let uniform = Initializer.glorotUniform(fanIn: 100, fanOut: 50).literal(
      type, using: &generator
    ).elements
    #expect(uniform.allSatisfy { abs($0) <= 0.2 })  // sqrt(6/150) = 0.2
    let (least, greatest) = (uniform.min() ?? 0, uniform.max() ?? 0)
    #expect(greatest > 0.199)
    #expect(least < -0.199)
    let mean = uniform.reduce(0, +) / 10_000
    #expect(abs(mean) < 3 * 0.00116)  // 0.2 / sqrt 3 / sqrt(10,000), three sigma
    #expect(Initializer.zeros.literal(type, using: &generator).splat == 0)
  }
}

/// A model of given layers.
struct TestModel: Model {
  var name: String { "test" }
  var summary: String { "test" }
  let rows: Int
  let columns: Int
  let classes: Int
  let layers: [any Layer]
}
