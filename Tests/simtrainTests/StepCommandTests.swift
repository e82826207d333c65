import Foundation
import RunLog
import Testing

@testable import simtrain

@Suite("Training steps of StableHLO, as a process")
struct StepCommandTests {
  /// JAX's MLP with Adam of 64 pixels, 32 neurons and 10 classes, in batches of 8; state in0 to in12.
  private static let step =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
    + "/StableHLOTests/Programs/mlp_optax_adam"

  private static let feeds = ["--feed", "images=13", "--feed", "labels=in14"]

  private static let predict = """
    func.func @main(%b1: tensor<32xf32>, %b2: tensor<10xf32>, %w1: tensor<64x32xf32>, %w2: tensor<32x10xf32>, %x: tensor<48x8x8xf32>) -> tensor<48x10xf32> {
      %flat = stablehlo.reshape %x : (tensor<48x8x8xf32>) -> tensor<48x64xf32>
      %h = stablehlo.dot_general %flat, %w1, contracting_dims = [1] x [0] : (tensor<48x64xf32>, tensor<64x32xf32>) -> tensor<48x32xf32>
      %c1 = stablehlo.broadcast_in_dim %b1, dims = [1] : (tensor<32xf32>) -> tensor<48x32xf32>
      %s = stablehlo.add %h, %c1 : tensor<48x32xf32>
      %zero = stablehlo.constant dense<0.0> : tensor<48x32xf32>
      %r = stablehlo.maximum %s, %zero : tensor<48x32xf32>
      %o = stablehlo.dot_general %r, %w2, contracting_dims = [1] x [0] : (tensor<48x32xf32>, tensor<32x10xf32>) -> tensor<48x10xf32>
      %c2 = stablehlo.broadcast_in_dim %b2, dims = [1] : (tensor<10xf32>) -> tensor<48x10xf32>
      %l = stablehlo.add %o, %c2 : tensor<48x10xf32>
      return %l : tensor<48x10xf32>
    }
    """

  private static func place() throws -> Workplace {
    let place = try Workplace()
    try predict.write(toFile: place.path + "/predict.mlir", atomically: true, encoding: .utf8)
    return place
  }

  private static let base =
    ["--step", step + ".mlir", "--state", step + ".npz", "--predict", "predict.mlir"] + feeds

  @Test(
    "JAX's step learns on both devices, logs, and resumes bit for bit",
    arguments: ["cpu", "tpu-sim"])
  func trains(device: String) throws {
    let place = try Self.place()
    let options = ["--device", device, "--quiet", "--json"]
    let whole = try place.start(
      Self.base + options + ["--epochs", "12", "--log", "run.h5", "--checkpoint", "a.ckpt"]
    ).outcome()
    #expect(whole.status == 0, "\(whole.errors)")
    let json = try whole.json()
    #expect(try #require(json["testAccuracy"] as? Double) > 0.9)
    #expect(try #require(json["testLoss"] as? Double) < 0.7)
    #expect(json["batchSize"] as? Int == 8)
    #expect((json["totalCycles"] is NSNull) == (device == "cpu"))
    let run = try RunFile(FileSource(path: place.path + "/run.h5"))
    #expect(try run.epochs().count == 12)
    // In two parts; what the checkpoint says is not said again.
    let first = try place.start(
      Self.base + options + ["--epochs", "5", "--no-log", "--checkpoint", "b.ckpt"]
    ).outcome()
    #expect(first.status == 0, "\(first.errors)")
    let rest = try place.start(
      ["--resume", "b.ckpt", "--checkpoint", "b.ckpt", "--epochs", "12", "--no-log", "--quiet"]
    ).outcome()
    #expect(rest.status == 0, "\(rest.errors)")
    func tensors(_ name: String) throws -> [Data] {
      try CheckpointFile.read(FileSource(path: place.path + "/" + name)).tensors.map {
        Data($0.bytes)
      }
    }
    #expect(try tensors("a.ckpt") == tensors("b.ckpt"))
    let inspected = try place.run("inspect", "a.ckpt")
    #expect(inspected.status == 0 && inspected.output.contains("in12"), "\(inspected.errors)")
    let shown = try place.run("inspect", "run.h5")
    #expect(shown.status == 0 && shown.output.contains("mlp_optax_adam.mlir"), "\(shown.errors)")
  }

