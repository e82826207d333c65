import ConfigFiles
import Foundation
import RunLog
import Testing

@testable import simtrain

@Suite("A run as a recipe describes it")
struct RecipeCommandTests {
  private static let recipe = """
    # what the options of `options` say
    device:
      name: tpu-sim
      config: tpu-v4
      set: [mxu.rows=64]
      fusion: epilogue-only
    model: {name: mlp, hidden: [24, 12], dropout: 0.25}
    data: {trainLimit: 256, testLimit: 64}
    training: {epochs: 2, batchSize: 16, seed: 9}
    optimizer:
      name: adamw
      learningRate: 0.01
      schedule: step:1:0.5
      warmupSteps: 3
      clipNorm: 1
    precision:
      types: mixed-fp16
      quantizeAware: true
      lossScale: {start: 1024, growthInterval: 5}

    """

  private static let options = """
    --device tpu-sim --config tpu-v4 --set mxu.rows=64 --fusion epilogue-only --hidden 24,12 \
    --dropout 0.25 --train-limit 256 --test-limit 64 --epochs 2 --batch-size 16 --seed 9 \
    --optimizer adamw --learning-rate 0.01 --lr-schedule step:1:0.5 --warmup-steps 3 \
    --clip-norm 1 --precision mixed-fp16 --quantize-aware --loss-scale 1024 \
    --loss-scale-growth-interval 5
    """.split(separator: " ").map(String.init)

  private static func place(_ recipe: String = recipe) throws -> Workplace {
    let place = try Workplace()
    try recipe.write(toFile: place.path + "/run.yaml", atomically: true, encoding: .utf8)
    return place
  }

  /// What a run came to, without times and names of files.
  private static func figures(_ outcome: Outcome) throws -> [String: String] {
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try outcome.json()
    let isOfHost = { (key: String) in
      key.contains("econds") && key != "simulatedSeconds"
        || ["samplesPerSecond", "slowdown", "peakMemoryBytes", "history", "checkpoint", "runFile"]
          .contains(key)
        || key.hasPrefix("runFile")
    }
    return try json.filter { !isOfHost($0.key) }.mapValues { value in
      let data = try JSONSerialization.data(withJSONObject: [value], options: .sortedKeys)
      return String(decoding: data, as: UTF8.self)
    }
  }

  private static func tensors(_ place: Workplace, _ name: String) throws -> [[UInt8]] {
    try CheckpointFile.read("\(place.path)/\(name)").tensors.map(\.bytes)
  }

  @Test(
    "a recipe trains as the same options do, bit for bit, and so does the recipe of the run file")
  func sameAsOptions() throws {
    let place = try Self.place()
    let said = try place.start(
      Self.options + ["--json", "--log", "a.h5", "--checkpoint", "a.ckpt"]
    ).outcome()
    let read = try place.run(
      "--recipe", "run.yaml", "--json", "--log", "b.h5", "--checkpoint", "b.ckpt")
    #expect(try Self.figures(said) == Self.figures(read))
    #expect(try Self.tensors(place, "a.ckpt") == Self.tensors(place, "b.ckpt"))
    let recipe = try #require(try RunFile(path: place.path + "/b.h5").header.recipe)
    #expect(try RunFile(path: place.path + "/a.h5").header.recipe == recipe)
    try recipe.write(toFile: place.path + "/again.yaml", atomically: true, encoding: .utf8)
    let again = try place.run("--recipe", "again.yaml", "--json", "--no-log")
    #expect(try Self.figures(again) == Self.figures(read))
    let inspected = try place.run("inspect", "--json", "b.h5").json()
    #expect(inspected["recipe"] as? String == recipe)
  }

  @Test("options and --set come over a recipe, value by value")
  func precedence() throws {
    let place = try Self.place(
      "device: {set: [mxu.rows=64, mxu.columns=64]}\ntraining: {epochs: 3}")
    let run = try place.run(
      "--recipe", "run.yaml", "--epochs", "1", "--set", "mxu.rows=32", "--set",
      "training.batchSize=64", "--json", "--log", "run.h5")
    let json = try run.json()
    #expect(json["epochs"] as? Int == 1)
    #expect(json["batchSize"] as? Int == 64)
    let config = try #require(try RunFile(path: place.path + "/run.h5").header.config)
    for (key, value) in [("mxu.rows", 32), ("mxu.columns", 64)] {
      #expect(config.values.first { $0.name == key }?.value == .integer(Int64(value)))
    }
  }

