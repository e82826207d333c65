import Datasets
import GraphIR
import TestSupport
import Testing

@testable import Training

@Suite("The training program")
struct TrainingProgramTests {
  @Test("the step graph takes state and a batch and gives the state back in place, and the loss")
  func stepInterface() throws {
    let program = try Fixtures.program(Adam())
    let names = program.state.map(\.name)
    #expect(
      names == [
        "dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias", "adam.biasCorrection1",
        "adam.biasCorrection2", "dense1.weight.m", "dense1.weight.v", "dense1.bias.m",
        "dense1.bias.v", "dense2.weight.m", "dense2.weight.v", "dense2.bias.m", "dense2.bias.v",
      ])
    let step = program.step
    #expect(step.parameters.map(\.name) == names + ["images", "labels"])
    #expect(step.results.map(\.name) == names + ["loss"])
    #expect(step.results.map(\.donatedParameter) == Array(names.indices) + [nil])
    #expect(step.parameters.suffix(2).map(\.role) == [.infeed, .infeed])
    #expect(step.parameters.dropLast(2).allSatisfy { $0.role == .resident })
    #expect(
      step.parameters.suffix(2).map(\.type) == [
        TensorType([4, 3, 3], .ui8), TensorType([4], .i32),
      ])
    #expect(program.evaluation.parameters.map(\.name) == names.prefix(4) + ["images", "labels"])
  }

  @Test("scopes say which part of the model an instruction belongs to")
  func scopes() throws {
    let step = try Fixtures.program(Adam()).step
    let scopes = Set(step.instructions.map(\.scope)).subtracting([""])
    #expect(
      scopes == [
        "forward/input", "forward/flatten", "forward/dense1", "forward/dense2", "loss",
        "backward/loss", "backward/dense1", "backward/dense1.dW", "backward/dense2",
        "backward/dense2.dW", "backward/dense2.dX", "update/adam",
        "update/dense1.weight", "update/dense1.bias", "update/dense2.weight", "update/dense2.bias",
      ])
  }

  @Test("the default step has five products, and no transposition anywhere")
  func products() throws {
    let program = try TrainingProgram(model: MLP(), optimizer: Adam(), batchSize: 32)
    let names = program.step.instructions.map(\.operation.name)
    // Two forward, three backward: the images need no derivative.
    #expect(names.filter { $0 == "dot_general" }.count == 5)
    #expect(!names.contains("transpose"))
    #expect(program.model.summary == "784-128-10")
  }

  @Test("one step of descent at rate 1 moves each parameter by its finite difference")
  func gradientOfWholeStep() throws {
    let program = try Fixtures.program(SGD(learningRate: 1))
    var generator = SeededGenerator(seed: 3)
    let data = Fixtures.corners(count: 4, seed: 5)
    let batch = [
      Literal(TensorType([4, 3, 3], .ui8), data.images.map(Double.init)),
      Literal(TensorType([4], .i32), data.labels.map(Double.init)),
    ]
    let state = program.initialState(using: &generator)
    let stepped = try ReferenceEvaluator.evaluate(program.step, state + batch)
    // The loss is about 1.4 and rounded to 2^-24 of that: 2^-23 / 2h = 3e-5; h² is below 1e-6.
    let h = 0x1p-9
    for (index, tensor) in state.enumerated() {
      for position in 0..<tensor.type.elementCount {
        var losses: [Double] = []
        for delta in [h, -h] {
          var moved = state
          var elements = tensor.elements
          elements[position] += delta
          moved[index] = Literal(tensor.type, elements)
          losses.append(try ReferenceEvaluator.evaluate(program.step, moved + batch)[4][0])
        }
        let gradient = tensor[position] - stepped[index][position]
        let difference = (losses[0] - losses[1]) / (2 * h)
        #expect(abs(difference - gradient) < 2e-4)
      }
    }
  }

  @Test("settings that cannot work are errors")
  func settings() throws {
    func error(_ body: () throws -> TrainingProgram) -> String? {
      do { _ = try body() } catch { return "\(error)" }
      return nil
    }
    #expect(
      error { try Fixtures.program(batchSize: 0) } == "The batch size is 0, expected 1 or more.")
    #expect(
      error { try Fixtures.program(evaluationBatchSize: -1) }
        == "The evaluation batch size is -1, expected 1 or more.")
    #expect(
      error { try Fixtures.program(Adam(learningRate: -0.5)) }
        == "The adam setting 'learningRate' is -0.5, expected a finite number above 0.")
    #expect(
      error { try Fixtures.program(Momentum(learningRate: 0.1, momentum: 1)) }
        == "The momentum setting 'momentum' is 1.0, expected 0 or more and less than 1.")
    let misfit = TestModel(
      rows: 3, columns: 3, classes: 4,
      layers: [Dense(name: "dense1", inputs: 9, outputs: 4, initializer: .zeros)])
    #expect(
      error { try TrainingProgram(model: misfit, optimizer: Adam(), batchSize: 4) }?
        .hasPrefix("The training graph is unsound: ") == true)
  }
}
