import Foundation
import GraphIR
import StableHLO
import Testing

/// Programs as JAX lowers them, in the folder `Programs`.
enum Programs {
  static let names = [
    "cnn_raw_adam", "ctrl_flow_const", "gpt_bf16", "gpt_sgd", "init_normal_rng", "mlp_optax_adam",
    "scan_epoch",
  ]
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().path + "/Programs/"

  static func bytes(_ file: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: folder + file)))
  }
}

@Suite("Readers of StableHLO")
struct ReaderTests {
  /// How often each operation occurs, whatever the function.
  private func counts(_ tree: OperationTree) -> [String: Int] {
    var counts: [String: Int] = [:]
    func visit(_ region: TreeRegion) {
      for operation in region.operations {
        counts[operation.name, default: 0] += 1
        operation.regions.forEach(visit)
      }
    }
    tree.functions.forEach { visit($0.body) }
    return counts
  }

  // As many as the text has: `grep -c`.
  @Test("every operation of a program's text is read")
  func textCounts() throws {
    for name in Programs.names {
      let bytes = try Programs.bytes(name + ".mlir")
      let text = String(decoding: bytes, as: UTF8.self)
      let tree = try TextReader.read(bytes)
      #expect(tree.functions.count == text.components(separatedBy: "func.func ").count - 1)
      let found = counts(tree)
      for operation in ["add", "dot_general", "broadcast_in_dim", "gather", "while", "slice"] {
        let lines = text.split(separator: "\n").filter {
          $0.contains("stablehlo.\(operation) ") || $0.contains("stablehlo.\(operation)(")
            || $0.contains("\"stablehlo.\(operation)\"")
        }.filter { !$0.contains("applies stablehlo.\(operation) ") }
        let applied = text.components(separatedBy: "applies stablehlo.\(operation) ").count - 1
        #expect(found[operation, default: 0] == lines.count + applied, "\(name): \(operation)")
      }
    }
  }

