import Datasets
import Foundation
import GraphIR
import Testing

@testable import Training

/// Layers of residual nets and of transformers, against loops that anybody can check.
@Suite("Layers of residual nets and transformers")
struct BlockLayerTests {
  private func expectNear(
    _ found: Literal, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.elements.count == expected.count, sourceLocation: sourceLocation)
    for (a, b) in zip(found.elements, expected) {
      #expect(abs(a - b) <= 1e-5 * max(1, abs(b)), sourceLocation: sourceLocation)
    }
  }

  // Values of x Φ(x) from a table of the normal distribution; the tanh form stays within 1e-3 of it.
  @Test("GELU is close to x times the normal distribution's share below x")
  func gelu() throws {
    let x = Literal(TensorType([5], .f32), [-2, -1, 0, 1, 2])
    let y = try output(GELU(name: "g"), [x])
    for (found, share) in zip(y.elements, [0.02275, 0.15866, 0.5, 0.84134, 0.97725]).enumerated()
      .map({ ($1.0, x[$0] * $1.1) })
    {
      #expect(abs(found - share) < 1e-3)
    }
  }

  @Test("layer norm, position by position")
  func layerNorm() throws {
    var random = TestRandom(seed: 5)
    let x = random.literal([2, 3, 4])
    let (scale, shift) = (random.literal([4]), random.literal([4]))
    var expected: [Double] = []
    for position in 0..<6 {
      let row = (0..<4).map { x[position * 4 + $0] }
      let mean = row.reduce(0, +) / 4
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
      for index in 0..<4 {
        expected.append(
          (row[index] - mean) / (variance + 1e-5).squareRoot() * scale[index] + shift[index])
      }
    }
    expectNear(try output(LayerNorm(name: "n", features: 4), [x, scale, shift]), expected)
  }

  @Test("attention, head by head and position by position", arguments: [false, true])
  func attention(isCausal: Bool) throws {
    let (batch, positions, features, heads) = (2, 3, 4, 2)
    let width = features / heads
    var random = TestRandom(seed: 6)
    let layer = Attention(name: "a", features: features, heads: heads, isCausal: isCausal)
    let x = random.literal([batch, positions, features])
    let weights = layer.parameters.map { random.literal($0.type.shape) }
    func projected(_ weight: Literal, _ b: Int, _ p: Int, _ h: Int, _ d: Int) -> Double {
      (0..<features).reduce(0) {
        $0 + x[(b * positions + p) * features + $1] * weight[($1 * heads + h) * width + d]
      }
    }
    var expected = [Double](repeating: 0, count: batch * positions * features)
    for b in 0..<batch {
      for p in 0..<positions {
        for h in 0..<heads {
          let seen = isCausal ? p + 1 : positions
          let powers = (0..<seen).map { other in
            exp(
              (0..<width).reduce(0) {
                $0 + projected(weights[0], b, p, h, $1) * projected(weights[1], b, other, h, $1)
              } / Double(width).squareRoot())
          }
          let sum = powers.reduce(0, +)
          for d in 0..<width {
            let mixed = (0..<seen).reduce(0) {
              $0 + powers[$1] / sum * projected(weights[2], b, $1, h, d)
            }
            for f in 0..<features {
              expected[(b * positions + p) * features + f] +=
                mixed * weights[3][(h * width + d) * features + f]
            }
          }
        }
      }
    }
    expectNear(try output(layer, [x] + weights), expected)
  }

  @Test("an embedding is the row of its table; what is no token is zeros")
  func embedding() throws {
    let layer = Embedding(name: "e", vocabulary: 3, outputs: 2)
    let table = Literal(TensorType([3, 2], .f32), [1, 2, 3, 4, 5, 6])
    let tokens = Literal(TensorType([2, 1, 2], .f32), [2, 0, 1, 3])
    let result = try output(layer, [tokens, table])
    #expect(result == Literal(TensorType([2, 2, 2], .f32), [5, 6, 1, 2, 3, 4, 0, 0]))
  }

  @Test("global pooling takes all positions of images and of sequences")
  func globalPooling() throws {
    let image = Literal(TensorType([1, 2, 2, 2], .f32), [1, 8, 2, 7, 3, 6, 6, -1])
    #expect(
      try output(GlobalPool(name: "g", kind: .average), [image])
        == Literal(TensorType([1, 2], .f32), [3, 5]))
    let sequence = Literal(TensorType([1, 4, 2], .f32), image.elements)
    #expect(
      try output(GlobalPool(name: "g", kind: .maximum), [sequence])
        == Literal(TensorType([1, 2], .f32), [6, 8]))
  }

  @Test("a residual block adds what went in, or what its shortcut makes of it")
  func residual() throws {
    let double = Dense(name: "d", inputs: 2, outputs: 2, initializer: .zeros)
    let x = Literal(TensorType([1, 2], .f32), [1, -2])
    let weights = [
      Literal(TensorType([2, 2], .f32), [2, 0, 0, 2]), Literal(TensorType([2], .f32), [0, 0]),
    ]
    #expect(
      try output(Residual(name: "r", body: [double]), [x] + weights)
        == Literal(TensorType([1, 2], .f32), [3, -6]))
    let both = Residual(name: "r", body: [double], shortcut: [double])
    #expect(
      try output(both, [x] + weights + weights) == Literal(TensorType([1, 2], .f32), [4, -8]))
  }

  @Test("derivatives equal finite differences")
  func gradients() throws {
    var random = TestRandom(seed: 71)
    try checkGradients(GELU(name: "gelu"), input: random.literal([3, 3]))
    try checkGradients(LayerNorm(name: "norm", features: 4), input: random.literal([2, 2, 4]))
    try checkGradients(
      Attention(name: "attention", features: 4, heads: 2), input: random.literal([1, 3, 4]))
    try checkGradients(
      Attention(name: "causal", features: 2, heads: 1, isCausal: true),
      input: random.literal([2, 3, 2]))
    try checkGradients(
      Embedding(name: "embedding", vocabulary: 3, outputs: 2),
      input: Literal(TensorType([2, 2], .f32), [0, 1, 2, 1]), targets: [1])
    try checkGradients(
      PositionEmbedding(name: "positions", positions: 2, features: 3),
      input: random.literal([2, 2, 3]))
    try checkGradients(
      GlobalPool(name: "average", kind: .average), input: random.literal([2, 2, 2, 2]))
    try checkGradients(
      GlobalPool(name: "maximum", kind: .maximum), input: random.distinct([2, 3, 2]))
    try checkGradients(
      Residual(
        name: "residual",
        body: [
          Dense(name: "a", inputs: 3, outputs: 2, initializer: .zeros),
          Squash(name: "t", function: .tanh),
        ], shortcut: [Dense(name: "b", inputs: 3, outputs: 2, initializer: .zeros)]),
      input: random.literal([2, 3]))
    try checkGradients(
      Dense(name: "positions", inputs: 3, outputs: 2, initializer: .zeros),
      input: random.literal([2, 2, 3]))
  }

  @Test("statistics inside residual blocks reach the model in order, and masks are drawn there")
  func statistics() throws {
    let net = TestModel(
      rows: 2, columns: 2, classes: 2,
      layers: [
        Reshape(name: "channels", shape: [2, 2, 1]),
        Residual(
          name: "r",
          body: [BatchNorm(name: "n1", features: 1), Dropout(name: "d1", probability: 0.5)],
          shortcut: [BatchNorm(name: "n2", features: 1)]),
        Reshape.flatten(name: "flatten"),
        Dense(name: "dense", inputs: 4, outputs: 2, initializer: .zeros),
      ])
    #expect(net.statistics.map(\.name).map { String($0.prefix(2)) } == ["n1", "n1", "n2", "n2"])
    let program = try TrainingProgram(model: net, optimizer: SGD(learningRate: 0.1), batchSize: 4)
    let scopes = Set(program.step.instructions.map(\Instruction.scope))
    #expect(scopes.contains("forward/r/n1") && scopes.contains("backward/r/n2"))
    #expect(
      program.step.instructions.contains {
        $0.operation == .randomBits(stream: 0) && $0.scope == "forward/r/d1"
      })
  }
}
