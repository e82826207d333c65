import Datasets
import DeviceAPI
import GraphIR
import GraphPasses
import TestSupport
import Testing

@testable import Training

@Suite("Quantization-aware training")
struct QuantizationAwareTests {
  static func program(_ optimizer: any Optimizer = SGD(learningRate: 1)) throws -> TrainingProgram {
    try TrainingProgram(
      model: Fixtures.model, optimizer: optimizer, batchSize: 4, evaluationBatchSize: 4,
      quantizeAware: true)
  }

  /// Images and labels of a batch of four.
  static let batch: [Literal] = {
    let data = Fixtures.corners(count: 4, seed: 5)
    return [
      Literal(TensorType([4, 3, 3], .ui8), data.images.map(Double.init)),
      Literal(TensorType([4], .i32), data.labels.map(Double.init)),
    ]
  }()

  /// The 9-5-4 network by hand: products in integers, everything else in `Double`.
  struct ByHand {
    let reference = Int8Reference(isPerChannel: true)
    let x: [Float]
    let labels: [Int]
    let state: [[Float]]
    let ranges: [Float]

    /// - Parameter ranges: of images and hidden values.
    init(state: [Literal], ranges: [Float]) {
      x = QuantizationAwareTests.batch[0].elements.map { Float($0) * Float(1.0 / 255) }
      labels = QuantizationAwareTests.batch[1].elements.map { Int($0) }
      self.state = state.map { $0.elements.map { Float($0) } }
      self.ranges = ranges
    }

    var hidden: [Float] {
      let sum = reference.dense(x, rows: 4, weight: state[0], outputs: 5, range: ranges[0])
      return sum.values.enumerated().map { $1 + state[1][$0 % 5] }
    }

    var active: [Float] { hidden.map { max($0, 0) } }

    var logits: [Float] {
      let sum = reference.dense(active, rows: 4, weight: state[2], outputs: 4, range: ranges[1])
      return sum.values.enumerated().map { $1 + state[3][$0 % 4] }
    }

    /// By weights and biases in order, with quantization as the identity and nothing from values
    /// beyond their range.
    var gradients: [[Double]] {
      let logits = logits.map(Double.init)
      var byLogit = [Double](repeating: 0, count: 16)
      for row in 0..<4 {
        let exponentials = (0..<4).map { exponential(logits[4 * row + $0]) }
        let total = exponentials.reduce(0, +)
        for column in 0..<4 {
          let target = labels[row] == column ? 1.0 : 0
          byLogit[4 * row + column] = (exponentials[column] / total - target) / 4
        }
      }
      let second = dequantizedWeight(state[2], outputs: 4)
      var byHidden = [Double](repeating: 0, count: 20)
      for row in 0..<4 {
        for k in 0..<5 where hidden[5 * row + k] > 0 && active[5 * row + k] <= ranges[1] {
          byHidden[5 * row + k] = (0..<4).reduce(0) {
            $0 + byLogit[4 * row + $1] * second[4 * k + $1]
          }
        }
      }
      return [
        transposedProduct(dequantized(x, ranges[0]), 9, byHidden, 5), columnSums(byHidden, 5),
        transposedProduct(dequantized(active, ranges[1]), 5, byLogit, 4), columnSums(byLogit, 4),
      ]
    }

    private func exponential(_ x: Double) -> Double {
      // A series and squarings, so that nothing is shared with the evaluator.
      var (term, sum) = (1.0, 1.0)
      for n in 1...20 {
        term *= x / 1024 / Double(n)
        sum += term
      }
      for _ in 0..<10 { sum *= sum }
      return sum
    }

    private func dequantized(_ x: [Float], _ range: Float) -> [Double] {
      let (values, scale) = reference.quantized(x, range: range)
      return values.map { Double($0) * Double(scale) }
    }

    private func dequantizedWeight(_ weight: [Float], outputs: Int) -> [Double] {
      let (values, scales) = reference.quantizedWeight(weight, outputs: outputs)
      return values.enumerated().map { Double($1) * Double(scales[$0 % outputs]) }
    }

    private func transposedProduct(
      _ a: [Double], _ width: Int, _ b: [Double], _ outputs: Int
    ) -> [Double] {
      var product = [Double](repeating: 0, count: width * outputs)
      for row in 0..<4 {
        for k in 0..<width {
          for column in 0..<outputs {
            product[k * outputs + column] += a[width * row + k] * b[outputs * row + column]
          }
        }
      }
      return product
    }

    private func columnSums(_ x: [Double], _ width: Int) -> [Double] {
      (0..<width).map { column in (0..<4).reduce(0) { $0 + x[width * $1 + column] } }
    }
  }

