import Datasets
import GraphIR
import Testing

@testable import Training

@Suite("Layers that differ in training and evaluation")
struct PhasedLayerTests {
  @Test("derivatives of batch normalisation equal finite differences")
  func batchNormGradients() throws {
    for shape in [[3, 2, 2, 2], [5, 2]] {
      let layer = BatchNorm(name: "norm", features: 2)
      var random = TestRandom(seed: 80)
      let inputs = [
        random.distinct(shape), random.literal([2], 0.5...1.5), random.literal([2]),
      ]
      try GradientCheck(inputs) { (builder, p) throws(GraphError) in
        let statistics = [try builder.splat(0, like: p[1]), try builder.splat(1, like: p[1])]
        var context = LayerContext(
          phase: .training, parameters: Array(p[1...]), statistics: statistics)
        return try layer.output(of: p[0], &context, in: &builder)
      }.run("batch norm \(shape)")
    }
  }

  /// Values of the output and the new statistics.
  private func batchNorm(
    _ phase: LayerContext.Phase, _ x: Literal, mean: Double, variance: Double
  ) throws -> [Literal] {
    let layer = BatchNorm(name: "norm", features: 1)
    let one = TensorType([1], .f32)
    var builder = GraphBuilder(name: "norm")
    let input = builder.parameter("x", x.type)
    let rest = ["scale", "shift", "mean", "variance"].map { builder.parameter($0, one) }
    var context = LayerContext(
      phase: phase, parameters: Array(rest[..<2]), statistics: Array(rest[2...]))
    builder.result("y", try layer.output(of: input, &context, in: &builder))
    for (index, value) in context.statistics.enumerated() { builder.result("\(index)", value) }
    return try ReferenceEvaluator.evaluate(
      builder.build(),
      [x] + [2, 0.5, mean, variance].map { Literal(one, splat: $0) })
  }

  @Test("training normalises by the batch and moves the running averages a tenth of the way")
  func batchNormTraining() throws {
    // Mean 3, variance 4 (unbiased 16/3): y = (x - 3) / sqrt(4 + 1e-5) · 2 + 0.5.
    let x = Literal(TensorType([4, 1], .f32), [1, 1, 5, 5])
    let results = try batchNorm(.training, x, mean: 1, variance: 2)
    let scale = 2 / (4 + 1e-5).squareRoot()
    for (value, element) in zip(results[0].elements, x.elements) {
      #expect(abs(value - ((element - 3) * scale + 0.5)) < 1e-5)
    }
    #expect(abs(results[1][0] - 1.2) < 1e-6)  // 0.9 · 1 + 0.1 · 3
    #expect(abs(results[2][0] - (1.8 + 1.6 / 3)) < 1e-6)  // 0.9 · 2 + 0.1 · 16/3
  }

  @Test("evaluation normalises by the running averages and leaves them alone")
  func batchNormEvaluation() throws {
    let x = Literal(TensorType([2, 1], .f32), [1, 5])
    let results = try batchNorm(.evaluation, x, mean: 1, variance: 4)
    #expect(abs(results[0][0] - 0.5) < 1e-6)
    #expect(abs(results[0][1] - 4.5) < 1e-4)
    #expect(results[1][0] == 1)
    #expect(results[2][0] == 4)
  }

  /// One dropout layer: `y`, and the gradient of its sum.
  private func dropout(
    _ layer: Dropout, _ x: Literal, key: [Double], stream: Int = 0
  ) throws -> [Literal] {
    var builder = GraphBuilder(name: "dropout")
    let input = builder.parameter("x", x.type)
    let keyType = TensorType([2], .i32)
    let own = builder.parameter("key", keyType)
    var training = LayerContext(phase: .training, parameters: [], key: own, stream: stream)
    let y = try layer.output(of: input, &training, in: &builder)
    var evaluation = LayerContext(phase: .evaluation, parameters: [])
    #expect(try layer.output(of: input, &evaluation, in: &builder) == input)
    let loss = try builder.reduce(.add, y, dimensions: Array(0..<x.type.rank))
    builder.result("y", y)
    builder.result(
      "dx", try Training.gradients(of: loss, withRespectTo: [input], in: &builder)[0])
    return try ReferenceEvaluator.evaluate(builder.build(), [x, Literal(keyType, key)])
  }

