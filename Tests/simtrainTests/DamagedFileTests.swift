import RunLog
import Testing
import Training
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
    let epochs = try #require(contents.entries.firstIndex { $0.name == "run.epochs" })
    contents.entries[epochs].value = .integer(.max)
    try CheckpointFile.write(contents, to: path)
    let resumed = try place.run("--resume", "a.ckpt", "--no-log")
    #expect(resumed.status == 2)
    #expect(
      resumed.errors
        == "simtrain: error: a.ckpt: the checkpoint is damaged: its number of epochs cannot be "
        + "\(Int.max). Use another checkpoint.\n")
  }

  @Test(
    "evaluate refuses counts and widths that no run can have",
    arguments: [
      ("run.testCount", Checkpoint.Value.integer(0), "number of test images cannot be 0"),
      ("run.testCount", .integer(-5), "number of test images cannot be -5"),
      ("run.hidden", .text("9223372036854775807"), "hidden layers cannot be '9223372036854775807'"),
      ("run.hidden", .text("0,-3"), "hidden layers cannot be '0,-3'"),
    ])
  func evaluateBeyondReason(setting: String, value: Checkpoint.Value, words: String) throws {
    let place = try Workplace()
    let first = try place.run(
      "--device", "cpu", "--epochs", "1", "--quiet", "--no-log", "--checkpoint", "a.ckpt")
    #expect(first.status == 0, "\(first.errors)")
    let path = place.path + "/a.ckpt"
    var contents = try CheckpointFile.read(path)
    contents.entries.removeAll { $0.name == setting }
    contents.entries.append(Checkpoint.Entry(name: setting, value: value))
    try CheckpointFile.write(contents, to: path)
    for arguments in [
      ["evaluate", "--checkpoint", "a.ckpt"], ["--resume", "a.ckpt", "--no-log"],
    ] {
      let outcome = try place.start(arguments).outcome()
      #expect(outcome.status == 2)
      #expect(
        outcome.errors
          == "simtrain: error: a.ckpt: the checkpoint is damaged: its \(words). "
          + "Use another checkpoint.\n")
    }
  }

  @Test("evaluate never writes over its checkpoint, and finds a taken name before it works")
  func evaluateLog() throws {
    let place = try Workplace()
    let first = try place.run(
      "--device", "cpu", "--epochs", "1", "--quiet", "--no-log", "--checkpoint", "a.ckpt")
    #expect(first.status == 0, "\(first.errors)")
    let same = try place.run(
      "evaluate", "--checkpoint", "a.ckpt", "--log", "./data/../a.ckpt", "--force")
    #expect(same.status == 2)
    #expect(same.errors.contains("a run file and a checkpoint cannot be one file."))
    _ = try CheckpointFile.read(place.path + "/a.ckpt")
    #expect(try place.shell("touch taken.h5").status == 0)
    let taken = try place.run("evaluate", "--checkpoint", "a.ckpt", "--log", "taken.h5")
    #expect(taken.status == 2 && taken.output.isEmpty)
    #expect(
      taken.errors
        == "simtrain: error: taken.h5: the file exists. Give another name, or --force to "
        + "replace it.\n")
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
        "data: this is a folder with a data set, and --resume expects a checkpoint. Give it with "
          + "--data-dir."
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