  @Test(
    "the first state may come from a program that gets the seed, and the run file's recipe repeats it"
  )
  func initial() throws {
    let place = try Self.place()
    // One weight, moved against the mean of labels: the loss is w.
    try """
    func.func @main(%w: tensor<f32>, %x: tensor<4x64xui8>, %y: tensor<4xui8>) -> (tensor<f32>, tensor<f32>) {
      %one = stablehlo.constant dense<1.0> : tensor<f32>
      %n = stablehlo.add %w, %one : tensor<f32>
      %l = stablehlo.multiply %w, %one : tensor<f32>
      return %n, %l : tensor<f32>, tensor<f32>
    }
    """.write(toFile: place.path + "/step.mlir", atomically: true, encoding: .utf8)
    try """
    func.func @main(%seed: tensor<i32>) -> tensor<f32> {
      %0 = stablehlo.convert %seed : (tensor<i32>) -> tensor<f32>
      return %0 : tensor<f32>
    }
    """.write(toFile: place.path + "/init.mlir", atomically: true, encoding: .utf8)
    let arguments = [
      "--step", "step.mlir", "--init", "init.mlir", "--feed", "images=1", "--feed", "labels=2",
      "--loss", "1", "--device", "cpu", "--epochs", "1", "--seed", "5", "--quiet", "--json",
    ]
    let outcome = try place.start(arguments + ["--log", "run.h5"]).outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    // 80 steps from 5 on.
    #expect(try outcome.json()["lastStepLoss"] as? Double == 84)
    #expect(try outcome.json()["testLoss"] as? Double == 85)
    #expect(try outcome.json()["testAccuracy"] is NSNull)
    let recipe = try #require(
      RunFile(FileSource(path: place.path + "/run.h5")).header.recipe)
    try recipe.write(toFile: place.path + "/again.yaml", atomically: true, encoding: .utf8)
    let again = try place.run("--recipe", "again.yaml", "--no-log", "--quiet", "--json")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try again.json()["lastStepLoss"] as? Double == 84)
  }

  @Test(
    "each mistake has its sentence and status 2",
    arguments: [
      (
        "--feed images=1",
        "--feed images is about --step, which is not given. Leave it out."
      ),
      (
        "--step STEP --state STATE",
        "--step STEP: which arguments does the batch go to? Say --feed images=I and --feed labels=J with "
          + "their numbers."
      ),
      (
        "--step STEP --feed images=13 --feed labels=14",
        "--step STEP needs its first state: give the arrays in0, in1, ... with --state FILE.npz, or a "
          + "program whose results they are with --init INIT.mlir."
      ),
      (
        "--step STEP --feed images=13 --feed labels=14 --state STATE --optimizer sgd",
        "--optimizer: the step STEP brings its own model, optimizer, types and batch. Leave it out."
      ),
      (
        "--step STEP --feed pixels=13",
        "--feed pixels=13: expected images=I or labels=J, the number of an argument of --step."
      ),
      (
        "--step STEP --feed images=12 --feed labels=14 --state STATE",
        "STEP: --feed images=12 is tensor<32x10xf32>, which no batch of images of 8 x 8 is. Lower it for "
          + "[batch, 64] or a shape of as many."
      ),
      (
        "--step STEP --feed images=13 --feed labels=14 --init predict.mlir",
        "predict.mlir: its result out0 is tensor<48x10xf32>, and 'in0' of STEP is tensor<32xf32>. Its "
          + "results are the step's arguments that are not fed, in their order."
      ),
    ])
  func mistakes(arguments: String, sentence: String) throws {
    func filled(_ text: String) -> String {
      text.replacingOccurrences(of: "STEP", with: Self.step + ".mlir")
        .replacingOccurrences(of: "STATE", with: Self.step + ".npz")
    }
    let place = try Self.place()
    let outcome = try place.start(
      filled(arguments).split(separator: " ").map(String.init) + ["--device", "cpu", "--no-log"]
    ).outcome()
    #expect(outcome.status == 2)
    #expect(outcome.errors == "simtrain: error: \(filled(sentence))\n")
  }

  @Test("a checkpoint of such a step is not evaluated, but goes on")
  func evaluate() throws {
    let place = try Self.place()
    let trained = try place.start(
      Self.base + [
        "--device", "cpu", "--epochs", "1", "--no-log", "--quiet", "--checkpoint", "a.ckpt",
      ]
    ).outcome()
    #expect(trained.status == 0, "\(trained.errors)")
    let outcome = try place.run("evaluate", "--checkpoint", "a.ckpt")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("the checkpoint is of a step of your own"))
  }
}
