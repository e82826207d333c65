import Datasets
import GraphIR
import Testing

@testable import Training

@Suite("Checkpoints")
struct CheckpointTests {
  /// The checkpoint after so many steps of the run that `Fixtures.loop` makes.
  private func checkpoint(after steps: Int, _ program: TrainingProgram) throws -> Checkpoint {
    let recorder = Recorder()
    recorder.limit = steps
    let loop = try Fixtures.loop(program)
    _ = try loop.run(recorder.observer)
    return try loop.checkpoint()
  }

  @Test(
    "a resumed run continues bit for bit, in the middle and at the end of an epoch",
    arguments: OptimizerCatalog.names, [1, 4, 6, 11])
  func resume(name: String, steps: Int) throws {
    let program = try Fixtures.program(
      OptimizerCatalog.optimizer(named: name, learningRate: 0.05))
    let whole = Recorder()
    let uninterrupted = try Fixtures.loop(program)
    _ = try uninterrupted.run(whole.observer)

    let saved = try checkpoint(after: steps, program)
    let rest = Recorder()
    // The checkpoint's seed holds, not the one given.
    let resumed = try Fixtures.loop(program, seed: 1234, resuming: saved)
    #expect(resumed.seed == 7)
    #expect(resumed.stepsCompleted == steps)
    let summary = try resumed.run(rest.observer)
    #expect(summary.stepsExecuted == 12 - steps)
    #expect(rest.steps == Array(whole.steps.dropFirst(steps)))
    #expect(rest.epochs == Array(whole.epochs.dropFirst(steps / 4)))
    #expect(try resumed.checkpoint() == uninterrupted.checkpoint())
  }

  @Test("taking up a checkpoint and saving it again gives the same checkpoint")
  func roundTrip() throws {
    let program = try Fixtures.program()
    let saved = try checkpoint(after: 6, program)
    #expect(try Fixtures.loop(program, resuming: saved).checkpoint() == saved)
  }

  @Test("a checkpoint of the last step leaves nothing to do, and more epochs go on from it")
  func extend() throws {
    let program = try Fixtures.program()
    let saved = try checkpoint(after: 12, program)
    #expect(try Fixtures.loop(program, resuming: saved).run().stepsExecuted == 0)
    let longer = try Fixtures.loop(program, epochs: 5, resuming: saved)
    _ = try longer.run()
    let whole = try Fixtures.loop(program, epochs: 5)
    _ = try whole.run()
    #expect(try longer.checkpoint() == whole.checkpoint())
  }

  private func message(
    _ checkpoint: Checkpoint, _ program: TrainingProgram? = nil, train: ImageDataset? = nil
  ) -> String? {
    do { _ = try Fixtures.loop(program, train: train, resuming: checkpoint) } catch {
      return "\(error)"
    }
    return nil
  }

  private func mismatch(_ what: String, _ checkpoint: String, _ run: String) -> String {
    "The checkpoint's \(what) is \(checkpoint), this run's is \(run). "
      + "Resume with the settings of the checkpoint, or start afresh."
  }

