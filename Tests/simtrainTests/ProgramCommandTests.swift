import Foundation
import HDF5
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

  // Products of bf16 operands: 2^-8 each, in a sum of a few; what follows amplifies it.
  @Test(
    "programs run on simulated chips, as text and as bytecode, near the results of the CPU",
    arguments: programs.map(\.0))
  func chips(name: String) throws {
    let arrays = Self.folder + name + ".npz"
    for (form, config) in [
      (".mlir", "tpu-v3"), (".vhlo-1.20.0.bc", "tpu-v6e"), (".vhlo-1.0.0.bc", "edge-8x8"),
    ] where FileManager.default.fileExists(atPath: Self.folder + name + form) {
      let outcome = try Workplace().run(
        "run", Self.folder + name + form, "--inputs", arrays, "--check", arrays, "--tolerance",
        "0.2", "--config", config, "--json")
      #expect(outcome.status == 0, "\(name) on \(config): \(outcome.errors)")
      #expect(try outcome.json()["totalCycles"] as? Int ?? 0 > 0)
    }
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
        "one.mlir: @main takes 1 argument. Give it as the array in0 of a file (.npz, .h5) with --inputs."
      ),
      (
        "run one.mlir --tolerance 1",
        "--tolerance is about --check and --against, and neither is given. Leave it out."
      ),
      (
        "run one.mlir --against gpu",
        "No device is called 'gpu'. Use one of: cpu, tpu-sim, pjrt:NAME|PATH."
      ),
      (
        "run one.mlir --matmul-precision fp32",
        "No precision of products is called 'fp32'. Use one of: high, default, highest."
      ),
      (
        "run one.mlir --outputs out.h5",
        "--outputs out.h5: results are written as numpy's archive. Give a name that ends in .npz."
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

  @Test("inputs and expected results are read from HDF5 as from an archive, other names ignored")
  func hdf5() throws {
    let place = try Workplace()
    try
      "func.func @main(%a: tensor<2xf32>, %b: tensor<2xi32>) -> tensor<2xf32> { return %a : tensor<2xf32> }"
      .write(toFile: place.path + "/p.mlir", atomically: true, encoding: .utf8)
    // As h5py writes it: HDF5 without simtrain's header.
    func write(_ out: [Float]) throws {
      let file = try HDF5File(inMemoryFor: "in.h5")
      try file.write([Float](arrayLiteral: 1, 2), to: "in0")
      try file.write([Int64](arrayLiteral: 1, 2), to: "in1")
      try file.write(out, to: "out0")
      try file.write("words", to: "others/text")
      var image: [UInt8] = []
      let size = try file.copyImage(into: &image)
      try Data(image[512..<size]).write(to: URL(filePath: place.path + "/in.h5"))
    }
    for (out, status) in [([Float](arrayLiteral: 1, 2), Int32(0)), ([1, 3], 1)] {
      try write(out)
      let outcome = try place.run(
        "run", "p.mlir", "--device", "cpu", "--inputs", "in.h5", "--check", "in.h5", "--json")
      #expect(outcome.status == status, "\(outcome.errors)")
    }
    let none = try place.run("run", "p.mlir", "--inputs", "none.h5")
    #expect(none.errors.hasPrefix("simtrain: error: none.h5: "))
    #expect(none.status == 2)
  }

  @Test("--against names the operation that differs, in text, JSON and run file")
  func against() throws {
    let place = try Workplace()
    let arrays = Self.folder + "mlp_optax_adam.npz"
    let arguments = ["run", Self.folder + "mlp_optax_adam.mlir", "--inputs", arrays, "--against"]
    let outcome = try place.start(arguments + ["cpu", "--json", "--log", "run.h5"]).outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let deviation = try #require(outcome.json()["deviation"] as? [String: Any])
    let first = try #require(deviation["firstOnEqualInputs"] as? [String: Any])
    // The first product of the program; the array rounds its operands to bf16.
    #expect(first["operation"] as? String == "%15 dot_general")
    #expect(first["place"] as? String == "line 3")
    let operations = try #require(deviation["operations"] as? [[String: Any]])
    for row in operations where (row["operation"] as? String)?.hasSuffix("dot_general") == false {
      #expect(row["onEqualInputs"] as? Double == 0, "\(row)")
    }
    let file = try HDF5File(openingAt: place.path + "/run.h5")
    #expect(try file.readTable(from: "deviations").rowCount == operations.count)
    // Against itself, and as exactly as can be, nothing is left.
    let same = try place.start(arguments + ["tpu-sim"]).outcome()
    #expect(same.output.contains("no operation is above 0.001 accumulated"))
    let exact = try place.start(
      arguments + ["cpu", "--matmul-precision", "highest", "--tolerance", "1e-6"]
    ).outcome()
    #expect(exact.output.contains("no operation is above 1e-06 on equal inputs"))
    for line in exact.output.split(separator: "\n") { #expect(!line.hasSuffix(" ")) }
  }

  @Test("an estimate of a program lists its products and costs the whole as a run would")
  func estimate() throws {
    let place = try Workplace()
    for name in ["mlp_optax_adam.mlir", "mlp_optax_adam.vhlo-1.20.0.bc"] {
      let outcome = try place.run("estimate", "--workload", Self.folder + name, "--json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect((try outcome.json()["layers"] as? [Any])?.count ?? 0 == 5)
      let whole = try #require(outcome.json()["program"] as? [String: Any])
      let run = try place.run(
        "run", Self.folder + name, "--inputs", Self.folder + "mlp_optax_adam.npz", "--json")
      let keys = ["totalCycles", "energyJoules", "offChipBytes", "operations"]
      for key in keys {
        #expect("\(whole[key] ?? 0)" == "\(try run.json()[key] ?? 1)", "\(key)")
      }
      #expect((whole["arguments"] as? [Any])?.count == 15)
    }
    for workload in [["--workload", Self.folder + "mlp_optax_adam.mlir"], ["--model", "mlp"]] {
      func macs(_ precision: String) throws -> Int {
        let outcome = try place.start(
          ["estimate", "--json", "--matmul-precision", precision] + workload
        ).outcome()
        return try #require((outcome.json()["total"] as? [String: Any])?["macs"] as? Int)
      }
      let one = try macs("default")
      #expect(try macs("high") == 3 * one && macs("highest") == 6 * one)
    }
    try """
    func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {
      %0 = stablehlo.add %a, %a : tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    """.write(toFile: place.path + "/sum.mlir", atomically: true, encoding: .utf8)
    let sum = try place.run("estimate", "--workload", "sum.mlir")
    #expect(sum.status == 0, "\(sum.errors)")
    #expect(sum.output.contains("The whole program, in its own types: 2 operations, 1 argument"))
  }
}
