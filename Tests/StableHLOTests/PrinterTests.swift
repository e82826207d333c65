import ConfigFiles
import DeviceConformance
import GraphIR
import GraphPasses
import StableHLO
import Testing

@testable import Training

@Suite("The printer of StableHLO text")
struct PrinterTests {
  private func read(_ text: String) throws -> Graph {
    try GraphConverter.graph(of: TextReader.read(Array(text.utf8)))
  }

  /// Text that is read and printed again is the same text, with the same donations.
  ///
  /// - Returns: the graph that was read.
  @discardableResult
  private func roundTrip(_ graph: Graph, _ place: String) throws -> Graph {
    var graph = graph
    // The name of the module; a graph that is read has that of its function.
    graph.name = "main"
    let text = try TextPrinter.text(of: graph, precision: .highest)
    let back = try read(text)
    #expect(try TextPrinter.text(of: back, precision: .highest) == text, "\(place)")
    #expect(back.parameters.map(\.type) == graph.parameters.map(\.type), "\(place)")
    #expect(
      back.results.map(\.donatedParameter) == graph.results.map(\.donatedParameter), "\(place)")
    return back
  }

  @Test("programs as JAX lowers them: text, graph, text, graph, text are stable")
  func programs() throws {
    // Integers of 64 bits are elements of `init_normal_rng` only.
    let names = Programs.names.filter {
      $0 != "init_normal_rng" || DType(rawValue: "ui64") != nil
    }
    for name in names {
      let tree = try TextReader.read(Programs.bytes(name + ".mlir"))
      try roundTrip(GraphConverter.graph(of: tree), name)
    }
  }

  @Test("what every device must compute, and random graphs, are the same programs when read back")
  func conformance() throws {
    for entry in try ConformanceSuite(randomGraphs: 40).cases {
      let back = try roundTrip(entry.graph, entry.name)
      let expected = try ReferenceEvaluator.evaluate(entry.graph, entry.inputs)
      let found = try ReferenceEvaluator.evaluate(back, entry.inputs)
      #expect(found == expected, "\(entry.name)")
    }
  }

  @Test(
    "training steps of all models and precisions are stable", arguments: PrecisionPolicy.allCases)
  func trainingSteps(policy: PrecisionPolicy) throws {
    let library = try ConfigLibrary(currentDirectory: Programs.folder)
    for name in library.names(of: "Models") {
      let document = try library.document(name, kind: "Models")
      let model = try document.decode(ModelDescription.self).model(
        rows: 28, columns: 28, classes: 10, from: document)
      let precision = PrecisionSettings(
        policy, usesStochasticRounding: policy == .bf16)
      let program = try TrainingProgram(
        model: model, optimizer: Adam(), batchSize: 2, evaluationBatchSize: 2,
        precision: precision)
      try roundTrip(program.step, "\(name), step")
      try roundTrip(program.evaluation, "\(name), evaluation")
    }
  }

  // Threefry-2x32 of its authors' test vectors is in the evaluator's tests; here the two must agree.
  @Test("random bits in arithmetic are those of the operation", arguments: [1, 2, 7, 64])
  func randomBits(count: Int) throws {
    var builder = GraphBuilder(name: "main")
    let key = builder.parameter("key", TensorType([2], .i32))
    for stream in [0, 3, 4_000_000_000] {
      builder.result(
        "r\(stream)",
        try builder.randomBits(TensorType([count], .i32), key: key, stream: stream))
    }
    let graph = try builder.build()
    let spelled = try graph.spelledInStableHLO()
    #expect(!spelled.instructions.contains { $0.operation.name == "random_bits" })
    let inputs = [Literal(TensorType([2], .i32), [-7, 123_456_789])]
    #expect(
      try ReferenceEvaluator.evaluate(spelled, inputs)
        == ReferenceEvaluator.evaluate(graph, inputs))
  }

  @Test("constants keep every bit: NaN, infinities, −0, least and greatest numbers")
  func constants() throws {
    var builder = GraphBuilder(name: "main")
    let floats: [Double] = [
      .nan, .infinity, -.infinity, -0.0, 0, 1e-7, 0.1, .leastNonzeroMagnitude,
      .greatestFiniteMagnitude, 65_504,
      16_777_217, 1.17549435e-38, -3.5, 1e22, 123_456_789, 1 / 3,
    ]
    for dtype in DType.allCases {
      for count in [16, 1] {
        for part in 0..<16 / count {
          let elements = Array(floats[part * count..<(part + 1) * count])
          let value = try builder.constant(Literal(TensorType([count, 1], dtype), elements))
          builder.result("r\(builder.graph.results.count)", value)
        }
      }
      let many = try builder.constant(Literal(TensorType([2, 16], dtype), floats + floats))
      builder.result("many \(dtype)", many)
      let splat = try builder.constant(Literal(TensorType([3, 5], dtype), splat: 0.1))
      builder.result("splat \(dtype)", splat)
    }
    let graph = try builder.build()
    let back = try roundTrip(graph, "constants")
    #expect(
      try ReferenceEvaluator.evaluate(back, []) == ReferenceEvaluator.evaluate(graph, []))
  }

  @Test("the text is what MLIR prints: donation, precision of products of f32, regions")
  func text() throws {
    var builder = GraphBuilder(name: "training step")
    let x = builder.parameter("x", TensorType([2, 2], .f32))
    let y = builder.parameter("y", TensorType([2, 2], .f32))
    let product = try builder.dotGeneral(x, y)
    builder.result("z", try builder.reduce(.maximum, product, dimensions: [1]))
    builder.result("y", product, donating: y)
    let matrix = "tensor<2x2xf32>"
    #expect(
      try TextPrinter.text(of: builder.build(), precision: .highest) == """
        module @training_step {
          func.func public @main(%arg0: \(matrix), %arg1: \(matrix) {tf.aliasing_output = 1 : i32}) -> (tensor<2xf32>, \(matrix)) {
            %0 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [0], precision = [HIGHEST, HIGHEST] : (\(matrix), \(matrix)) -> \(matrix)
            %1 = stablehlo.constant dense<0xFF800000> : tensor<f32>
            %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.maximum across dimensions = [1] : (\(matrix), tensor<f32>) -> tensor<2xf32>
            return %2, %0 : tensor<2xf32>, \(matrix)
          }
        }

        """)
  }
}
