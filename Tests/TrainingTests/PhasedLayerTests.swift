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

  @Test("dropout scales what its mask keeps in training, and does nothing in evaluation")
  func dropout() throws {
    let layer = Dropout(name: "drop", probability: 0.75)
    let type = TensorType([2, 2], .f32)
    var builder = GraphBuilder(name: "dropout")
    let x = builder.parameter("x", type)
    var training = LayerContext(phase: .training, parameters: [])
    let y = try layer.output(of: x, &training, in: &builder)
    var evaluation = LayerContext(phase: .evaluation, parameters: [])
    #expect(try layer.output(of: x, &evaluation, in: &builder) == x)
    #expect(evaluation.masks.isEmpty)
    #expect(
      training.masks == [
        DropoutMask(name: "drop.mask", type: TensorType([2, 2], .ui8), dropProbability: 0.75)
      ])
    let loss = try builder.reduce(.add, y, dimensions: [0, 1])
    let slope = try Training.gradients(of: loss, withRespectTo: [x], in: &builder)[0]
    builder.result("y", y)
    builder.result("dx", slope)
    let results = try ReferenceEvaluator.evaluate(
      builder.build(),
      [Literal(type, [1, 2, 3, 4]), Literal(TensorType([2, 2], .ui8), [1, 0, 0, 1])])
    #expect(results[0].elements == [4, 0, 0, 16])
    #expect(results[1].elements == [4, 0, 0, 4])
  }

  @Test("masks depend on seed, layer and step, and drop the share that was asked for")
  func masks() {
    func mask(_ seed: UInt64, _ stream: UInt64, _ step: UInt64, count: Int = 4001) -> [UInt8] {
      var bytes = [UInt8](repeating: 9, count: count)
      bytes.withUnsafeMutableBytes {
        MaskGenerator(seed: seed, stream: stream, step: step).fill($0, dropProbability: 0.3)
      }
      return bytes
    }
    let first = mask(1, 0, 0)
    #expect(first == mask(1, 0, 0))
    #expect(first != mask(2, 0, 0) && first != mask(1, 1, 0) && first != mask(1, 0, 1))
    #expect(Set(first) == [0, 1])
    // 4001 draws of probability 0.3: deviation sqrt(0.21 / 4001) = 0.0072.
    let share = Double(first.count { $0 == 0 }) / 4001
    #expect(abs(share - 0.3) < 3 * 0.0073)
    // Neighbouring steps agree as often as independent draws: 0.3² + 0.7² = 0.58.
    let agreement = Double(zip(first, mask(1, 0, 1)).count { $0 == $1 }) / 4001
    #expect(abs(agreement - 0.58) < 3 * 0.0079)
  }
}