  @Test("dropout drops what has few bits and scales the rest, in values and gradients alike")
  func dropout() throws {
    let x = Literal(TensorType([64], .f32), (1...64).map(Double.init))
    let results = try dropout(Dropout(name: "drop", probability: 0.75), x, key: [7, 1], stream: 2)
    var drawing = GraphBuilder(name: "bits")
    let key = try drawing.constant(Literal(TensorType([2], .i32), [7, 1]))
    drawing.result("bits", try drawing.randomBits(TensorType([64], .i32), key: key, stream: 2))
    let bits = try ReferenceEvaluator.evaluate(drawing.build(), [])[0].elements
    // A quarter of all words, as unsigned numbers from the signed least on, is kept.
    let isKept = bits.map { $0 + 0x1p31 >= 0.75 * 0x1p32 }
    #expect(isKept.contains(true) && isKept.contains(false))
    #expect(results[0].elements == (0..<64).map { isKept[$0] ? 4 * Double($0 + 1) : 0 })
    #expect(results[1].elements == isKept.map { $0 ? 4 : 0 })
  }

  @Test("masks depend on key, layer and step, and drop the share that was asked for")
  func masks() throws {
    let ones = Literal(TensorType([4001], .f32), splat: 1)
    func mask(_ seed: Double, _ stream: Int, _ step: Double) throws -> [Bool] {
      let layer = Dropout(name: "drop", probability: 0.3)
      return try dropout(layer, ones, key: [seed, step], stream: stream)[0].elements.map { $0 > 0 }
    }
    let first = try mask(1, 0, 0)
    let others = try [mask(2, 0, 0), mask(1, 1, 0), mask(1, 0, 1)]
    #expect(others.allSatisfy { $0 != first })
    // 4001 draws of probability 0.3: deviation sqrt(0.21 / 4001) = 0.0072.
    let share = Double(first.count { !$0 }) / 4001
    #expect(abs(share - 0.3) < 3 * 0.0073)
    // Independent draws agree in 0.3² + 0.7² = 0.58 of the places.
    for other in others {
      let agreement = Double(zip(first, other).count { $0 == $1 }) / 4001
      #expect(abs(agreement - 0.58) < 3 * 0.0079)
    }
  }

  @Test("each dropout layer of a model has a stream of its own, and the key counts steps")
  func streams() throws {
    let block = Residual(
      name: "block", body: [Dropout(name: "d1", probability: 0.5)],
      shortcut: [Dropout(name: "d2", probability: 0.5)])
    let net = TestModel(
      rows: 2, columns: 2, classes: 2,
      layers: [
        Reshape.flatten(name: "flatten"), Dropout(name: "off", probability: 0), block,
        Dropout(name: "d3", probability: 0.5),
        Dense(name: "dense", inputs: 4, outputs: 2, initializer: .zeros),
      ])
    let program = try TrainingProgram(model: net, optimizer: SGD(learningRate: 0.1), batchSize: 4)
    let streams: [Int] = program.step.instructions.compactMap {
      if case .randomBits(let stream) = $0.operation { stream } else { nil }
    }
    #expect(streams == [0, 1, 2])
    #expect(!program.evaluation.instructions.contains { $0.operation.kind == .bits })
    let key = try #require(program.step.results.firstIndex { $0.name == "dropout.key" })
    var generator = SeededGenerator(seed: 3)
    var state = program.initialState(using: &generator)
    let drawn = state[key][0]
    for step in 1...2 {
      let batch = [
        Literal(TensorType([4, 2, 2], .ui8), splat: 9), Literal(TensorType([4], .i32), splat: 1),
      ]
      state = Array(
        try ReferenceEvaluator.evaluate(program.step, state + batch).prefix(state.count))
      #expect(state[key].elements == [drawn, Double(step)])
    }
  }
}
