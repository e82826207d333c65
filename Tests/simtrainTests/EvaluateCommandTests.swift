import Foundation
import RunLog
import Testing

@Suite("simtrain evaluate, as a process")
struct EvaluateCommandTests {
  /// A place with `a.ckpt`, trained on one device; gives the run's own figures.
  static func trained(_ options: String...) throws -> (place: Workplace, json: [String: Any]) {
    let place = try Workplace()
    let outcome = try place.start(
      options + ["--epochs", "1", "--json", "--no-log", "--checkpoint", "a.ckpt"]
    ).outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    return (place, try outcome.json())
  }

  static func rows(_ outcome: Outcome) throws -> [[String: Any]] {
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try #require(try outcome.json()["rows"] as? [[String: Any]])
  }

  @Test(
    "a checkpoint gives the accuracy and loss of its run's last evaluation, without being told",
    arguments: [
      "--device cpu --hidden 24,12 --dropout 0.25", "--device tpu-sim --set mxu.rows=64",
      "--device cpu --precision bf16", "--device tpu-sim --config tpu-v4 --precision mixed-bf16",
    ])
  func sameFigures(options: String) throws {
    let place = try Workplace()
    let run = try place.start(
      options.split(separator: " ").map(String.init)
        + ["--epochs", "1", "--json", "--no-log", "--checkpoint", "a.ckpt", "--test-limit", "50"]
    ).outcome()
    #expect(run.status == 0, "\(run.errors)")
    let row = try Self.rows(try place.run("evaluate", "--checkpoint", "a.ckpt", "--json"))[0]
    let json = try run.json()
    #expect(row["testAccuracy"] as? Double == json["testAccuracy"] as? Double)
    #expect(row["testLoss"] as? Double == json["testLoss"] as? Double)
    #expect(row["totalCycles"] as? Int == json["evaluationCycles"] as? Int)
    #expect(row["name"] as? String == json["precision"] as? String)
  }

  @Test("on a simulated device there are cycles, bytes and energy, in the run file too")
  func costs() throws {
    let (place, _) = try Self.trained("--device", "cpu")
    let outcome = try place.run(
      "evaluate", "--checkpoint", "a.ckpt", "--device", "tpu-sim", "--batch-size", "40", "--json",
      "--log", "run.h5")
    let row = try Self.rows(outcome)[0]
    // 64·128 + 128 + 128·10 + 10 parameters of 4 bytes.
    #expect(row["modelBytes"] as? Int == 4 * 9610)
    #expect(row["executions"] as? Int == 3)
    let cold = try #require(row["coldCyclesPerBatch"] as? Int)
    let steady = try #require(row["cyclesPerBatch"] as? Int)
    #expect(row["totalCycles"] as? Int == cold + 2 * steady)
    let joules = try #require(row["energyJoules"] as? Double)
    let parts = try #require(row["energyJoulesByComponent"] as? [String: Double])
    #expect(abs(parts.values.reduce(0, +) - joules) <= 1e-9 * joules)
    let read = try #require(row["offChipReadBytesPerBatch"] as? Int)
    #expect(read >= 4 * 9610)
    let run = try RunFile(path: place.path + "/run.h5")
    #expect(run.status == .finished)
    #expect(try run.executables().map(\.name) == ["evaluation"])
    #expect(try run.summary().contains { $0.name == "fp32.testAccuracy" })
    #expect(try place.run("inspect", "run.h5").status == 0)
    let text = try place.run("evaluate", "--checkpoint", "a.ckpt", "--device", "tpu-sim")
    for words in ["test accuracy", "model size", "cycles a batch", "energy in all"] {
      #expect(text.output.contains(words), "\(words)")
    }
  }