  @Test("a checkpoint of another run is refused, with what differs")
  func otherRun() throws {
    let saved = try checkpoint(after: 2, Fixtures.program())
    #expect(message(saved) == nil)
    #expect(
      message(saved, try Fixtures.program(SGD(learningRate: 0.02)))
        == mismatch("optimizer", "adam", "sgd"))
    #expect(
      message(saved, try Fixtures.program(Adam(learningRate: 0.03)))
        == mismatch("optimizer.learningRate", "0.02", "0.03"))
    #expect(
      message(saved, try Fixtures.program(batchSize: 3)) == mismatch("batchSize", "4", "3"))
    let wider = try TrainingProgram(
      model: MLP(hidden: [6], rows: 3, columns: 3, classes: 4),
      optimizer: Adam(learningRate: 0.02), batchSize: 4)
    #expect(message(saved, wider) == mismatch("modelSummary", "9-5-4", "9-6-4"))
    let other = try TrainingProgram(
      model: TestModel(rows: 3, columns: 3, classes: 4, layers: Fixtures.model.layers),
      optimizer: Adam(learningRate: 0.02), batchSize: 4)
    #expect(message(saved, other) == mismatch("model", "mlp", "test"))
    #expect(
      message(saved, train: Fixtures.corners(count: 19, seed: 1))
        == mismatch("sampleCount", "18", "19"))
    #expect(message(saved, train: Fixtures.corners(count: 18, seed: 1, name: "moved")) == nil)
    #expect(
      message(saved, train: Fixtures.corners(count: 18, seed: 3, name: "edges"))
        == "The data set 'edges' does not hold the images and labels that the checkpoint's run "
        + "learnt from, 'corners'. Resume with those, or start afresh.")
    #expect(
      message(saved, train: Fixtures.corners(count: 18, seed: 3))
        == "The data set 'corners' does not hold the images and labels that the checkpoint's run "
        + "learnt from; its file has changed since. Resume with those, or start afresh.")
  }

  @Test("an older checkpoint, which does not know the content of its data, holds to their name")
  func olderCheckpoint() throws {
    var saved = try checkpoint(after: 2, Fixtures.program())
    saved.entries.removeAll { ["datasetHash", "pixelType"].contains($0.name) }
    #expect(message(saved) == nil)
    #expect(
      message(saved, train: Fixtures.corners(count: 18, seed: 1, name: "edges"))
        == mismatch("dataset", "corners", "edges"))
    saved.entries.append(Checkpoint.Entry(name: "pixelType", value: .text("f32")))
    #expect(
      message(saved)
        == "The checkpoint's run learnt from pixels of type f32, and those of the data set are ui8, "
        + "which a model sees otherwise. Use data of the same type.")
    #expect(throws: TrainingError.self) { try TrainedModel(saved, model: Fixtures.model) }
  }

  @Test("a damaged checkpoint is refused, with what is wrong")
  func damage() throws {
    let saved = try checkpoint(after: 2, Fixtures.program())
    func damaged(_ change: (inout Checkpoint) -> Void) -> String? {
      var copy = saved
      change(&copy)
      return message(copy)
    }
    func set(_ name: String, _ value: Checkpoint.Value) -> String? {
      damaged { copy in
        for index in copy.entries.indices where copy.entries[index].name == name {
          copy.entries[index].value = value
        }
      }
    }
    func because(_ reason: String) -> String {
      "The checkpoint cannot be taken up: \(reason). Use another checkpoint."
    }
    #expect(
      damaged { $0.tensors.remove(at: 1) }
        == because("it has 0 tensors called 'dense1.bias', expected 1"))
    #expect(
      damaged { $0.tensors.append($0.tensors[1]) }
        == because("it has 2 tensors called 'dense1.bias', expected 1"))
    #expect(
      damaged { $0.tensors[0].name = "conv1.kernel" }
        == because("it has a tensor 'conv1.kernel' that this run does not know"))
    #expect(
      damaged { $0.tensors[0].type = TensorType([5, 9], .f32) }
        == mismatch("tensor 'dense1.weight'", "tensor<5x9xf32>", "tensor<9x5xf32>"))
    #expect(
      damaged { $0.tensors[0].bytes.removeLast() }
        == because("'dense1.weight' has 179 bytes, expected 180"))
    #expect(
      damaged { $0.entries.removeAll { $0.name == "batchSize" } }
        == because("it does not say 'batchSize'"))
    #expect(
      set("step", .text("two")) == because("it has no whole number called 'step'"))
    #expect(
      set("epochLossSum", .integer(1))
        == because("it has no real number called 'epochLossSum'"))
    #expect(
      set("version", .integer(1)) == because("its version is 1, this program reads 2"))
    #expect(
      set("step", .integer(5))
        == because(
          "it counts 5 steps in all, 2 of them in epoch 1, and a loss of "
            + "\(saved["epochLossSum"].map(\.description) ?? "") in that epoch"))
    #expect(
      set("stepInEpoch", .integer(9))
        == "The saved sampling state cannot be taken up: epoch 0, step 9, "
        + "expected a step of 0 to 4. Use another checkpoint.")
  }
}
