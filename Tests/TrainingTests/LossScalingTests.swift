import CPUDevice
import DeviceAPI
import TestSupport
import Testing

@testable import Training

@Suite("Dynamic loss scaling")
struct LossScalingTests {
  static func program(_ scaling: LossScaling) throws -> TrainingProgram {
    try PrecisionTests.program(PrecisionSettings(.mixedFP16, lossScaling: scaling))
  }

  @Test("a step whose gradients overflow changes no bit of parameters and optimizer state")
  func skippedStep() throws {
    let devices: [any Device] = [EvaluatorDevice(), try CPUDevice()]
    for device in devices {
      // Gradients of the logits are up to 1/4: 2^24 times that is far above 65,504.
      let loop = try Fixtures.loop(
        Self.program(LossScaling(start: 0x1p24)), device: device)
      let before = try loop.checkpoint()
      let recorder = Recorder()
      recorder.limit = 1
      _ = try loop.run(recorder.observer)
      let after = try loop.checkpoint()
      #expect(recorder.steps[0].isSkipped)
      #expect(recorder.steps[0].loss.isFinite)
      #expect(
        recorder.steps[0].lossScale
          == LossScaleStatus(scale: 0x1p23, skippedSteps: 1, isSkipped: true))
      #expect(before.tensors.dropLast(3) == after.tensors.dropLast(3))
      #expect(before.tensors.suffix(3) != after.tensors.suffix(3))
    }
  }

  @Test("training recovers from a scale that overflows, and learns as with one that does not")
  func recovers() throws {
    let device = try CPUDevice()
    func losses(_ start: Double, steps: Int) throws -> (Recorder, [Float]) {
      let recorder = Recorder()
      let loop = try Fixtures.loop(
        Self.program(LossScaling(start: start)), device: device, epochs: 12)
      _ = try loop.run(recorder.observer)
      return (recorder, recorder.steps.suffix(steps).map(\.loss))
    }
    let (overflowing, late) = try losses(0x1p30, steps: 8)
    let (_, expected) = try losses(1024, steps: 8)
    let skipped = overflowing.steps.prefix { $0.isSkipped }.count
    #expect(skipped > 8)
    #expect(overflowing.steps.dropFirst(skipped).allSatisfy { !$0.isSkipped })
    #expect(overflowing.steps.last?.lossScale?.scale == Float(0x1p30) / Float(1 << skipped))
    #expect(overflowing.steps.last?.lossScale?.skippedSteps == skipped)
    // A third of the steps is missing, and the loss has fallen to a fraction all the same.
    #expect(late.reduce(0, +) < 0.7 * overflowing.steps.prefix(8).map(\.loss).reduce(0, +))
    #expect(expected.reduce(0, +) <= late.reduce(0, +))
  }

  @Test("the scale grows after so many good steps, and only then")
  func growth() throws {
    let recorder = Recorder()
    _ = try Fixtures.loop(
      Self.program(LossScaling(start: 8, growthInterval: 3, growthFactor: 4))
    ).run(recorder.observer)
    #expect(
      recorder.steps.map { $0.lossScale?.scale } == [
        8, 8, 32, 32, 32, 128, 128, 128, 512, 512, 512, 2048,
      ])
    #expect(recorder.steps.allSatisfy { !$0.isSkipped })
  }

  @Test("the scale falls no lower than 1, and a loss that is no number then ends the run")
  func floor() throws {
    // A learning rate that throws the weights far out of binary16.
    let program = try PrecisionTests.program(
      PrecisionSettings(.mixedFP16, lossScaling: LossScaling(start: 4)), SGD(learningRate: 1e12))
    let recorder = Recorder()
    #expect(throws: TrainingError.self) {
      try Fixtures.loop(program).run(recorder.observer)
    }
    #expect(recorder.steps.last?.lossScale?.scale == 1)
    #expect(recorder.steps.last?.isSkipped == true)
    #expect(recorder.steps.last?.loss.isFinite == false)
  }

  @Test("a scale that is a power of two leaves no trace in the update")
  func exactScaling() throws {
    func parameters(_ start: Double) throws -> [Checkpoint.Tensor] {
      let loop = try Fixtures.loop(Self.program(LossScaling(start: start)), device: CPUDevice())
      _ = try loop.run()
      return Array(try loop.checkpoint().tensors.dropLast(3))
    }
    // Gradients of 2^-6 to 1 stay normal in binary16 with either scale.
    #expect(try parameters(64) == parameters(256))
  }
}
