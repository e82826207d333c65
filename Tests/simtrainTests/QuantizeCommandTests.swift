import Foundation
import RunLog
import Testing
import Training

@Suite("simtrain evaluate --quantize, as a process")
struct QuantizeCommandTests {
  @Test(
    "the model in int8 stands beside fp32, at about a quarter of its size",
    arguments: [
      ("int8-dynamic", [], 128 + 10), ("int8-static", ["--calibration-images", "100"], 128 + 10),
      ("int8-dynamic", ["--per-tensor"], 2), ("int8-static", ["--per-tensor"], 2),
    ])
  func rows(way: String, options: [String], scales: Int) throws {
    let (place, run) = try EvaluateCommandTests.trained("--device", "cpu")
    let outcome = try place.start(
      ["evaluate", "--checkpoint", "a.ckpt", "--quantize", way, "--json"] + options
    ).outcome()
    let rows = try EvaluateCommandTests.rows(outcome)
    #expect(rows.map { $0["name"] as? String } == ["fp32", way])
    let weights = 64 * 128 + 128 * 10
    let biases = 128 + 10
    #expect(rows[0]["modelBytes"] as? Int == 4 * (weights + biases))
    #expect(rows[1]["modelBytes"] as? Int == weights + 4 * (biases + scales))
    #expect(rows[0]["testLoss"] as? Double == run["testLoss"] as? Double)
    let losses = try rows.map { try #require($0["testLoss"] as? Double) }
    #expect(losses[0] != losses[1])
    #expect(abs(losses[0] - losses[1]) < 0.05 * losses[0])
    let json = try outcome.json()
    #expect(json["weightScales"] as? String == (scales == 2 ? "per-tensor" : "per-channel"))
    let images = json["calibrationImages"] as? Int
    // By default 512 or as many as there are.
    #expect(images == (way == "int8-dynamic" ? nil : options.count > 1 ? 100 : 320))
  }

  @Test("ranges of a few images give other values than those of many; the text says where from")
  func calibration() throws {
    let (place, _) = try EvaluateCommandTests.trained("--device", "cpu")
    let losses = try ["1", "300"].map { count in
      let outcome = try place.run(
        "evaluate", "--checkpoint", "a.ckpt", "--quantize", "int8-static", "--calibration-images",
        count, "--json")
      return try EvaluateCommandTests.rows(outcome)[1]["testLoss"] as? Double
    }
    #expect(losses[0] != losses[1])
    let text = try place.run(
      "evaluate", "--checkpoint", "a.ckpt", "--quantize", "int8-static", "--log", "run.h5")
    #expect(text.status == 0, "\(text.errors)")
    #expect(
      text.output.contains(
        "int8-static: a scale for each output, ranges of activations from 320 training images"))
    #expect(text.output.contains("x less"))
    let run = try RunFile(path: place.path + "/run.h5")
    #expect(run.header.hyperParameters.contains(RunAttribute("quantize", .text("int8-static"))))
    #expect(try run.executables().map(\.name) == ["evaluation", "evaluation_int8"])
    #expect(try run.summary().contains { $0.name == "int8-static.testAccuracy" })
  }

  @Test(
    "both devices, and every chip, compute the same bits in int8",
    arguments: ["int8-dynamic", "int8-static"])
  func devices(way: String) throws {
    let place = try Workplace()
    let model = """
      name: small
      description: a test
      layers:
        - {type: convolution, outputs: 3, kernelSize: 3, stride: 1, padding: 1, activation: none}
        - {type: batchNorm}
        - {type: activation, function: relu}
        - {type: maxPool, size: 2, stride: 2}
        - {type: convolution, outputs: 4, kernelSize: 2, stride: 1, padding: 0, activation: tanh}
        - {type: dense, outputs: 10, activation: none}
      """
    try Data(model.utf8).write(to: URL(filePath: place.path + "/small.yaml"))
    let run = try place.run(
      "--device", "cpu", "--model", "small.yaml", "--epochs", "1", "--no-log", "--checkpoint",
      "a.ckpt")
    #expect(run.status == 0, "\(run.errors)")
    var losses: Set<Double> = []
    for device in ["cpu", "tpu-sim --config tpu-v4i", "tpu-sim --config tpu-v1", "tpu-sim"] {
      var words = device.split(separator: " ").map(String.init)
      if device == "tpu-sim" { words += ["--set", "mxu.relativeRates.int8=1"] }
      let outcome = try place.start(
        ["evaluate", "--checkpoint", "a.ckpt", "--quantize", way, "--json", "--device"] + words
      ).outcome()
      let row = try EvaluateCommandTests.rows(outcome)[1]
      losses.insert(try #require(row["testLoss"] as? Double))
      #expect((row["cyclesPerBatch"] is NSNull) == (device == "cpu"))
    }
    #expect(losses.count == 1)
  }

  @Test("after quantization-aware training, int8 gives what training saw, with the ranges it kept")
  func quantizeAware() throws {
    let place = try Workplace()
    let run = try place.run(
      "--device", "cpu", "--epochs", "2", "--quantize-aware", "--json", "--log", "train.h5",
      "--checkpoint", "a.ckpt")
    #expect(run.status == 0, "\(run.errors)")
    let json = try run.json()
    #expect(json["quantizeAware"] as? Bool == true)
    let header = try RunFile(path: place.path + "/train.h5").header
    #expect(header.hyperParameters.contains(RunAttribute("quantizeAware", .flag(true))))

    let kept = try place.run(
      "evaluate", "--checkpoint", "a.ckpt", "--quantize", "int8-static", "--json")
    let rows = try EvaluateCommandTests.rows(kept)
    #expect(try kept.json()["ranges"] as? String == "training")
    let seen = try #require(json["testLoss"] as? Double)
    let int8 = try #require(rows[1]["testLoss"] as? Double)
    #expect(abs(seen - int8) < 1e-5)
    #expect(rows[0]["testLoss"] as? Double != rows[1]["testLoss"] as? Double)

    let calibrated = try place.run(
      "evaluate", "--checkpoint", "a.ckpt", "--quantize", "int8-static", "--calibration-images",
      "9", "--json")
    #expect(try calibrated.json()["ranges"] as? String == "calibration")
    #expect(try EvaluateCommandTests.rows(calibrated)[1]["testLoss"] as? Double != int8)
    let text = try place.run("evaluate", "--checkpoint", "a.ckpt", "--quantize", "int8-static")
    #expect(text.output.contains("ranges of activations kept by quantization-aware training"))
  }

  @Test("a quantization-aware run resumes without being told; another run cannot become one")
  func resumed() throws {
    let place = try Workplace()
    for (name, epochs) in [("whole", "2"), ("part", "1")] {
      let run = try place.run(
        "--device", "cpu", "--quantize-aware", "--epochs", epochs, "--no-log", "--checkpoint",
        "\(name).ckpt")
      #expect(run.status == 0, "\(run.errors)")
    }
    let rest = try place.run(
      "--resume", "part.ckpt", "--checkpoint", "part.ckpt", "--epochs", "2", "--no-log")
    #expect(rest.status == 0, "\(rest.errors)")
    let ends = try ["whole.ckpt", "part.ckpt"].map {
      try CheckpointFile.read("\(place.path)/\($0)").tensors
    }
    #expect(ends[0] == ends[1])
    let plain = try place.run(
      "--device", "cpu", "--epochs", "1", "--no-log", "--checkpoint", "plain.ckpt")
    #expect(plain.status == 0, "\(plain.errors)")
    let other = try place.run(
      "--resume", "plain.ckpt", "--epochs", "2", "--no-log", "--quantize-aware")
    #expect(other.status == 2)
    #expect(
      other.errors
        == "simtrain: error: --quantize-aware: the checkpoint's run is not quantization-aware. "
        + "Leave the option out, or start afresh without --resume.\n")
  }

