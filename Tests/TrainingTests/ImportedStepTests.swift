import Datasets
import DeviceAPI
import GraphIR
import TestSupport
import Testing

@testable import Training

@Suite("Training steps of other tools")
struct ImportedStepTests {
  /// The step of our own program, as another tool would hand it over.
  ///
  /// - Parameter donated: results that say whose place they take, the first ones.
  private static func imported(
    _ program: TrainingProgram, donated: Int = .max
  ) throws -> ImportedStep {
    var graph = program.step
    for index in graph.results.indices.dropFirst(donated) {
      graph.results[index].donatedParameter = nil
    }
    let count = graph.parameters.count
    return try ImportedStep(
      graph, name: "step", images: count - 2, labels: count - 1, loss: graph.results.count - 1)
  }

  /// Logits of our own model.
  private static func prediction(_ program: TrainingProgram, for step: ImportedStep) throws
    -> ImportedPrediction
  {
    let model = program.model
    var b = GraphBuilder(name: "predict")
    let parameters = model.parameters.map { b.parameter($0.name, $0.type) }
    let images = b.parameter("x", TensorType([8, model.rows, model.columns], .f32))
    b.result(
      "logits",
      try model.output(of: images, parameters: parameters, phase: .evaluation, in: &b).logits)
    return try ImportedPrediction(b.build(), name: "predict", for: step)
  }

  private static func program(
    _ step: ImportedStep, _ prediction: ImportedPrediction?, initial: [Literal]?
  ) throws -> TrainingProgram {
    try TrainingProgram(
      importing: step, prediction: prediction, initial: initial, checksum: "0",
      data: Fixtures.corners(count: 18, seed: 1))
  }

  private static func initial(_ program: TrainingProgram) -> [Literal] {
    var generator = SeededGenerator(seed: 7).jumped()
    return program.initialState(using: &generator)
  }

  @Test(
    "our own step, imported, trains with the same bits, whether state is donated, in its place, or both",
    arguments: [Int.max, 0, 1, 3])
  func same(donated: Int) throws {
    let own = try Fixtures.program()
    let step = try Self.imported(own, donated: donated)
    let program = try Self.program(
      step, Self.prediction(own, for: step), initial: Self.initial(own))
    let (expected, found) = (Recorder(), Recorder())
    let loop = try Fixtures.loop(own)
    _ = try loop.run(expected.observer)
    let other = try Fixtures.loop(program)
    _ = try other.run(found.observer)
    #expect(found.steps == expected.steps)
    #expect(found.epochs == expected.epochs)
    #expect(try other.checkpoint().tensors == loop.checkpoint().tensors)
  }

