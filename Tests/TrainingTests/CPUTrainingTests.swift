import CPUDevice
import Testing

@testable import Training

@Suite("Training on the CPU device")
struct CPUTrainingTests {
  @Test("the losses follow those of the evaluator")
  func followsEvaluator() throws {
    let (reference, cpu) = (Recorder(), Recorder())
    _ = try Fixtures.loop().run(reference.observer)
    _ = try Fixtures.loop(device: CPUDevice()).run(cpu.observer)
    #expect(cpu.steps.count == 12)
    for (expected, step) in zip(reference.steps, cpu.steps) {
      // Twelve steps of rounding differences, some units of 2^-24 each, on losses up to 2; Adam
      // passes a gradient's relative error on to the parameters.
      #expect(abs(expected.loss - step.loss) < 1e-4)
    }
    #expect(cpu.epochs.map(\.evaluation.correct) == reference.epochs.map(\.evaluation.correct))
  }

  @Test("a resumed run continues bit for bit", arguments: [3, 8])
  func resume(steps: Int) throws {
    let device = try CPUDevice()
    let whole = try Fixtures.loop(device: device)
    _ = try whole.run()
    let recorder = Recorder()
    recorder.limit = steps
    let first = try Fixtures.loop(device: device)
    _ = try first.run(recorder.observer)
    let second = try Fixtures.loop(device: device, resuming: first.checkpoint())
    _ = try second.run()
    #expect(try second.checkpoint() == whole.checkpoint())
  }
}