  @Test("each mistake has its sentence, and status 2")
  func mistakes() throws {
    let (place, _) = try EvaluateCommandTests.trained("--device", "cpu")
    try Self.untrained(place.path)
    try Self.broken(place.path)
    for (options, sentence) in [
      (
        "a.ckpt --quantize int4",
        "No way to quantize is called 'int4'. Use one of: none, int8-static, int8-dynamic."
      ),
      (
        "a.ckpt --quantize int8-static --calibration-images 0",
        "--calibration-images is 0; it must be 1 or more."
      ),
      (
        "a.ckpt --quantize int8-static --calibration-images 321",
        "--calibration-images is 321; it must be from 1 to 320, the number of training images."
      ),
      (
        "a.ckpt --quantize int8-dynamic --calibration-images 9",
        "--calibration-images 9: only --quantize int8-static calibrates. Leave the option out, or "
          + "ask for int8-static."
      ),
      (
        "a.ckpt --per-tensor",
        "--per-tensor: nothing is quantized. Add --quantize int8-dynamic or --quantize int8-static."
      ),
      (
        "a.ckpt --quantize int8-static --per-tensor --per-channel",
        "--per-tensor and --per-channel contradict each other. Leave one out."
      ),
      (
        "a.ckpt --quantize int8-static --device tpu-sim --config tpu-v3",
        "tpu-v3: the array multiplies no int8 (mxu.relativeRates.int8 is absent). Use a --config "
          + "that does (edge-8x8, tpu-v1, tpu-v1-like, tpu-v4, tpu-v4i, tpu-v5e, tpu-v6e), or give "
          + "it a rate with --set mxu.relativeRates.int8=1."
      ),
      (
        "untrained.ckpt --quantize int8-dynamic",
        "untrained.ckpt: the checkpoint was taken before the first training step, and quantizing "
          + "an untrained model says nothing. Train it first."
      ),
      (
        "broken.ckpt --quantize int8-dynamic",
        "broken.ckpt: 'dense1.weight' holds values that are no finite numbers, so it has no range "
          + "to quantize. Use another checkpoint."
      ),
    ] {
      let words = ["evaluate", "--checkpoint"] + options.split(separator: " ").map(String.init)
      let outcome = try place.start(words).outcome()
      #expect(outcome.status == 2)
      #expect(outcome.output == "")
      #expect(outcome.errors == "simtrain: error: \(sentence)\n")
    }
    #expect(try place.run("evaluate", "--checkpoint", "untrained.ckpt").status == 0)
  }

  /// `a.ckpt` as if no step had been made.
  private static func untrained(_ folder: String) throws {
    var checkpoint = try CheckpointFile.read(folder + "/a.ckpt")
    checkpoint.entries.removeAll { $0.name == "step" }
    checkpoint.entries.append(Checkpoint.Entry(name: "step", value: .integer(0)))
    try CheckpointFile.write(checkpoint, to: folder + "/untrained.ckpt")
  }

  /// `a.ckpt` with an infinite weight.
  private static func broken(_ folder: String) throws {
    var checkpoint = try CheckpointFile.read(folder + "/a.ckpt")
    let index = try #require(checkpoint.tensors.firstIndex { $0.name == "dense1.weight" })
    checkpoint.tensors[index].bytes.replaceSubrange(0..<4, with: [0, 0, 0x80, 0x7f])
    try CheckpointFile.write(checkpoint, to: folder + "/broken.ckpt")
  }
}
