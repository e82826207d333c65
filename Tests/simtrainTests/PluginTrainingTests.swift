import Foundation
import Testing

/// What `make test-python` found; see scripts/test-python.sh.
enum PythonSupport {
  /// A plugin that works on every machine: XLA for this processor.
  static let plugin = ProcessInfo.processInfo.environment["SIMTRAIN_PJRT_PLUGIN"]
}

@Suite(
  "Training on a real plugin",
  .enabled(if: PythonSupport.plugin != nil, "needs a plugin: make test-python"))
struct PluginTrainingTests {
  /// As many images of MNIST as take seconds; it is in the data cache (`make data`).
  private static let images = ["--train-limit", "6400", "--test-limit", "2000", "--epochs", "1"]

  @Test(
    "the perceptron and LeNet-5 reach the accuracy that they reach on 'cpu'",
    arguments: ["mlp", "lenet5"])
  func accuracy(model: String) throws {
    let place = try Workplace()
    let report = try place.run(
      [
        "compare", "--device", "cpu", "--device", "pjrt:" + #require(PythonSupport.plugin),
        "--device",
        "tpu-sim", "--model", model, "--no-log", "--quiet", "--json",
      ] + Self.images, with: ["SIMTRAIN_DATA": Self.data])
    #expect(report.status == 0, "\(report.errors)")
    let rows = try #require(try report.json()["runs"] as? [[String: Any]])
    let accuracies = rows.compactMap { $0["testAccuracy"] as? Double }
    #expect(accuracies.count == 3)
    // A hundredth is 20 of 2,000 images; one run's standard deviation is some 8 of them.
    #expect(accuracies.allSatisfy { abs($0 - accuracies[0]) < 0.01 && $0 > 0.85 }, "\(accuracies)")
  }

  @Test(
    "a run in each precision is resumed and evaluated on the plugin", arguments: ["fp32", "bf16"])
  func precision(policy: String) throws {
    let place = try Workplace()
    let device = "pjrt:" + (try #require(PythonSupport.plugin))
    func train(_ words: String...) throws -> [String: Any] {
      let outcome = try place.run(
        ["--device", device, "--no-log", "--quiet", "--json", "--checkpoint", "run.ckpt"] + words,
        with: [:])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try outcome.json()
    }
    let whole = try train("--precision", policy, "--epochs", "3")
    _ = try train("--precision", policy, "--epochs", "1", "--force")
    let resumed = try train("--resume", "run.ckpt", "--epochs", "3", "--force")
    #expect(resumed["trainLoss"] as? Double == whole["trainLoss"] as? Double)
    #expect(resumed["testAccuracy"] as? Double == whole["testAccuracy"] as? Double)
    let evaluation = try place.run("evaluate", "--checkpoint", "run.ckpt", "--json")
    #expect(evaluation.status == 0, "\(evaluation.errors)")
    #expect(evaluation.output.contains("\(device)"))
  }

  @Test("a program of JAX's runs on the plugin as JAX ran it")
  func program() throws {
    let place = try Workplace()
    let programs = PluginTrainingTests.folder + "/StableHLOTests/Programs/"
    for (name, extensions) in [
      ("mlp_optax_adam", "mlir"), ("scan_epoch", "vhlo-1.20.0.bc"), ("gpt_sgd", "vhlo-1.0.0.bc"),
    ] {
      let outcome = try place.run(
        "run", "\(programs)\(name).\(extensions)", "--device",
        "pjrt:" + #require(PythonSupport.plugin), "--inputs", "\(programs)\(name).npz", "--check",
        "\(programs)\(name).npz")
      #expect(outcome.status == 0, "\(name): \(outcome.errors)")
    }
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().path

  private static let data: String = {
    let variables = ProcessInfo.processInfo.environment
    if let folder = variables["SIMTRAIN_DATA"] { return folder }
    let cache = variables["XDG_CACHE_HOME"] ?? (variables["HOME"] ?? "") + "/.cache"
    return cache + "/simtrain"
  }()
}