  @Test("the state has a range for each product; evaluation has it too")
  func state() throws {
    let program = try Self.program(Adam())
    let names = program.state.prefix(6).map(\.name)
    #expect(
      names == [
        "dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias",
        "dense1.weight.inputRange", "dense2.weight.inputRange",
      ])
    #expect(program.layout.model.count == 6)
    #expect(program.layout.parameters.count == 4)
    #expect(program.evaluation.parameters.map(\.name) == names + ["images", "labels"])
    #expect(try Fixtures.program().state.allSatisfy { !$0.name.hasSuffix("inputRange") })
  }

  /// A state with other ranges: of the hidden values so small that some lie beyond.
  private static func start(
    _ program: TrainingProgram, ranges: [Float]
  ) -> [Literal] {
    var generator = SeededGenerator(seed: 3)
    var state = program.initialState(using: &generator)
    for (index, range) in ranges.enumerated() {
      state[4 + index] = Literal(.scalar(.f32), splat: Double(range))
    }
    return state
  }

  @Test(
    "a step moves each parameter by its straight-through gradient, and each range towards the batch",
    arguments: [[Float(0), 0], [0.5, 0.25], [1, 5]])
  func gradients(ranges: [Float]) throws {
    let program = try Self.program()
    let state = Self.start(program, ranges: ranges)
    let results = try ReferenceEvaluator.evaluate(program.step, state + Self.batch)
    // The greatest values are those of the layer's input, which for the second depend on the first.
    var new = ranges
    for index in 0..<2 {
      let byHand = ByHand(state: state, ranges: new)
      let greatest = (index == 0 ? byHand.x : byHand.active).max() ?? 0
      new[index] = ranges[index] == 0 ? greatest : 0.99 * ranges[index] + 0.01 * greatest
      #expect(abs(Float(results[4 + index][0]) - new[index]) < 1e-6)
      // From here on with the very same bits.
      new[index] = Float(results[4 + index][0])
    }
    let byHand = ByHand(state: state, ranges: new)
    if ranges[1] == 0.25 {
      #expect(byHand.active.contains { $0 > new[1] })
    }
    for (index, gradient) in byHand.gradients.enumerated() {
      #expect(gradient.contains { $0 != 0 })
      for place in gradient.indices {
        let moved = state[index][place] - results[index][place]
        #expect(abs(moved - gradient[place]) < 1e-5, "parameter \(index)[\(place)]")
      }
    }
  }

  @Test("evaluation computes what integers compute, with the ranges of the state")
  func evaluation() throws {
    let program = try Self.program()
    let state = Self.start(program, ranges: [1, 0.75])
    let results = try ReferenceEvaluator.evaluate(
      program.evaluation, state.prefix(6) + Self.batch)
    let byHand = ByHand(state: state, ranges: [1, 0.75])
    let correct = (0..<4).filter { row in
      let logits = byHand.logits[4 * row..<4 * row + 4]
      return logits.firstIndex(of: logits.max() ?? 0) == 4 * row + byHand.labels[row]
    }
    #expect(results[0][0] == Double(correct.count))
  }

  @Test("a constant that is rounded passes its derivative straight through")
  func straightThrough() throws {
    var b = GraphBuilder(name: "floor")
    let x = b.parameter("x", TensorType([3], .f32))
    let whole = try b.unary(.floor, b.multiply(x, x))
    let loss = try b.reduce(.add, b.multiply(whole, whole), dimensions: [0])
    let source = b.graph[whole].operands[0]
    let plain = try Training.gradients(of: loss, withRespectTo: [x], in: &b)
    let through = try Training.gradients(
      of: loss, withRespectTo: [x], straightThrough: [whole: source], in: &b)
    b.result("plain", plain[0])
    b.result("through", through[0])
    let results = try ReferenceEvaluator.evaluate(
      b.build(), [Literal(TensorType([3], .f32), [1.5, -2, 0.5])])
    #expect(results[0].elements == [0, 0, 0])
    // 2 floor(x²) · 2 x: 4 · 3, 8 · -4, 0 · 1.
    #expect(results[1].elements == [12, -32, 0])
  }

  @Test("it learns, and its checkpoint continues bit for bit and holds the ranges")
  func resumes() throws {
    let whole = try Fixtures.loop(Self.program(Adam(learningRate: 0.02)), epochs: 8)
    let summary = try whole.run()
    let losses = summary.epochs.map(\.trainLoss)
    #expect(try #require(losses.last) < 0.7 * losses[0])
    let part = try Fixtures.loop(Self.program(Adam(learningRate: 0.02)), epochs: 3)
    _ = try part.run()
    let rest = try Fixtures.loop(
      Self.program(Adam(learningRate: 0.02)), epochs: 8, resuming: part.checkpoint())
    _ = try rest.run()
    #expect(try rest.checkpoint().tensors == whole.checkpoint().tensors)
    let trained = try TrainedModel(whole.checkpoint(), model: Fixtures.model)
    let ranges = try #require(trained.ranges)
    #expect(Set(ranges.keys) == ["dense1.weight", "dense2.weight"])
    #expect(ranges.values.allSatisfy { $0 > 0 })
    #expect(try TrainedModel(Fixtures.loop().checkpoint(), model: Fixtures.model).ranges == nil)
  }

  @Test("the model that it trains is the one that int8 runs")
  func int8() throws {
    let loop = try Fixtures.loop(Self.program(Adam(learningRate: 0.02)), epochs: 6)
    let metrics = try #require(try loop.run().epochs.last).evaluation
    let trained = try TrainedModel(loop.checkpoint(), model: Fixtures.model)
    let graph = try TrainingProgram.evaluationGraph(trained.model, batchSize: 4)
    let quantized = try QuantizationPass(.fixed(#require(trained.ranges))).run(graph)
    let evaluator = try Evaluator(
      quantized.graph, state: quantized.state(trained.state), device: EvaluatorDevice(),
      options: CompileOptions())
    let int8 = try evaluator.run(over: loop.testData) { 0 }
    #expect(int8.correct == metrics.correct)
    #expect(abs(int8.loss - metrics.loss) < 1e-5)
  }
}
