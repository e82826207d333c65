import Foundation
import TestSupport
import Testing

@Suite("Programs of StableHLO, as a process")
struct ProgramCommandTests {
  /// What JAX lowered, its inputs, and the results of its own CPU backend.
  private static let folder =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
    + "/StableHLOTests/Programs/"

  // Where Adam divides by second moments near 0 a last place decides: 2 · learning rate.
  private static let programs = [
    ("cnn_raw_adam", "0.002"), ("ctrl_flow_const", "1e-4"), ("gpt_bf16", "0.05"),
    ("gpt_sgd", "1e-4"),
    ("mlp_optax_adam", "0.002"), ("scan_epoch", "1e-4"),
  ]

  @Test("programs of JAX give its results on the CPU, as text and as bytecode", arguments: programs)
  func cpu(program: (name: String, tolerance: String)) throws {
    let place = try Workplace()
    let arrays = Self.folder + program.name + ".npz"
    let forms = [".mlir", ".vhlo-1.0.0.bc", ".vhlo-1.20.0.bc"].map {
      Self.folder + program.name + $0
    }
    for form in forms where FileManager.default.fileExists(atPath: form) {
      let outcome = try place.run(
        "run", form, "--device", "cpu", "--inputs", arrays, "--check", arrays, "--tolerance",
        program.tolerance, "--json")
      #expect(outcome.status == 0, "\(form): \(outcome.errors)")
      #expect(try outcome.json()["isWithinTolerance"] as? Bool == true)
    }
  }

  /// Programs by `programs.py` beside them, each of many operations of a kind. Sums are ordered
  /// differently; functions differ by a few last places.
  private static let lowered = [
    "bit_tricks", "branches", "conv_gradients", "dropout", "gathers_scatters", "integers", "loops",
    "random_rbg", "reductions", "rng_bit_generator", "sorts", "vmaps", "windows", "x64",
  ]

  @Test(
    "what JAX lowers of its library gives its results on the CPU, as text and as bytecode",
    arguments: lowered)
  func library(name: String) throws {
    let place = try Workplace()
    let folder = Self.folder + "Lowered/"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasPrefix(name + ".") && !$0.hasSuffix(".npz")
    }
    #expect(files.count == 2)
    let arrays = folder + name + ".npz"
    for file in files {
      let outcome = try place.run(
        "run", folder + file, "--device", "cpu", "--inputs", arrays, "--check", arrays,
        "--tolerance", name.hasSuffix("64") ? "1e-12" : "3e-6")
      #expect(outcome.status == 0, "\(file): \(outcome.errors)")
    }
  }

  // Products of bf16 operands: 2^-8 each, in a sum of a few; what follows amplifies it.
  @Test(
    "programs without loops and branches run on the simulated chip, near the results of the CPU",
    arguments: ["cnn_raw_adam", "gpt_sgd", "gpt_bf16", "mlp_optax_adam"])
  func chip(name: String) throws {
    let arrays = Self.folder + name + ".npz"
    let outcome = try Workplace().run(
      "run", Self.folder + name + ".mlir", "--inputs", arrays, "--check", arrays, "--tolerance",
      "0.2", "--json")
    #expect(outcome.status == 0, "\(name): \(outcome.errors)")
    #expect(try outcome.json()["totalCycles"] as? Int ?? 0 > 0)
  }

  @Test("results are written as numpy reads them, and equal themselves")
  func outputs() throws {
    let place = try Workplace()
    try """
    func.func @main(%a: tensor<2x2xf32>, %b: tensor<2xi32>) -> (tensor<2x2xf32>, tensor<2xi1>) {
      %c = stablehlo.constant dense<1> : tensor<2xi32>
      %0 = stablehlo.add %a, %a : tensor<2x2xf32>
      %1 = stablehlo.compare GT, %b, %c, SIGNED : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
      return %0, %1 : tensor<2x2xf32>, tensor<2xi1>
    }
    """.write(toFile: place.path + "/p.mlir", atomically: true, encoding: .utf8)
    let floats: [Float] = [1, 2, 3, 4]
    let archive = NPZFixture.archive([
      ("in0", ("<f4", [2, 2], floats.flatMap { withUnsafeBytes(of: $0, Array.init) })),
      ("in1", ("<i8", [2], [1, 2].flatMap { (v: Int64) in withUnsafeBytes(of: v, Array.init) })),
    ])
    try Data(archive).write(to: URL(filePath: place.path + "/in.npz"))
    for device in ["cpu", "tpu-sim"] {
      let out = "\(device).npz"
      let first = try place.run(
        "run", "p.mlir", "--device", device, "--inputs", "in.npz", "--outputs", out)
      #expect(first.status == 0, "\(first.errors)")
      let again = try place.run(
        "run", "p.mlir", "--device", device, "--inputs", "in.npz", "--check", out, "--tolerance",
        "0", "--json")
      #expect(again.status == 0, "\(again.errors)")
      let cycles = try again.json()["totalCycles"] as? Int
      #expect((cycles ?? 0 > 0) == (device == "tpu-sim"))
    }
    let differing = try place.run(
      "run", "p.mlir", "--device", "cpu", "--inputs", "in.npz", "--check", "cpu.npz",
      "--outputs", "cpu.npz")
    #expect(differing.status == 2)
  }

  @Test(
    "each mistake has its sentence and status 2",
    arguments: [
      ("run none.mlir", "none.mlir: no such file. Check the path of the program."),
      ("run .", ".: no regular file. Give the file of a program (.mlir, .bc)."),
      (
        "run bad.mlir",
        "bad.mlir:2:3: expected an operation or '}', found the end of the file."
      ),
      (
        "run one.mlir",
        "one.mlir: @main takes 1 arguments. Give them as the arrays in0 to in0 of an archive with "
          + "--inputs."
      ),
      (
        "run one.mlir --tolerance 1",
        "--tolerance is about --check, which is not given. Leave it out."
      ),
      ("run one.mlir --inputs none.npz", "none.npz: no such file. Check the path."),
    ])
  func mistakes(arguments: String, sentence: String) throws {
    let place = try Workplace()
    try "func.func @main() {\n  ".write(
      toFile: place.path + "/bad.mlir", atomically: true, encoding: .utf8)
    try "func.func @main(%a: tensor<f32>) -> tensor<f32> { return %a : tensor<f32> }".write(
      toFile: place.path + "/one.mlir", atomically: true, encoding: .utf8)
    try Data([0x50, 0, 0]).write(to: URL(filePath: place.path + "/zeros.mlir"))
    let outcome = try place.start(arguments.split(separator: " ").map(String.init)).outcome()
    #expect(outcome.status == 2)
    #expect(outcome.errors == "simtrain: error: \(sentence)\n")
  }

  @Test("an estimate of a program's products says no values")
  func estimate() throws {
    let place = try Workplace()
    let outcome = try place.run(
      "estimate", "--workload", Self.folder + "mlp_optax_adam.mlir", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect((try outcome.json()["layers"] as? [Any])?.count ?? 0 == 5)
  }
}
