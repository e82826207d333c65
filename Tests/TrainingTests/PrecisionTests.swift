import CPUDevice
import GraphIR
import TestSupport
import Testing

@testable import Training

@Suite("Precision of a training program")
struct PrecisionTests {
  static let settings = [
    PrecisionSettings(.fp32), PrecisionSettings(.bf16),
    PrecisionSettings(.bf16, usesStochasticRounding: true), PrecisionSettings(.mixedBF16),
    PrecisionSettings(.mixedFP16),
  ]

  static func program(
    _ precision: PrecisionSettings, _ optimizer: any Optimizer = Adam(learningRate: 0.02)
  ) throws -> TrainingProgram {
    try TrainingProgram(
      model: Fixtures.model, optimizer: optimizer, batchSize: 4, evaluationBatchSize: 8,
      precision: precision)
  }

  @Test("products multiply in the policy's type and sum in f32", arguments: settings)
  func products(precision: PrecisionSettings) throws {
    let program = try Self.program(precision)
    for graph in [program.step, program.evaluation] {
      let products = graph.instructions.filter {
        if case .dotGeneral = $0.operation { true } else { false }
      }
      #expect(products.count == (graph == program.step ? 5 : 2))
      for product in products {
        let expected = precision.policy.narrowType ?? .f32
        #expect(product.operands.allSatisfy { graph.type(of: $0).dtype == expected })
        // Every product of a perceptron feeds arithmetic first, so none is rounded at once.
        #expect(product.type.dtype == .f32)
      }
    }
  }

  @Test("arithmetic, softmax, loss and reductions are f32", arguments: settings)
  func arithmetic(precision: PrecisionSettings) throws {
    let step = try Self.program(precision).step
    for instruction in step.instructions where instruction.type.dtype.isFloatingPoint {
      switch instruction.operation {
      case .unary, .binary, .select, .reduce: #expect(instruction.type.dtype == .f32)
      default: break
      }
    }
    #expect(step.results.last.map { step.type(of: $0.value) } == .scalar(.f32))
  }

  @Test("state is f32, and bf16 under the policy of that name, but for scalars")
  func state() throws {
    for precision in Self.settings {
      let program = try Self.program(precision)
      for (tensor, parameter) in zip(program.state, program.step.parameters) {
        #expect(tensor.type == parameter.type)
        let isNarrow = precision.policy == .bf16 && tensor.type.rank > 0
        let expected: DType = tensor.name == "rounding.key" ? .i32 : isNarrow ? .bf16 : .f32
        #expect(tensor.type.dtype == expected, "\(tensor.name) of \(precision.policy)")
      }
    }
    let names = try Self.program(PrecisionSettings(.mixedFP16)).state.suffix(3).map(\.name)
    #expect(names == ["lossScale.scale", "lossScale.goodSteps", "lossScale.skippedSteps"])
  }

  @Test("activations and their gradients are rounded once, where they are computed")
  func activations() throws {
    let step = try Self.program(PrecisionSettings(.mixedBF16)).step
    let narrowed = step.values.filter {
      if case .convert = step[$0].operation { step.type(of: $0).dtype == .bf16 } else { false }
    }
    // Two weights, the image, one hidden activation; the gradients of the logits and of the hidden.
    #expect(narrowed.count == 6)
    let scopes = Set(narrowed.map { step[$0].scope })
    #expect(scopes.contains("forward/dense1") && scopes.contains("forward/input"))
  }

  @Test("training comes out near f32 under every policy", arguments: settings.dropFirst())
  func nearF32(precision: PrecisionSettings) throws {
    let (reference, narrow) = (Recorder(), Recorder())
    _ = try Fixtures.loop(Self.program(.fp32)).run(reference.observer)
    _ = try Fixtures.loop(Self.program(precision)).run(narrow.observer)
    for (expected, step) in zip(reference.steps, narrow.steps) {
      // Twelve steps: weights and updates of 2^-9 relative error each, on losses up to 2.
      #expect(abs(expected.loss - step.loss) < 0.1)
    }
    #expect(reference.steps.map(\.loss) != narrow.steps.map(\.loss))
  }