  @Test("bytecode and text of a program have the same products, reductions and results")
  func bytecode() throws {
    for name in Programs.names where name != "ctrl_flow_const" && name != "init_normal_rng" {
      let text = try TextReader.read(Programs.bytes(name + ".mlir"))
      for version in ["1.0.0", "1.20.0"] {
        let tree = try BytecodeReader.read(Programs.bytes("\(name).vhlo-\(version).bc"))
        let (a, b) = (counts(text), counts(tree))
        for operation in ["dot_general", "convolution", "reduce", "gather", "scatter", "while"] {
          #expect(a[operation] == b[operation], "\(name) \(version): \(operation)")
        }
        let (main, other) = (
          try #require(text.function("main")), try #require(tree.function("main"))
        )
        #expect(main.resultTypes == other.resultTypes)
        #expect(
          main.body.arguments.map { main.types[$0] } == other.body.arguments.map { other.types[$0] }
        )
        func donated(_ function: TreeFunction) -> [TreeAttribute?] {
          function.argumentAttributes.map { $0["tf.aliasing_output"] }
        }
        #expect(
          donated(main).map { $0 ?? .unit } == padded(donated(other), to: main.body.arguments.count)
        )
      }
    }
  }

  private func padded(_ list: [TreeAttribute?], to count: Int) -> [TreeAttribute] {
    (0..<count).map { $0 < list.count ? list[$0] ?? .unit : .unit }
  }

  @Test("constants: decimals, bits, hexadecimal strings, lists and splats of each type")
  func constants() throws {
    func elements(_ text: String) throws -> TreeElements {
      let tree = try TextReader.read(
        Array("func.func @main() { %c = stablehlo.constant dense<\(text)\n return }".utf8))
      guard case .elements(let found) = tree.functions[0].body.operations[0].attributes["value"]
      else { throw CancellationError() }
      return found
    }
    #expect(try elements("1.5> : tensor<f32>").bytes == [0, 0, 0xC0, 0x3F])
    #expect(try elements("0xFF800000> : tensor<2xf32>").isSplat)
    #expect(try elements("[1, -2]> : tensor<2xi16>").integers == [1, -2])
    #expect(try elements("[true, false]> : tensor<2xi1>").bytes == [1, 0])
    #expect(try elements("\"0x0100000002000000\"> : tensor<2xi32>").integers == [1, 2])
    // 1 + 2^-8 lies between 0x3F80 and 0x3F81, and goes to the even one; 1e-7 is 2 · 2^-24 in f16.
    #expect(try elements("1.00390625> : tensor<bf16>").bytes == [0x80, 0x3F])
    #expect(try elements("1.0e-7> : tensor<f16>").bytes == [2, 0])
    #expect(try elements("65504.0> : tensor<f16>").bytes == [0xFF, 0x7B])
    #expect(try elements("> : tensor<0xf32>").bytes.isEmpty)
  }

  @Test(
    "what cannot be read is one line with line and column",
    arguments: [
      ("", "1:1: expected a function such as func.func public @main, found the end of the file"),
      (
        "func.func @main(%a: tensor<?xf32>) { return }",
        "1:28: dynamic shapes are not supported. Lower the program with fixed shapes"
      ),
      (
        "func.func @main(%a: tensor<2xf32>) {\n  %0 = stablehlo.add %a, %b : tensor<2xf32>\n}",
        "2:26: expected a value that is defined before, found %b"
      ),
      (
        "func.func @main(%a: tensor<2xf32>) {\n  %0 = stablehlo.abs %a : tensor<3xf32>\n}",
        "2:27: expected tensor<2xf32>, which its operand has, found tensor<3xf32>"
      ),
      (
        "func.func @main() {\n  %0 = stablehlo.constant dense<[1, x]> : tensor<2xi32>\n}",
        "2:37: expected a value of type i32, found 'x'"
      ),
      (
        "func.func @main() {\n  %0 = stablehlo.constant dense<[1]> : tensor<2xi32>\n  return",
        "3:9: expected an operation or '}', found the end of the file"
      ),
    ])
  func mistakes(text: String, message: String) {
    let error = #expect(throws: StableHLOError.self) { try TextReader.read(Array(text.utf8)) }
    #expect(error?.description == message)
  }

  @Test(
    "what no graph has a place for is said at its operation",
    arguments: [
      (
        "%0 = stablehlo.cholesky %a, lower = true : tensor<2x2xf32>",
        "2:8: the operation 'cholesky' is not supported"
      ),
      (
        "%0 = stablehlo.dot_general %a, %a, contracting_dims = [1] x [3] : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>",
        "2:8: 'dot_general' "
      ),
      (
        "%0 = stablehlo.custom_call @lapack(%a) : (tensor<2x2xf32>) -> tensor<2x2xf32>",
        "2:8: 'custom_call' of @lapack has no meaning outside of the backend it is for"
      ),
      (
        "%0 = stablehlo.convert %a : (tensor<2x2xf32>) -> tensor<2x2xcomplex<f32>>",
        "2:8: elements of type complex<f32> are not supported."
      ),
    ])
  func unsupported(operation: String, message: String) throws {
    let text =
      "func.func @main(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {\n  \(operation)\n  return %0 : "
      + (operation.contains("complex<f32>>") ? "tensor<2x2xcomplex<f32>>" : "tensor<2x2xf32>")
      + "\n}"
    let tree = try TextReader.read(Array(text.utf8))
    let error = #expect(throws: StableHLOError.self) { try GraphConverter.graph(of: tree) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  /// What is wrong with a program that is read and made a graph of.
  private func failure(of bytes: [UInt8]) -> String {
    do throws(StableHLOError) {
      let tree =
        bytes.starts(with: BytecodeReader.magic)
        ? try BytecodeReader.read(bytes) : try TextReader.read(bytes)
      _ = try GraphConverter.graph(of: tree)
      return "nothing"
    } catch { return error.description }
  }

  @Test(
    "bytecode that is cut off, too new, too old, dynamic or for several devices says so at its byte"
  )
  func badBytecode() throws {
    let whole = try Programs.bytes("mlp_optax_adam.vhlo-1.0.0.bc")
    for length in [5, 10, 100, 1000, 3000, whole.count - 1] {
      let message = failure(of: Array(whole[..<length]))
      #expect(message.hasPrefix("byte ") && message.contains("expected"), "\(length): \(message)")
    }
    var newer = whole
    newer[4] = 7 << 1 | 1
    #expect(
      failure(of: newer)
        == "byte 4: expected bytecode of version 0 to 6, found 7. Write it with an older JAX")
    // Behind the version of bytecode stands `StableHLO_v1.0.0`.
    func withVersion(_ major: String) -> String {
      var other = whole
      other.replaceSubrange(16..<17, with: major.utf8)
      return failure(of: other)
    }
    #expect(
      withVersion("2")
        == "byte 5: expected VHLO 0.17 to 1.x, found 2.0. Write it for an older version")
    #expect(
      withVersion("0") == "byte 5: expected VHLO 0.17 to 1.x, found 0.0. Write it with a newer JAX")
    #expect(
      failure(of: try Programs.bytes("dynamic.vhlo-1.15.0.bc"))
        .contains("dynamic shapes are not supported. Lower the program with fixed shapes"))
    #expect(
      failure(of: try Programs.bytes("two_devices.vhlo-1.0.0.bc"))
        .contains("the program is for 2 devices (mhlo.num_partitions). Lower it for a single one"))
  }

  @Test(
    "programs for several devices, unknown operations and types that disagree say so at line and column",
    arguments: [
      (
        "module @m attributes {mhlo.num_partitions = 2 : i32, mhlo.num_replicas = 1 : i32} {\n  func.func @main() { return }\n}",
        "2:3: the program is for 2 devices (mhlo.num_partitions). Lower it for a single one"
      ),
      (
        "module @m attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 4 : i32} {\n  func.func @main() { return }\n}",
        "2:3: the program is for 4 devices (mhlo.num_replicas). Lower it for a single one"
      ),
      (
        "func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> {\n  %0 = \"stablehlo.frobnicate\"(%a) : (tensor<2xf32>) -> tensor<2xf32>\n  return %0 : tensor<2xf32>\n}",
        "2:8: the operation 'frobnicate' is not supported"
      ),
      (
        "func.func @main(%a: tensor<2xf32>, %b: tensor<3xf32>) -> tensor<2xf32> {\n  %0 = \"stablehlo.add\"(%a, %b) : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>\n  return %0 : tensor<2xf32>\n}",
        "2:8: 'add' needs two operands of one type, has tensor<2xf32> and tensor<3xf32>"
      ),
      (
        "func.func @main(%a: tensor<2x3xf32>) -> tensor<3x3xf32> {\n  %0 = stablehlo.transpose %a, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x3xf32>\n  return %0 : tensor<3x3xf32>\n}",
        "2:8: 'transpose' gives tensor<3x2xf32>, and the program says tensor<3x3xf32>"
      ),
    ])
  func badText(text: String, message: String) {
    #expect(failure(of: Array(text.utf8)) == message)
  }

  /// A process of its own, with 1 GiB of memory and 10 seconds a mutation: `make fuzz-programs` for more.
  @Test(
    "whatever is done to a program, it is read or gets an error of one line, within 1 GiB",
    arguments: [".mlir", ".bc"])
  func mutations(kind: String) throws {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(filePath: tests).deletingLastPathComponent()
      .appending(path: "fuzz-programs")
    let names = try FileManager.default.contentsOfDirectory(atPath: Programs.folder).sorted()
    process.arguments =
      ["500", "7"] + names.filter { $0.hasSuffix(kind) }.map { Programs.folder + $0 }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let last = text.split(separator: "\n").last ?? ""
    #expect(process.terminationStatus == 0, "\(last)")
    #expect(last.hasPrefix("read 500 mutations"))
  }

  @Test("lists, regions and calls without end, and shapes beyond measure, are errors")
  func excess() {
    let deep = { (open: String, count: Int) in String(repeating: open, count: count) }
    var calls =
      "func.func @main(%a: tensor<f32>) -> tensor<f32> { %0 = call @f0(%a) : (tensor<f32>) -> tensor<f32>\n"
      + "return %0 : tensor<f32> }\n"
    for index in 0..<40 {
      let call = "call @f\((index + 1) % 40 == 0 ? 40 : index + 1)"
      calls +=
        "func.func private @f\(index)(%a: tensor<f32>) -> tensor<f32> {\n"
        + "%0 = \(call)(%a) : (tensor<f32>) -> tensor<f32>\n"
        + "%1 = \(call)(%0) : (tensor<f32>) -> tensor<f32>\nreturn %1 : tensor<f32> }\n"
    }
    calls +=
      "func.func private @f40(%a: tensor<f32>) -> tensor<f32> { %0 = stablehlo.abs %a : tensor<f32>\n"
      + "return %0 : tensor<f32> }\n"
    let pad =
      "func.func @main(%a: tensor<2xf32>, %c: tensor<f32>) -> tensor<2xf32> {\n"
      + "%0 = stablehlo.pad %a, %c, low = [9223372036854775807], high = [9223372036854775807], "
      + "interior = [9223372036854775807] : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>\n"
      + "return %0 : tensor<2xf32> }"
    let texts = [
      (
        "func.func @main() { %c = stablehlo.constant dense<" + deep("[", 100_000),
        "less than 100 lists"
      ),
      (
        "func.func @main() { \"stablehlo.foo\"() {a = " + deep("[", 100_000),
        "less than 100 attributes"
      ),
      (
        "func.func @main() { %0 = \"stablehlo.while\"() "
          + deep("({ \"stablehlo.while\"() ", 50_000),
        "less than 64 regions"
      ),
      (calls, "more than 524288 operations when its calls are inlined"), (pad, "beyond 2^31"),
      (
        "func.func @main(%a: tensor<4000000000x4000000000xf32>) { return }",
        "a tensor of less than 2^45 elements"
      ),
    ]
    for (text, expected) in texts {
      let error = #expect(throws: StableHLOError.self) {
        try GraphConverter.graph(of: TextReader.read(Array(text.utf8)))
      }
      #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }
  }
}
