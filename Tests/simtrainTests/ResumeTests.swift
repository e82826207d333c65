import Foundation
import RunLog
import Testing

@Suite("Interrupted and resumed runs, as processes")
struct ResumeTests {
  @Test("a resumed run ends as an uninterrupted one, bit for bit", arguments: ["cpu", "tpu-sim"])
  func resumed(device: String) throws {
    let place = try Workplace()
    let whole = try place.run(
      "--device", device, "--epochs", "3", "--seed", "7", "--json", "--no-log", "--checkpoint",
      "whole.ckpt")
    let first = try place.run(
      "--device", device, "--epochs", "1", "--seed", "7", "--quiet", "--no-log", "--checkpoint",
      "part.ckpt")
    #expect(first.status == 0, "\(first.errors)")
    let second = try place.run(
      "--resume", "part.ckpt", "--checkpoint", "part.ckpt", "--epochs", "3", "--json", "--no-log")
    #expect(second.status == 0, "\(second.errors)")
    let (a, b) = (try whole.json(), try second.json())
    for key in ["testAccuracy", "testLoss", "trainLoss", "lastStepLoss"] {
      #expect(a[key] as? Double == b[key] as? Double, "\(key)")
    }
    #expect(b["steps"] as? Int == 20)
    #expect(b["stepsCompleted"] as? Int == 30)
    let ends = try ["whole.ckpt", "part.ckpt"].map {
      try CheckpointFile.read("\(place.path)/\($0)")
    }
    #expect(ends[0].tensors == ends[1].tensors)
  }