  @Test("inspect shows what an evaluation came to, a column for each form of the model")
  func inspect() throws {
    let (place, _) = try Self.trained("--device", "cpu")
    let outcome = try place.run(
      "evaluate", "--checkpoint", "a.ckpt", "--device", "tpu-sim", "--config", "tpu-v4i",
      "--quantize", "int8-dynamic", "--json", "--log", "run.h5")
    let rows = try Self.rows(outcome)
    let text = try place.run("inspect", "run.h5")
    #expect(text.status == 0, "\(text.errors)")
    let lines = text.output.split(separator: "\n")
    let words = lines.map { $0.split(separator: " ").map(String.init) }
    #expect(words.contains(["fp32", "int8-dynamic"]))
    #expect(!words.contains { $0.first == "steps" })
    func line(_ name: String, _ value: ([String: Any]) throws -> String) throws {
      let expected =
        try [name] + rows.flatMap { try value($0).split(separator: " ").map(String.init) }
      #expect(words.contains(expected), "\(expected)")
    }
    try line("testAccuracy") {
      String(format: "%.2f %%", 100 * (try #require($0["testAccuracy"] as? Double)))
    }
    try line("testLoss") { String(format: "%.4f", try #require($0["testLoss"] as? Double)) }
    try line("modelBytes") { row in
      let bytes = try #require(row["modelBytes"] as? Int)
      return String(format: "%d,%03d", bytes / 1000, bytes % 1000)
    }
    #expect(words.contains { $0.first == "energyJoules" && $0.count == 5 && $0[2].hasSuffix("J") })
    #expect(words.contains { $0.first == "totalCycles" && $0.count == 3 })
    // A training run's steps are shown as ever.
    let train = try place.run("--device", "cpu", "--epochs", "1", "--quiet", "--log", "train.h5")
    #expect(train.status == 0)
    let trained = try place.run("inspect", "train.h5").output
    #expect(trained.contains("\n  steps ") && !trained.contains("\nSummary\n"))
  }

  @Test("bytes of CMEM have a line, and numbers in JSON, where the chip has one")
  func cmem() throws {
    let (place, _) = try Self.trained("--device", "cpu")
    for (config, hasCMEM) in [("tpu-v4", true), ("tpu-v3", false)] {
      let options = [
        "evaluate", "--checkpoint", "a.ckpt", "--device", "tpu-sim", "--config", config,
      ]
      let text = try place.start(options).outcome()
      #expect(text.output.contains("\n  CMEM bytes a batch  ") == hasCMEM)
      let row = try Self.rows(try place.start(options + ["--json"]).outcome())[0]
      #expect((row["cmemReadBytesPerBatch"] as? Int != nil) == hasCMEM)
      #expect((row["cmemWrittenBytesPerBatch"] is NSNull) == !hasCMEM)
    }
  }

  @Test("each mistake has its sentence, and status 2")
  func mistakes() throws {
    let (place, _) = try Self.trained("--device", "cpu")
    try Self.damage("\(place.path)/a.ckpt", as: "\(place.path)/damaged.ckpt")
    for (options, sentence) in [
      ("none.ckpt", "none.ckpt: there is no such file. Check the path."),
      (
        "data/mnist/train-labels-idx1-ubyte",
        "data/mnist/train-labels-idx1-ubyte: this is not an HDF5 file. "
          + "Give the path of a file that ends in .h5."
      ),
      (
        "damaged.ckpt",
        "damaged.ckpt: the file is damaged: its bytes are not those of its checksum. Use another "
          + "copy; if another program (h5repack, h5py) has rewritten it, open it with --unverified."
      ),
      (
        "a.ckpt --device gpu",
        "No device is called 'gpu'. Use one of: cpu, tpu-sim, pjrt:NAME|PATH."
      ),
      (
        "a.ckpt --config tpu-v3",
        "--config tpu-v3: the device 'cpu' has no architecture to choose."
      ),
      ("a.ckpt --batch-size 0", "--batch-size is 0; it must be from 1 to 1000000."),
      ("a.ckpt --test-limit 0", "--test-limit is 0; it must be 1 or more."),
      ("a.ckpt --threads 0", "--threads is 0; it must be from 1 to 256."),
      (
        "a.ckpt --log a.ckpt",
        "a.ckpt: a run file and a checkpoint cannot be one file. Give two names."
      ),
      (
        "a.ckpt --dataset fashion-mnist --data-dir data",
        "data/fashion-mnist/t10k-images-idx3-ubyte: no such file. The folder has the data "
          + "of --dataset mnist. Get the data with scripts/fetch-fashion-mnist."
      ),
    ] {
      let words = ["evaluate", "--checkpoint"] + options.split(separator: " ").map(String.init)
      let outcome = try place.start(words).outcome()
      #expect(outcome.status == 2)
      #expect(outcome.output == "")
      #expect(outcome.errors == "simtrain: error: \(sentence)\n")
    }
  }

  @Test("the checkpoint of another model is named, with the tensor that differs")
  func otherModel() throws {
    let (place, _) = try Self.trained("--device", "cpu")
    let model = { (width: Int, activation: String) in
      """
      name: wide
      description: a test
      layers:
        - {type: dense, outputs: \(width), activation: \(activation)}
        - {type: dense, outputs: 10, activation: none}
      """
    }
    for (width, activation, difference) in [
      (
        64, "relu",
        "'wide 64-64-10': its tensor 'dense1.weight' is tensor<64x128xf32>, expected "
          + "tensor<64x64xf32>"
      ),
      (128, "relu", "'wide 64-128-10': their tensors are alike, their layers are not"),
    ] {
      try Data(model(width, activation).utf8).write(
        to: URL(filePath: place.path + "/wide.yaml"))
      let outcome = try place.run("evaluate", "--checkpoint", "a.ckpt", "--model", "wide.yaml")
      #expect(outcome.status == 2)
      #expect(
        outcome.errors
          == "simtrain: error: The checkpoint holds the model 'mlp 64-128-10', not \(difference). "
          + "Name the checkpoint's own model, or use a checkpoint of this one.\n")
    }
    let three = try place.run("evaluate", "--checkpoint", "a.ckpt", "--model", "cnn")
    #expect(three.status == 2)
    #expect(three.errors.contains("it has no tensor 'convolution1.kernel'."))
  }

  /// A copy with one bit of a weight turned.
  private static func damage(_ path: String, as copy: String) throws {
    var bytes = try Data(contentsOf: URL(filePath: path))
    let checkpoint = try CheckpointFile.read(path)
    let weight = try #require(checkpoint.tensors.first { $0.name == "dense1.weight" })
    let place = try #require(bytes.range(of: Data(weight.bytes.prefix(64))))
    bytes[place.lowerBound] ^= 1
    try bytes.write(to: URL(filePath: copy))
  }
}
