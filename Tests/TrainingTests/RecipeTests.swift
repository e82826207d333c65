import Foundation
import GraphIR
import Testing

@testable import Training

@Suite("Learning-rate schedules, weight decay and clipping")
struct RecipeTests {
  @Test("schedules give the published factors on both sides of each turn")
  func schedules() {
    func factor(_ schedule: LearningRateSchedule, _ step: Int, warmup: Int = 0) -> Double {
      schedule.factor(step: step, warmupSteps: warmup, stepsPerEpoch: 10, totalSteps: 44)
    }
    #expect(factor(.constant, 43) == 1)
    // A warm-up of 4: 1/4, 2/4, 3/4, 4/4, then the schedule from its own start.
    #expect((0..<5).map { factor(.constant, $0, warmup: 4) } == [0.25, 0.5, 0.75, 1, 1])
    #expect(factor(.cosine, 4, warmup: 4) == 1)
    #expect(abs(factor(.cosine, 24, warmup: 4) - 0.5) < 1e-15)  // half of 40 steps
    #expect(abs(factor(.cosine, 14, warmup: 4) - (1 + 0.5.squareRoot()) / 2) < 1e-15)
    #expect(abs(factor(.cosine, 44, warmup: 4)) < 1e-15)
    let step = LearningRateSchedule.step(epochs: 2, factor: 0.5)
    #expect([0, 19, 20, 39, 40].map { factor(step, $0) } == [1, 1, 0.5, 0.5, 0.25])
  }