  @Test("a resumed run continues bit for bit on the CPU device", arguments: settings, [1, 6])
  func resume(precision: PrecisionSettings, steps: Int) throws {
    let device = try CPUDevice()
    let program = try Self.program(precision)
    let whole = try Fixtures.loop(program, device: device)
    _ = try whole.run()
    let recorder = Recorder()
    recorder.limit = steps
    let first = try Fixtures.loop(program, device: device)
    _ = try first.run(recorder.observer)
    let second = try Fixtures.loop(program, device: device, resuming: first.checkpoint())
    #expect(second.lossScale?.skippedSteps == first.lossScale?.skippedSteps)
    _ = try second.run()
    #expect(try second.checkpoint() == whole.checkpoint())
  }

  @Test("a checkpoint of another precision is refused")
  func otherPrecision() throws {
    let saved = try Fixtures.loop(Self.program(PrecisionSettings(.mixedBF16))).checkpoint()
    #expect(
      throws: TrainingError.checkpointMismatch(
        what: "precision", checkpoint: "mixed-bf16", run: "fp32")
    ) { try Fixtures.loop(Self.program(.fp32), resuming: saved) }
    let nearest = try Fixtures.loop(Self.program(PrecisionSettings(.bf16))).checkpoint()
    #expect(
      throws: TrainingError.checkpointMismatch(
        what: "stochasticRounding", checkpoint: "0", run: "1")
    ) {
      try Fixtures.loop(
        Self.program(PrecisionSettings(.bf16, usesStochasticRounding: true)), resuming: nearest)
    }
  }

  @Test("rounding by chance follows the seed, and moves weights that rounding to nearest keeps")
  func stochasticRounding() throws {
    func weights(_ chance: Bool, seed: UInt64) throws -> [[UInt8]] {
      // Steps far below half a unit in the last place of a bf16 weight.
      let program = try Self.program(
        PrecisionSettings(.bf16, usesStochasticRounding: chance), SGD(learningRate: 3e-5))
      let loop = try Fixtures.loop(program, device: CPUDevice(), epochs: 40, seed: seed)
      let before = try loop.checkpoint().tensors[0].bytes
      _ = try loop.run()
      return [before, try loop.checkpoint().tensors[0].bytes]
    }
    let nearest = try weights(false, seed: 7)
    #expect(nearest[0] == nearest[1])
    let chance = try weights(true, seed: 7)
    #expect(chance[0] != chance[1])
    #expect(try weights(true, seed: 7) == chance)
    #expect(try weights(true, seed: 8)[1] != chance[1])
  }

  @Test("stochastic rounding without bf16 weights is refused in one line")
  func invalidSettings() {
    func message(_ precision: PrecisionSettings) -> String? {
      do { _ = try Self.program(precision) } catch { return "\(error)" }
      return nil
    }
    #expect(
      message(PrecisionSettings(.mixedBF16, usesStochasticRounding: true))
        == "The precision for stochastic rounding is mixed-bf16, expected bf16: the others keep "
        + "weights in f32.")
    #expect(
      message(PrecisionSettings(.mixedFP16, lossScaling: LossScaling(start: 0.5)))
        == "The loss scaling's start is 0.5, expected from 1 to 2^100.")
    #expect(
      message(PrecisionSettings(.mixedFP16, lossScaling: LossScaling(growthInterval: 0)))
        == "The loss scaling's growth interval is 0, expected from 1 to 16777215.")
    #expect(
      message(PrecisionSettings(.mixedFP16, lossScaling: LossScaling(backoffFactor: 1)))
        == "The loss scaling's backoff factor is 1.0, expected above 0 and below 1.")
    // Settings that a policy does not use are not looked at.
    #expect(message(PrecisionSettings(.fp32, lossScaling: LossScaling(start: 0))) == nil)
  }
}