  @Test("a result that could be the new value of two arguments is refused unless it is donated")
  func ambiguous() throws {
    func step(donates: Bool) throws -> ImportedStep {
      var b = GraphBuilder(name: "step")
      let type = TensorType([2, 2], .f32)
      _ = b.parameter("frozen", type)
      let trained = b.parameter("trained", type)
      let images = b.parameter("images", type)
      _ = b.parameter("labels", TensorType([2], .i32))
      let new = try b.add(trained, images)
      b.result("trained", new, donating: donates ? trained : nil)
      b.result("loss", try b.reduce(.add, new, dimensions: [0, 1]))
      return try ImportedStep(b.build(), name: "step", images: 2, labels: 3, loss: nil)
    }
    _ = try step(donates: true)
    let error = #expect(throws: TrainingError.self) { try step(donates: false) }
    #expect(
      "\(try #require(error))".contains("out0 may be the new in0 or the new in1, which are both"))
  }

  @Test("it resumes bit for bit, and not with another program")
  func resume() throws {
    let own = try Fixtures.program()
    let step = try Self.imported(own)
    let program = try Self.program(step, nil, initial: Self.initial(own))
    let whole = try Fixtures.loop(program)
    _ = try whole.run()
    let recorder = Recorder()
    recorder.limit = 5
    let part = try Fixtures.loop(program)
    _ = try part.run(recorder.observer)
    let saved = try part.checkpoint()
    let resumed = try Fixtures.loop(Self.program(step, nil, initial: nil), resuming: saved)
    _ = try resumed.run()
    #expect(try resumed.checkpoint() == whole.checkpoint())
    let other = try TrainingProgram(
      importing: step, prediction: nil, initial: nil, checksum: "1",
      data: Fixtures.corners(count: 18, seed: 1))
    #expect(throws: TrainingError.self) { try Fixtures.loop(other, resuming: saved) }
  }

  @Test("without a program that predicts, the loss of full batches is all that is known")
  func lossOnly() throws {
    let own = try Fixtures.program()
    let program = try Self.program(Self.imported(own), nil, initial: Self.initial(own))
    let metrics = try #require(Fixtures.loop(program, epochs: 1).run().epochs.last?.evaluation)
    #expect(metrics.accuracy.isNaN)
    #expect(metrics.count == 8)
    #expect(metrics.loss > 0 && metrics.loss < 5)
  }

  /// A step whose loss is what the test asks of images and labels.
  private static func step(
    images: TensorType, labels: TensorType,
    loss: (inout GraphBuilder, ValueID, ValueID) throws -> ValueID
  ) throws -> ImportedStep {
    var b = GraphBuilder(name: "probe")
    let s = b.parameter("in0", TensorType([1], .f32))
    let x = b.parameter("in1", images)
    let y = b.parameter("in2", labels)
    b.result("out0", s, donating: s)
    b.result("out1", try loss(&b, x, y))
    return try ImportedStep(b.build(), name: "probe", images: 1, labels: 2, loss: nil)
  }

  // Two images of 1 x 2 pixels with 3 values each.
  @Test(
    "images come scaled, flat or with features first, and labels as numbers or one-hot, by their types",
    arguments: [
      ([2, 6], [0, 1, 2, 3, 4, 5]), ([2, 1, 2, 3], [0, 1, 2, 3, 4, 5]),
      ([2, 3, 1, 2], [0, 3, 1, 4, 2, 5]),
    ], [DType.f32, .i32, .bf16])
  func feeds(shape: ([Int], [Int]), dtype: DType) throws {
    let pixels: [UInt8] = [0, 51, 102, 153, 204, 255, 255, 204, 153, 102, 51, 0]
    let data = ImageDataset(
      name: "two", images: pixels, labels: [2, 0], rows: 1, columns: 2, features: 3, classes: 3)
    let images = TensorType(shape.0, dtype)
    let step = try Self.step(images: images, labels: TensorType([2, 3], .f32)) { b, x, y in
      let flat = try b.reshape(b.convert(x, to: .f32), to: [12])
      let weights = try b.constant(
        Literal(TensorType([12], .f32), (0..<12).map { 1 + Double($0 * $0) }))
      let sum = try b.reduce(.add, b.multiply(flat, weights), dimensions: [0])
      let order = try b.constant(
        Literal(TensorType([2, 3], .f32), [100, 200, 400, 800, 1600, 3200]))
      return try b.add(
        sum, b.reduce(.add, b.multiply(y, order), dimensions: [0, 1]))
    }
    let program = try TrainingProgram(
      importing: step, prediction: nil, initial: [Literal(TensorType([1], .f32), [0])],
      checksum: "0", data: data)
    let inputs = [
      Literal(TensorType([1], .f32), [0]),
      Literal(TensorType([2, 1, 2, 3], .ui8), pixels.map(Double.init)),
      Literal(TensorType([2], .i32), [2, 0]),
    ]
    let found = try #require(
      ReferenceEvaluator.evaluate(program.step, inputs).last?[0])
    var expected = 400.0 + 800
    for image in 0..<2 {
      for place in 0..<6 {
        let pixel = Double(pixels[6 * image + shape.1[place]])
        let value = dtype.isFloatingPoint ? dtype.rounding(pixel / 255) : pixel
        let index = 6 * image + place
        expected += value * Double(1 + index * index)
      }
    }
    #expect(abs(found - expected) <= 1e-5 * expected)
  }

  @Test("what cannot be fed, or is no step, is said in a line")
  func mistakes() throws {
    let vector = TensorType([4], .f32)
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    func step(_ images: Int, _ loss: Int? = nil, losses: Int = 1) throws {
      var b = GraphBuilder(name: "g")
      let s = b.parameter("in0", vector)
      _ = b.parameter("in1", TensorType([2, 9], .f32))
      _ = b.parameter("in2", TensorType([2], .i32))
      b.result("out0", s)
      for index in 0..<losses { b.result("out\(index + 1)", try b.scalar(1)) }
      _ = try ImportedStep(b.build(), name: "s.mlir", images: images, labels: 2, loss: loss)
    }
    #expect(message { try step(1) } == "")
    #expect(
      message { try step(9) }
        == "s.mlir: it has the arguments in0 to in2, and --feed images=9 is none. Give the number of one."
    )
    #expect(message { try step(2) }.contains("both fed to in2"))
    #expect(message { try step(1, losses: 0) }.contains("no result is one floating-point number"))
    #expect(message { try step(1, losses: 2) }.contains("the results 1, 2 could all be the loss"))
    #expect(message { try step(1, 0) }.contains("--loss 0 is no result"))
    #expect(message { try step(1, 2, losses: 2) } == "")
    let wide = try Self.step(images: TensorType([2, 10], .f32), labels: TensorType([2], .i32)) {
      b, _, _ in try b.scalar(0)
    }
    #expect(
      message { _ = try Self.program(wide, nil, initial: nil) }
        == "probe: --feed images=1 is tensor<2x10xf32>, which no batch of images of 3 x 3 is. Lower it "
        + "for [batch, 9] or a shape of as many.")
    let labels = try Self.step(images: TensorType([2, 9], .f32), labels: TensorType([2, 7], .f32)) {
      b, _, _ in try b.scalar(0)
    }
    #expect(
      message { _ = try Self.program(labels, nil, initial: nil) }
        .contains("expected integers [2], or one-hot [2, 4]"))
  }
}