  @Test(
    "a run in shards resumes without being told, bit for bit, and not in others",
    arguments: ["cpu", "tpu-sim"])
  func shards(device: String) throws {
    let place = try Workplace()
    for (name, epochs) in [("whole", "2"), ("part", "1")] {
      let outcome = try place.run(
        "--device", device, "--shards", "4", "--epochs", epochs, "--no-log", "--checkpoint",
        "\(name).ckpt")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains(" in 4 shards"))
    }
    let refused = try place.run("--resume", "part.ckpt", "--shards", "2", "--epochs", "2")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("--shards is 2, the checkpoint's is 4"))
    let resumed = try place.run(
      "--resume", "part.ckpt", "--checkpoint", "part.ckpt", "--epochs", "2", "--no-log")
    #expect(resumed.status == 0, "\(resumed.errors)")
    let ends = try ["whole.ckpt", "part.ckpt"].map {
      try CheckpointFile.read("\(place.path)/\($0)")
    }
    #expect(ends[0].tensors == ends[1].tensors)
    let odd = try place.run("--shards", "3")
    #expect(odd.status == 2)
    #expect(odd.errors.contains("--shards 3: must be a power of two that divides the batch of 32"))
  }

  @Test("a model of a file with dropout, batch norm and a schedule resumes without being told")
  func resumedModel() throws {
    let place = try Workplace()
    try Data(Workplace.smallModel.utf8).write(to: URL(filePath: place.path + "/small.yaml"))
    let options = [
      "--device", "cpu", "--model", "small.yaml", "--dropout", "0.25", "--weight-decay", "0.01",
      "--lr-schedule", "step:1:0.5", "--warmup-steps", "4", "--clip-norm", "1", "--no-log",
    ]
    for (name, epochs) in [("whole", "2"), ("part", "1")] {
      let outcome = try place.start(
        options + ["--epochs", epochs, "--checkpoint", "\(name).ckpt"]
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let resumed = try place.run(
      "--resume", "part.ckpt", "--checkpoint", "part.ckpt", "--epochs", "2", "--no-log")
    #expect(resumed.status == 0, "\(resumed.errors)")
    let ends = try ["whole.ckpt", "part.ckpt"].map {
      try CheckpointFile.read("\(place.path)/\($0)")
    }
    #expect(ends[0].tensors == ends[1].tensors)
    let other = try place.run("--resume", "part.ckpt", "--no-log", "--weight-decay", "0.5")
    #expect(
      other.errors
        == "simtrain: error: --weight-decay is 0.5, the checkpoint's is 0.01. "
        + "Leave the option out, or start afresh without --resume.\n")
  }

  @Test("Ctrl-C ends in good order with status 130, and the command that it names continues")
  func interrupt() throws {
    let place = try Workplace()
    let running = try place.start([
      "--epochs", "20000", "--json", "--log", "run.h5", "--checkpoint", "it's.ckpt",
    ])
    running.waitForErrors(containing: "epoch 2/")
    kill(running.process.processIdentifier, SIGINT)
    let outcome = try running.outcome()
    #expect(outcome.status == 130)
    let json = try outcome.json()
    #expect(json["interrupted"] as? Bool == true)
    let done = try #require(json["stepsCompleted"] as? Int)
    let run = try RunFile(path: place.path + "/run.h5")
    #expect(run.status == .interrupted)
    #expect(try run.steps().count == done)

    let line = try #require(outcome.errors.split(separator: "\n").last)
    let hint = try #require(line.split(separator: "Continue with: ").last)
    let epochs = done / 10 + 2
    let resumed = try place.shell("\(hint) --epochs \(epochs) --no-log")
    #expect(resumed.status == 0, "\(resumed.errors)")
    let whole = try place.run(
      "--epochs", "\(epochs)", "--json", "--no-log", "--quiet", "--checkpoint", "whole.ckpt")
    let keys = ["testAccuracy", "testLoss", "trainLoss", "lastStepLoss"]
    let (a, b) = (try resumed.json(), try whole.json())
    for key in keys { #expect(a[key] as? Double == b[key] as? Double, "\(key)") }
    #expect(
      try CheckpointFile.read(place.path + "/it's.ckpt").tensors
        == CheckpointFile.read(place.path + "/whole.ckpt").tensors)
  }

  @Test(
    "without a checkpoint an interrupted run says how to have one; the status is the signal's",
    arguments: [SIGTERM, SIGHUP])
  func terminate(number: Int32) throws {
    let place = try Workplace()
    let running = try place.start(["--device", "cpu", "--epochs", "20000", "--no-log"])
    running.waitForErrors(containing: "epoch 1/")
    kill(running.process.processIdentifier, number)
    let outcome = try running.outcome()
    #expect(outcome.status == 128 + number)
    #expect(
      outcome.errors.hasSuffix(
        "Interrupted. Nothing to resume from: give --checkpoint FILE next time.\n"))
  }

  @Test("what a checkpoint names is looked for where its run was started, and may lie elsewhere")
  func elsewhere() throws {
    let place = try Workplace()
    let setup = """
      mkdir in out && cp "\(Workplace.configs)/Models/mlp.yaml" in/m.yaml
      printf 'extends: tpu-v3\nmxu: {rows: 64}\n' > in/chip.yaml
      printf 'device: {config: chip.yaml}\nmodel: {name: m.yaml}\n' > in/run.yaml
      """
    #expect(try place.shell(setup).status == 0)
    let first = try place.run(
      "--recipe", "in/run.yaml", "--epochs", "1", "--no-log", "--quiet", "--json", "--checkpoint",
      "a.ckpt")
    #expect(try first.json()["config"] as? String == "in/chip.yaml", "\(first.errors)")
    func outside(_ words: String) throws -> String {
      let outcome = try place.shell("cd out && '\(Workplace.program)' \(words)")
      #expect(outcome.status == (outcome.errors.isEmpty ? 0 : 2))
      return outcome.errors
    }
    func missing(_ what: String, _ name: String, _ option: String) -> String {
      "simtrain: error: ../a.ckpt: the checkpoint's \(what), '\(name)', is not found. Start simtrain "
        + "in the folder where the run was started, or name it with \(option).\n"
    }
    for command in [
      "--resume ../a.ckpt --epochs 2 --no-log --quiet", "evaluate --checkpoint ../a.ckpt",
    ] {
      #expect(
        try outside(command) == missing("architecture", "in/chip.yaml", "--config"))
      #expect(
        try outside(command + " --config ../in/chip.yaml")
          == missing("model", "in/m.yaml", "--model"))
      #expect(
        try outside(command + " --config ../in/chip.yaml --model ../in/m.yaml").isEmpty)
    }
    #expect(try place.shell("sed -i s/64/32/ in/chip.yaml").status == 0)
    #expect(
      try place.run("--resume", "a.ckpt", "--epochs", "2", "--no-log").errors
        == "simtrain: error: in/chip.yaml: the architecture has changed since the checkpoint "
        + "(mxu.rows=32). Restore it, or start afresh without --resume.\n")
  }

  @Test("options that contradict the checkpoint are errors")
  func contradictions() throws {
    let place = try Workplace()
    let first = try place.run(
      "--epochs", "1", "--quiet", "--no-log", "--checkpoint", "a.ckpt", "--set", "mxu.rows=64")
    #expect(first.status == 0, "\(first.errors)")
    #expect(
      try place.shell(
        "printf 'data:\\n  trainLimit: 64\\ntraining: {epochs: 3}\\n' > limits.yaml; "
          + "echo 'training: {epochs: 1}' > once.yaml"
      ).status == 0)
    let hint = "Leave the option out, or start afresh without --resume."
    for (options, words) in [
      (["--device", "cpu"], "--device is cpu, the checkpoint's is tpu-sim. \(hint)"),
      (["--config", "tpu-v4"], "--config is tpu-v4, the checkpoint's is tpu-v3. \(hint)"),
      (["--set", "mxu.rows=8"], "--set is mxu.rows=8, the checkpoint's is mxu.rows=64. \(hint)"),
      (["--batch-size", "16"], "--batch-size is 16, the checkpoint's is 32. \(hint)"),
      (["--learning-rate", "0.1"], "--learning-rate is 0.1, the checkpoint's is 0.001. \(hint)"),
      (["--optimizer", "sgd"], "--optimizer is sgd, the checkpoint's is adam. \(hint)"),
      (["--seed", "3"], "--seed is 3, the checkpoint's is 0. \(hint)"),
      (
        ["--epochs", "1"],
        "a.ckpt: 1 epochs are done and 1 were asked for. Ask for more with --epochs."
      ),
      (
        ["--test-limit", "5"],
        "--test-limit leaves 5 test images, the checkpoint's run has 96. \(hint)"
      ),
      (
        ["--recipe", "limits.yaml"],
        "limits.yaml:2: The checkpoint's sampleCount is 320, this run's is 64. "
          + "Resume with the settings of the checkpoint, or start afresh."
      ),
      (
        ["--recipe", "limits.yaml", "--train-limit", "320", "--set", "data.testLimit=9"],
        "--set data.testLimit leaves 9 test images, the checkpoint's run has 96. \(hint)"
      ),
      (
        ["--recipe", "once.yaml"],
        "once.yaml:1: a.ckpt: 1 epochs are done and 1 were asked for. Ask for more with --epochs."
      ),
      (
        ["--train-limit", "64", "--epochs", "2"],
        "The checkpoint's sampleCount is 320, this run's is 64. "
          + "Resume with the settings of the checkpoint, or start afresh."
      ),
    ] {
      let outcome = try place.start(["--resume", "a.ckpt", "--no-log"] + options).outcome()
      #expect(outcome.status == 2)
      #expect(outcome.errors == "simtrain: error: \(words)\n")
    }
  }
}
