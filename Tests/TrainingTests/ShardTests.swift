import Units
import Datasets
import GraphIR
import Testing

@testable import Training

@Suite("Batches in shards")
struct ShardTests {
  private let model = TestModel(
    rows: 2, columns: 2, classes: 3,
    layers: [
      Reshape(name: "channels", shape: [2, 2, 1]), BatchNorm(name: "norm", features: 1),
      Reshape.flatten(name: "flatten"),
      Dense(
        name: "hidden", inputs: 4, outputs: 5, initializer: .glorotUniform(fanIn: 4, fanOut: 5)),
      Dense(name: "out", inputs: 5, outputs: 3, initializer: .glorotUniform(fanIn: 5, fanOut: 3)),
    ])

  private func program(
    batchSize: Int, shards: Int, precision: PrecisionSettings = .fp32
  ) throws -> TrainingProgram {
    // Its velocity after the first step is the gradient itself.
    try TrainingProgram(
      model: model, optimizer: Momentum(learningRate: 0.1), batchSize: batchSize,
      precision: precision, shards: shards)
  }

  private func images(_ count: Int) -> [Literal] {
    var random = SplitMix64(seed: 5)
    let pixels = (0..<4 * count).map { _ in Double(random.next() % 256) }
    return [
      Literal(TensorType([count, 2, 2], .ui8), pixels),
      Literal(TensorType([count], .i32), (0..<count).map { Double($0 * 7 % 3) }),
    ]
  }

  /// Neighbours first, in binary32.
  private func tree(_ values: [Float]) -> Float {
    if values.count == 1 { return values[0] }
    return tree(stride(from: 0, to: values.count, by: 2).map { values[$0] + values[$0 + 1] })
  }

  @Test(
    "a step in shards is that of each shard alone, put together in a tree, bit for bit",
    arguments: [2, 4])
  func together(shards: Int) throws {
    let size = 4
    let whole = try program(batchSize: size * shards, shards: shards)
    let alone = try program(batchSize: size, shards: 1)
    var generator = SeededGenerator(seed: 1)
    let state = whole.initialState(using: &generator)
    let batch = images(size * shards)
    let results = try ReferenceEvaluator.evaluate(whole.step, state + batch)
    let parts = try (0..<shards).map { shard in
      let (pixels, labels) = (batch[0].elements, batch[1].elements)
      return try ReferenceEvaluator.evaluate(
        alone.step,
        state + [
          Literal(
            TensorType([size, 2, 2], .ui8),
            Array(pixels[4 * size * shard..<4 * size * (shard + 1)])),
          Literal(
            TensorType([size], .i32), Array(labels[size * shard..<size * (shard + 1)])),
        ])
    }
    // Shares of powers of two are exact, so that it does not matter where they are taken.
    func expected(_ result: Int) -> [Double] {
      (0..<results[result].type.elementCount).map { place in
        Double(tree(parts.map { Float($0[result][place]) }) / Float(shards))
      }
    }
    for result in whole.layout.statistics { #expect(results[result].elements == expected(result)) }
    for result in whole.layout.slots { #expect(results[result].elements == expected(result)) }
    #expect(results[state.count].elements == expected(state.count))
    #expect(parts[0][state.count] != parts[1][state.count])
  }

  @Test("every value of a sharded step is computed within its shard's scope")
  func scopes() throws {
    let scopes = try program(batchSize: 8, shards: 2).step.instructions.map(\Instruction.scope)
    for scope in ["forward", "backward"] {
      for shard in 0..<2 { #expect(scopes.contains("\(scope)/shard\(shard)/hidden")) }
    }
    #expect(!scopes.contains("forward/hidden"))
    let one = try program(batchSize: 8, shards: 1).step.instructions.map(\Instruction.scope)
    #expect(!one.contains { $0.contains("shard") })
  }

  @Test(
    "an overflow in one shard skips the whole step",
    arguments: [false, true])
  func overflow(overflows: Bool) throws {
    let settings = PrecisionSettings(
      .mixedFP16, lossScaling: LossScaling(start: overflows ? 0x1p40 : 1024))
    let whole = try program(batchSize: 8, shards: 2, precision: settings)
    var generator = SeededGenerator(seed: 1)
    let state = whole.initialState(using: &generator)
    let results = try ReferenceEvaluator.evaluate(whole.step, state + images(8))
    let isKept = whole.layout.parameters.allSatisfy { results[$0] == state[$0] }
    #expect(isKept == overflows)
  }

  @Test(
    "a batch is cut in a power of two of equal parts only",
    arguments: [(8, 0), (8, 3), (6, 4), (8, 16)])
  func refused(batchSize: Int, shards: Int) {
    #expect(throws: TrainingError.self) { try program(batchSize: batchSize, shards: shards) }
  }

  @Test("quantization-aware training takes one shard")
  func quantizationAware() {
    #expect(throws: TrainingError.self) {
      try TrainingProgram(
        model: model, optimizer: SGD(learningRate: 0.1), batchSize: 8, quantizeAware: true,
        shards: 2)
    }
  }
}
