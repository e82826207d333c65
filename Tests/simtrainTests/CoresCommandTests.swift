import Foundation
import RunLog
import Testing

@Suite("Training on several cores, as processes")
struct CoresCommandTests {
  @Test(
    "two cores leave the bits of one core with two shards",
    arguments: ["mlp", "small.yaml"], ["fp32", "mixed-bf16", "mixed-fp16"])
  func bits(model: String, precision: String) throws {
    let place = try Workplace()
    try Data(Workplace.smallModel.utf8).write(to: URL(filePath: place.path + "/small.yaml"))
    var json: [[String: Any]] = []
    for (name, option) in [("cores", "--cores"), ("shards", "--shards")] {
      let outcome = try place.run(
        "--model", model, "--precision", precision, option, "2", "--epochs", "1", "--no-log",
        "--json", "--checkpoint", "\(name).ckpt")
      #expect(outcome.status == 0, "\(outcome.errors)")
      json.append(try outcome.json())
    }
    let ends = try ["cores.ckpt", "shards.ckpt"].map {
      try CheckpointFile.read("\(place.path)/\($0)")
    }
    #expect(ends[0].tensors == ends[1].tensors)
    #expect(json[0]["testLoss"] as? Double == json[1]["testLoss"] as? Double)
    #expect(json.map { $0["cores"] as? Int } == [2, 1])
    #expect(json.map { $0["shards"] as? Int } == [2, 2])
    #expect(json[0]["totalCycles"] as? Int != json[1]["totalCycles"] as? Int)
  }

  @Test(
    "what cannot be is refused in one line",
    arguments: [
      (["--cores", "4"], "--cores 4: tpu-v3 has 2 cores. Use 1 to 2."),
      (
        ["--cores", "2", "--batch-size", "33"],
        "--cores 2: must be a power of two that divides the batch of 33 images. Use another number, or "
          + "another --batch-size."
      ),
      (
        ["--cores", "2", "--shards", "1"],
        "--shards 1: 2 cores cannot share them evenly. Use a multiple of 2, or leave it out: then each "
          + "core has one."
      ),
      (
        ["--cores", "2", "--device", "cpu"],
        "--cores 2: the device 'cpu' has no cores to choose. Leave it out, or use --device tpu-sim."
      ),
      (
        ["--cores", "2", "--quantize-aware"],
        "--cores 2: quantization-aware training takes its ranges from whole batches. Leave one out."
      ),
    ])
  func refused(options: [String], words: String) throws {
    let place = try Workplace()
    let outcome = try place.start(options + ["--no-log"]).outcome()
    #expect(outcome.status == 2)
    #expect(outcome.errors == "simtrain: error: \(words)\n")
  }

  @Test("a recipe's cores are refused where it says them")
  func recipe() throws {
    let place = try Workplace()
    try Data("device: {cores: 8}\ntraining: {epochs: 1}\n".utf8)
      .write(to: URL(filePath: place.path + "/run.yaml"))
    let outcome = try place.run("--recipe", "run.yaml", "--no-log")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("run.yaml:1: 'device.cores' 8: tpu-v3 has 2 cores."))
  }

  @Test("a run on two cores resumes without being told, bit for bit, and not on one")
  func resumed() throws {
    let place = try Workplace()
    for (name, epochs) in [("whole", "2"), ("part", "1")] {
      let outcome = try place.run(
        "--cores", "2", "--shards", "4", "--epochs", epochs, "--no-log", "--checkpoint",
        "\(name).ckpt")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains(" in 4 shards on 2 cores"))
    }
    let refused = try place.run("--resume", "part.ckpt", "--cores", "1", "--epochs", "2")
    #expect(refused.errors.contains("--cores is 1, the checkpoint's is 2"))
    let resumed = try place.run(
      "--resume", "part.ckpt", "--checkpoint", "part.ckpt", "--epochs", "2", "--log", "run.h5")
    #expect(resumed.status == 0, "\(resumed.errors)")
    let ends = try ["whole.ckpt", "part.ckpt"].map {
      try CheckpointFile.read("\(place.path)/\($0)")
    }
    #expect(ends[0].tensors == ends[1].tensors)
    let shown = try place.start(["inspect", "run.h5"]).outcome()
    #expect(shown.output.contains("core1.mxu"), "\(shown.errors)")
  }

  @Test("a comparison gives the cores to the chips that have them, and all the same shards")
  func compared() throws {
    let place = try Workplace()
    let outcome = try place.start(
      [
        "compare", "--device", "cpu", "--device", "tpu-sim", "--cores", "2", "--epochs", "1",
        "--no-log",
        "--json",
      ]
    ).outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let runs = try #require(try outcome.json()["runs"] as? [[String: Any]])
    #expect(runs.map { $0["shards"] as? Int } == [2, 2])
    #expect(runs.map { $0["cores"] as? Int } == [nil, 2])
  }
}