  @Test(
    "what is wrong is said with its place: the recipe's line, the option, or --set",
    arguments: [
      (
        "training:\n  epoch: 3", "",
        "run.yaml:2: unknown key 'training.epoch'. Did you mean 'training.epochs'?"
      ),
      (
        "trainning: {epochs: 3}", "",
        "run.yaml:1: unknown key 'trainning'. Did you mean 'training'?"
      ),
      (
        "\n\ntraining: {epochs: 0}", "",
        "run.yaml:3: 'training.epochs' must be from 1 to 1000000; found 0."
      ),
      (
        "training: {epochs: 1.5}", "",
        "run.yaml:1: 'training.epochs' must be a whole number; found the number 1.5."
      ),
      (
        "model: {dropout: 1}", "",
        "run.yaml:1: 'model.dropout' must be 0 or more and less than 1; found 1.0."
      ),
      (
        "model: {hidden: [8, 0]}", "",
        "run.yaml:1: 'model.hidden' must be widths from 1 to 1048576; found 0."
      ),
      (
        "model:\n  name: gpt", "",
        "run.yaml:2: Configs/Models: no configuration is called 'gpt'. Use one of: vit, cnn, mlp, lenet5, resnet8. Looked in \(Workplace.configs)/Models, where SIMTRAIN_CONFIGS can add a folder of yours; or give a file, './gpt.yaml'."
      ),
      (
        "model: {name: lenet5, hidden: [8]}", "",
        "run.yaml:1: 'model.hidden' 8: only the model 'mlp' takes it, and the model is 'lenet5'. Leave one out."
      ),
      (
        "data: {name: minst}", "",
        "run.yaml:1: 'data.name' cannot be 'minst'. Use one of: mnist, kmnist, emnist-mnist, emnist-digits, fashion-mnist, emnist-byclass, emnist-bymerge, emnist-letters, emnist-balanced."
      ),
      (
        "optimizer:\n  schedule: linear", "",
        "run.yaml:2: 'optimizer.schedule' must be constant, cosine, or step:EPOCHS:FACTOR such as step:2:0.1 (EPOCHS 1 or more, FACTOR above 0 and at most 1); found 'linear'."
      ),
      (
        "optimizer:\n  name: lion", "",
        "run.yaml:2: 'optimizer.name' cannot be 'lion'. Use one of: adam, adamw, momentum, sgd."
      ),
      (
        "precision: {lossScale: {start: 2}}", "",
        "run.yaml:1: 'precision.lossScale.start': --precision fp32 does not scale the loss. Use --precision mixed-fp16, or leave the option out."
      ),
      (
        "precision: {types: mixed-fp16, lossScale: {start: 0}}", "",
        "run.yaml:1: The loss scaling's start is 0.0, expected from 1 to 2^100."
      ),
      (
        "device: {name: gpu}", "",
        "run.yaml:1: No device is called 'gpu'. Use one of: cpu, tpu-sim, pjrt:NAME|PATH."
      ),
      (
        "device:\n  set:\n    - mxu.rows=64\n    - mxu.row=64", "",
        "run.yaml:4: unknown key 'mxu.row'. Did you mean 'mxu.rows'?"
      ),
      (
        "device:\n  set: [mxu.rows=64, mxu.rows=8]", "",
        "run.yaml:2: 'device.set' has 'mxu.rows' twice. Leave one out."
      ),
      (
        "device:\n  set: [mxu.rows]", "",
        "run.yaml:2: expected KEY=VALUE, such as mxu.rows=64."
      ),
      (
        "device: {set: [training.epochs=2]}", "",
        "run.yaml:1: 'device.set' has 'training.epochs', which is a key of the run, not of the architecture. Write it as one."
      ),
      (
        "training: {epochs: 1}\ndata: {name: none.npz}", "",
        "run.yaml:2: none.npz: no such file. Check the path of --dataset."
      ),
      (
        "device: {name: cpu, config: tpu-v3}", "",
        "run.yaml:1: --config tpu-v3: the device 'cpu' has no architecture to choose."
      ),
      ("", "", "run.yaml: the file is empty. Write 'key: value' lines."),
      (
        "training: {epochs: 3}", "--set training.epoch=3",
        "--set training.epoch=3: unknown key 'training.epoch'. Did you mean 'training.epochs'?"
      ),
      (
        "training: {epochs: 3}", "--set training.epochs=many",
        "--set training.epochs=many: 'training.epochs' must be a whole number; found 'many'."
      ),
      (
        "training: {epochs: 3}", "--set training.epochs=2 --epochs 2",
        "--epochs and --set training.epochs=2 say the same value. Leave one out."
      ),
      (
        "training: {epochs: 3}", "--set mxu.row=3",
        "--set mxu.row=3: unknown key 'mxu.row'. Did you mean 'mxu.rows'?"
      ),
      ("training: {epochs: 3}", "--epochs 0", "--epochs is 0; it must be from 1 to 1000000."),
    ])
  func mistake(recipe: String, options: String, sentence: String) throws {
    let place = try Self.place(recipe)
    let outcome = try place.start(
      ["--recipe", "run.yaml"] + options.split(separator: " ").map(String.init)
    ).outcome()
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors == "simtrain: error: \(sentence)\n")
  }

  @Test("another file in a recipe's place is told what it is, and a recipe in another's")
  func otherFile() throws {
    let place = try Self.place()
    let chip = try place.run("--recipe", "\(Workplace.configs)/Chips/tpu-v3.yaml")
    #expect(chip.errors.contains("this is an architecture (a chip), and --recipe expects"))
    let recipe = try place.run("--config", "run.yaml")
    #expect(recipe.errors.contains("this is the description of a run (a recipe), and --config"))
  }

  @Test("a run resumes with its recipe; a recipe that says otherwise is refused with its line")
  func resume() throws {
    let place = try Self.place()
    for (name, epochs) in [("whole", "3"), ("part", "2")] {
      let run = try place.run(
        "--recipe", "run.yaml", "--epochs", epochs, "--no-log", "--quiet", "--checkpoint",
        "\(name).ckpt")
      #expect(run.status == 0, "\(run.errors)")
    }
    let resumed = try place.run(
      "--resume", "part.ckpt", "--recipe", "run.yaml", "--set", "training.epochs=3", "--no-log",
      "--quiet", "--checkpoint", "part.ckpt")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try Self.tensors(place, "part.ckpt") == Self.tensors(place, "whole.ckpt"))
    let hint = "Leave the key out, or start afresh without --resume."
    for (old, new, words) in [
      ("seed: 9", "seed: 8", "run.yaml:9: 'training.seed' is 8, the checkpoint's is 9. \(hint)"),
      (
        "hidden: [24, 12]", "hidden: [24]",
        "run.yaml:7: 'model.hidden' is 24, the checkpoint's is 24,12. \(hint)"
      ),
      (
        "clipNorm: 1", "clipNorm: 2",
        "run.yaml:15: 'optimizer.clipNorm' is 2.0, the checkpoint's is 1.0. \(hint)"
      ),
    ] {
      try Self.recipe.replacing(old, with: new).write(
        toFile: place.path + "/other.yaml", atomically: true, encoding: .utf8)
      let outcome = try place.run(
        "--resume", "part.ckpt", "--recipe", "other.yaml", "--epochs", "4", "--no-log")
      #expect(outcome.status == 2)
      #expect(
        outcome.errors
          == "simtrain: error: \(words.replacing("run.yaml", with: "other.yaml"))\n")
    }
  }

  @Test("an evaluation takes device, model and data of a recipe; what is about training is refused")
  func evaluate() throws {
    let place = try Self.place("device: {name: tpu-sim, config: tpu-v4}\ntraining: {epochs: 7}")
    let run = try place.run(
      "--device", "cpu", "--epochs", "1", "--no-log", "--quiet", "--checkpoint", "a.ckpt")
    #expect(run.status == 0, "\(run.errors)")
    let outcome = try place.run(
      "evaluate", "--checkpoint", "a.ckpt", "--recipe", "run.yaml", "--set", "data.testLimit=40",
      "--json")
    let json = try outcome.json()
    #expect(json["device"] as? String == "tpu-sim")
    #expect(json["config"] as? String == "tpu-v4")
    #expect(json["images"] as? Int == 40)
    let refused = try place.run("evaluate", "--checkpoint", "a.ckpt", "--set", "training.epochs=3")
    #expect(
      refused.errors
        == "simtrain: error: --set training.epochs: this is about training, and nothing is trained. "
        + "Leave it out.\n")
  }

  @Test("a comparison varies what its options say and takes the rest from the recipe")
  func compare() throws {
    let place = try Self.place(
      "device: {name: cpu, fusion: off}\nprecision: {types: bf16}\ntraining: {epochs: 1}")
    let outcome = try place.run(
      "compare", "--recipe", "run.yaml", "--fusion", "on", "--fusion", "off", "--no-log", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let runs = try #require(try outcome.json()["runs"] as? [[String: Any]])
    #expect(runs.map { $0["fusion"] as? String } == ["on", "off"])
    #expect(runs.allSatisfy { $0["precision"] as? String == "bf16" })
    #expect(runs.allSatisfy { $0["device"] as? String == "cpu" })
  }

  @Test("another device, model or precision takes what a recipe says of its own with it")
  func replaced() throws {
    let place = try Self.place(
      """
      device: {name: tpu-sim, config: tpu-v4, set: [mxu.rows=64]}
      model: {hidden: [16], dropout: 0.5}
      precision: {types: mixed-fp16, lossScale: {start: 512}}
      training: {epochs: 1}
      """)
    let options = ["--recipe", "run.yaml", "--no-log", "--quiet", "--json"]
    let cpu = try place.start(
      options + ["--device", "cpu", "--set", "precision.types=fp32", "--checkpoint", "a.ckpt"]
    ).outcome()
    #expect(cpu.status == 0, "\(cpu.errors)")
    #expect(try cpu.json()["model"] as? String == "mlp 8x8 16 relu drop0.5 10")
    let lenet = try place.start(
      ["evaluate", "--checkpoint", "a.ckpt", "--recipe", "run.yaml", "--model", "lenet5"]
    ).outcome()
    #expect(lenet.errors.contains("'layers."), "\(lenet.errors)")
    let kept = try place.start(options + ["--set", "mxu.columns=64"]).outcome()
    #expect(try kept.json()["config"] as? String == "tpu-v4")
    // What the command line says of another device than the recipe's is not forgotten.
    let refused = try place.start(options + ["--device", "cpu", "--set", "mxu.rows=8"]).outcome()
    #expect(
      refused.errors
        == "simtrain: error: --set mxu.rows=8: the device 'cpu' has no architecture to change.\n")
  }

  @Test(
    "every value survives recipe and checkpoint, and no two share a key, an option or a setting")
  func fields() throws {
    let document = try ConfigDocument(text: Self.recipe, file: "run.yaml")
    var config = try document.decode(RunConfig.self)
    config.precision.usesStochasticRounding = true
    let again = try ConfigDocument(text: config.recipeText(), file: "again.yaml")
      .decode(RunConfig.self)
    for field in RunConfig.fields {
      // Not of this precision, so not in its recipe.
      if field.key == "precision.stochasticRounding" { continue }
      #expect(field.save(again) == field.save(config), "\(field.key)")
      guard let value = field.save(config) else { continue }
      var loaded = RunConfig()
      try field.load(value, "a.ckpt", &loaded)
      #expect(field.save(loaded) == value, "\(field.key)")
    }
    for names in [
      RunConfig.fields.map(\.key), RunConfig.fields.map(\.option), RunConfig.fields.map(\.setting),
    ] { #expect(Set(names).count == names.count) }
  }

  @Test("the recipe of the documentation is one")
  func documentation() throws {
    let page = URL(filePath: Workplace.configs).deletingLastPathComponent()
      .appending(path: "Docs/recipes.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let blocks = text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
    #expect(!blocks.isEmpty)
    for block in blocks {
      _ = try ConfigDocument(text: block, file: "recipes.md").decode(RunConfig.self)
    }
    for field in RunConfig.fields { #expect(text.contains("`\(field.key)`"), "\(field.key)") }
  }
}
