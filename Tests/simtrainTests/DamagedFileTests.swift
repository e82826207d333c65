import DeviceAPI
import RunLog
import Testing
import Units

@Suite("Damaged run files and checkpoints, as processes")
struct DamagedFileTests {
  @Test("inspect refuses cycles whose sum no run can have")
  func cyclesBeyondReason() throws {
    let place = try Workplace()
    let writer = try RunWriter(
      path: place.path + "/run.h5",
      header: RunHeader(
        generator: "test", commandLine: [], seed: 0, device: "tpu-sim", dataset: "mnist",
        model: "mlp", hyperParameters: [], config: nil),
      modelsCost: true, now: { 0 })
    for step in 0..<3 {
      let cost = StepCost(
        executable: 0, start: .zero, cycles: Cycles(1 << 62), energy: Picojoules(1))
      writer.recordStep(StepRecord(step: step, loss: 1, cost: cost))
    }
    writer.finish(.finished, summary: [])
    let inspected = try place.run("inspect", "run.h5")
    #expect(inspected.status == 2)
    #expect(
      inspected.errors
        == "simtrain: error: run.h5: the run file is damaged: 'metrics/step/cycles' has cycles "
        + "that no run can have.\n")
  }

  @Test("--resume refuses counts that no run can have")
  func countsBeyondReason() throws {
    let place = try Workplace()
    let first = try place.run(
      "--device", "cpu", "--epochs", "1", "--quiet", "--no-log", "--checkpoint", "a.ckpt")
    #expect(first.status == 0, "\(first.errors)")
    let path = place.path + "/a.ckpt"
    var contents = try CheckpointFile.read(path)
    let epochs = try #require(contents.settings.firstIndex { $0.name == "run.epochs" })
    contents.settings[epochs].value = .integer(.max)
    try CheckpointFile.write(contents, to: path)
    let resumed = try place.run("--resume", "a.ckpt", "--no-log")
    #expect(resumed.status == 2)
    #expect(
      resumed.errors
        == "simtrain: error: a.ckpt: the checkpoint is damaged: its number of epochs cannot be "
        + "\(Int.max). Use another checkpoint.\n")
  }

  @Test("what is no file is neither replaced nor read, and --force is not offered")
  func folders() throws {
    let place = try Workplace()
    for (options, words) in [
      (
        ["--log", "data"],
        "data: this is not a regular file and cannot be replaced by a run file. "
          + "Give the name of a file."
      ),
      (
        ["--checkpoint", "data"],
        "data: cannot write the checkpoint: it is not a regular file. "
          + "Give a file in another folder with --checkpoint."
      ),
      (
        ["--resume", "data"],
        "data: this is a folder. Give the path of a file in it that ends in .h5."
      ),
      (
        ["--log", "x/../a", "--checkpoint", "./a"],
        "x/../a: a run file and a checkpoint cannot be one file. Give two names."
      ),
    ] {
      let outcome = try place.start(["--device", "cpu", "--epochs", "1"] + options).outcome()
      #expect(outcome.status == 2)
      #expect(outcome.errors == "simtrain: error: \(words)\n")
    }
  }
}