  @Test("a schedule's text is read back, and another is refused in one line")
  func scheduleTexts() throws {
    for text in ["constant", "cosine", "step:2:0.1"] {
      #expect(try LearningRateSchedule(parsing: text).description == text)
    }
    for text in ["linear", "step", "step:0:0.1", "step:2:1.5", "step:2:0", "cosine:3", ""] {
      #expect(throws: TrainingError.self) { try LearningRateSchedule(parsing: text) }
    }
    let error = #expect(throws: TrainingError.self) { try LearningRateSchedule(parsing: "linear") }
    #expect(
      error?.description
        == "The learning-rate schedule is 'linear', expected constant, cosine, or "
        + "step:EPOCHS:FACTOR such as step:2:0.1 (EPOCHS 1 or more, FACTOR above 0 and at most 1).")
  }

  /// New parameters after one step of plain descent or Adam from given gradients.
  private func step(
    _ optimizer: any Optimizer, _ recipe: TrainingRecipe, parameters: [Literal],
    gradients: [Literal]
  ) throws -> [Literal] {
    var builder = GraphBuilder(name: "step")
    let tensors = parameters.indices.map {
      StateTensor(name: "p\($0)", type: parameters[$0].type, initializer: .zeros)
    }
    let layout = StateLayout(parameters: tensors, optimizer: optimizer)
    let old = layout.tensors.map { builder.parameter($0.name, $0.type) }
    let slopes = gradients.enumerated().map { builder.parameter("g\($0)", $1.type) }
    let zeros = layout.tensors[layout.parameters.upperBound...].map {
      Literal($0.type, splat: 0)
    }
    let update = StepUpdate(
      layout: layout, optimizer: optimizer, recipe: recipe,
      rate: try builder.scalar(optimizer.learningRate))
    let new = try update.apply(to: old, gradients: slopes, in: &builder)
    for (index, value) in new.parameters.enumerated() { builder.result("\(index)", value) }
    return try ReferenceEvaluator.evaluate(builder.build(), parameters + zeros + gradients)
  }

  private func vector(_ elements: [Double]) -> Literal {
    Literal(TensorType([elements.count], .f32), elements)
  }

  @Test("L2 decay is added to the gradient, decoupled decay shrinks the parameter")
  func weightDecay() throws {
    let recipe = TrainingRecipe(weightDecay: 0.5)
    // p - 0.25 (g + 0.5 p) = 2 - 0.25 (4 + 1) = 0.75.
    let coupled = try step(
      SGD(learningRate: 0.25), recipe, parameters: [vector([2])], gradients: [vector([4])])
    #expect(coupled[0].elements == [0.75])
    // AdamW's first step moves by the rate against the gradient's sign, from p (1 - 0.25 · 0.5):
    // 2 · 0.875 - 0.25 = 1.5; Adam's with L2 just by the rate: 1.75.
    for (optimizer, expected) in [
      (Adam(learningRate: 0.25, decouplesWeightDecay: true), 1.5), (Adam(learningRate: 0.25), 1.75),
    ] {
      let new = try step(
        optimizer, recipe, parameters: [vector([2])], gradients: [vector([4])])
      #expect(abs(new[0][0] - expected) < 1e-6)
    }
  }

  @Test("clipping scales all gradients by one factor, and only those that are too long")
  func clipping() throws {
    // The norm over both tensors is sqrt(9 + 16) = 5.
    let gradients = [vector([3, 0]), vector([4])]
    let parameters = [vector([0, 0]), vector([0])]
    for (limit, factor) in [(2.5, 0.5), (5.1, 1), (4.9, 0.98)] {
      let new = try step(
        SGD(learningRate: 1), TrainingRecipe(clipNorm: limit), parameters: parameters,
        gradients: gradients)
      #expect(abs(new[0][0] + 3 * factor) < 2e-6)
      #expect(abs(new[1][0] + 4 * factor) < 2e-6)
    }
  }

  @Test("settings that cannot work are refused in one line")
  func invalid() throws {
    let cases: [(TrainingRecipe, String)] = [
      (
        TrainingRecipe(warmupSteps: -1),
        "The number of warm-up steps is -1, expected 0 or more."
      ),
      (
        TrainingRecipe(weightDecay: -0.5),
        "The weight decay is -0.5, expected a finite number, 0 or more."
      ),
      (
        TrainingRecipe(clipNorm: 0),
        "The gradient norm to clip at is 0.0, expected a finite number above 0."
      ),
    ]
    for (recipe, message) in cases {
      let error = #expect(throws: TrainingError.self) {
        try TrainingProgram(
          model: Fixtures.model, optimizer: SGD(learningRate: 1), recipe: recipe, batchSize: 4)
      }
      #expect(error?.description == message)
    }
  }

  /// A model with every kind of layer that keeps or draws something.
  private func program(_ recipe: TrainingRecipe) throws -> TrainingProgram {
    let layers: [any Layer] = [
      Reshape.flatten(name: "flatten"),
      Dense(name: "dense1", inputs: 9, outputs: 6, initializer: .heNormal(fanIn: 9)),
      BatchNorm(name: "norm", features: 6), ReLU(name: "relu"),
      Dropout(name: "drop", probability: 0.25),
      Dense(
        name: "dense2", inputs: 6, outputs: 4, initializer: .glorotUniform(fanIn: 6, fanOut: 4)),
    ]
    return try TrainingProgram(
      model: TestModel(rows: 3, columns: 3, classes: 4, layers: layers),
      optimizer: Adam(learningRate: 0.02), recipe: recipe, batchSize: 4, evaluationBatchSize: 8)
  }

  @Test("a run with dropout, batch norm and a schedule resumes bit for bit")
  func resume() throws {
    let recipe = TrainingRecipe(
      schedule: .cosine, warmupSteps: 3, weightDecay: 0.01, clipNorm: 1)
    let whole = try Fixtures.loop(program(recipe), epochs: 3)
    _ = try whole.run()
    let first = try Fixtures.loop(program(recipe), epochs: 3)
    let recorder = Recorder()
    recorder.limit = 6
    _ = try first.run(recorder.observer)
    let second = try Fixtures.loop(
      program(recipe), epochs: 3, resuming: try first.checkpoint())
    _ = try second.run()
    #expect(try second.checkpoint() == (try whole.checkpoint()))
    // The running averages moved, and are part of what a checkpoint holds.
    let mean = try whole.checkpoint().tensors.first { $0.name == "norm.runningMean" }
    #expect(mean?.bytes.contains { $0 != 0 } == true)
  }

  @Test("a cosine schedule is not resumed into a longer run, another recipe not at all")
  func resumeMismatch() throws {
    let recipe = TrainingRecipe(schedule: .cosine)
    let first = try Fixtures.loop(program(recipe), epochs: 2)
    let checkpoint = try first.checkpoint()
    let longer = #expect(throws: TrainingError.self) {
      try Fixtures.loop(program(recipe), epochs: 3, resuming: checkpoint)
    }
    #expect(
      longer?.description
        == "The checkpoint's length of the cosine schedule is 8 steps, this run's is 12 steps. "
        + "Resume with the settings of the checkpoint, or start afresh.")
    let other = #expect(throws: TrainingError.self) {
      try Fixtures.loop(
        program(TrainingRecipe(schedule: .cosine, weightDecay: 0.1)), epochs: 2,
        resuming: checkpoint)
    }
    #expect(
      other?.description.hasPrefix("The checkpoint's weightDecay is 0.0, this run's is 0.1") == true
    )
  }
}
