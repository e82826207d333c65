import GraphIR
import GraphPasses
import TestSupport
import Testing

@Suite struct QuantizationPassTests {
  /// A convolution with stride and padding, bias, ReLU, pooling, and a dense layer behind it.
  struct Network {
    let shape: Int8Reference.Convolution
    let features: Int
    let outputs: Int
    let graph: Graph
    /// Image, kernel, first bias, weight, second bias.
    let inputs: [Literal]

    init(seed: UInt64) throws {
      let sizes = words(8, seed: seed).map { Int($0 >> 8) }
      let shape = Int8Reference.Convolution(
        images: 1 + sizes[0] % 3, height: 5 + sizes[1] % 4, width: 6 + sizes[2] % 3,
        inputs: 1 + sizes[3] % 3, kernelHeight: 2 + sizes[4] % 2, kernelWidth: 3,
        stride: 1 + sizes[5] % 2, padding: sizes[6] % 2)
      self.shape = shape
      features = 2 + sizes[7] % 4
      outputs = 3
      var b = GraphBuilder(name: "network")
      let kernelShape = [shape.kernelHeight, shape.kernelWidth, shape.inputs, features]
      let kernel = b.parameter("kernel", TensorType(kernelShape, .f32))
      let bias = b.parameter("bias", TensorType([features], .f32))
      let image = b.parameter(
        "image", TensorType([shape.images, shape.height, shape.width, shape.inputs], .f32),
        role: .infeed)
      let window = [shape.kernelHeight, shape.kernelWidth].map {
        WindowDimension(
          size: $0, stride: shape.stride, low: shape.padding, high: shape.padding)
      }
      let sum = try b.convolution(image, kernel, ConvolutionAttributes(window: window))
      let type = b.type(of: sum)
      let biased = try b.add(sum, b.broadcast(bias, to: type.shape, dimensions: [3]))
      let active = try b.maximum(biased, b.splat(0, like: biased))
      let pairs = WindowDimension(size: 2)
      let pooled = try b.reduceWindow(
        .maximum, active,
        WindowAttributes([WindowDimension(size: 1), pairs, pairs, WindowDimension(size: 1)]))
      let flat = b.type(of: pooled).elementCount / shape.images
      let weight = b.parameter("weight", TensorType([flat, outputs], .f32))
      let logits = try b.dotGeneral(b.reshape(pooled, to: [shape.images, flat]), weight)
      b.result("active", active)
      b.result("logits", logits)
      graph = try b.build()
      var seed = seed
      inputs = graph.parameters.map { parameter in
        seed += 1
        return Literal(
          parameter.type,
          words(parameter.type.elementCount, seed: seed).map { Double($0) / 0x1p31 - 1 })
      }
    }

    /// The resident parameters: kernel, bias, weight.
    var state: [Literal] { [inputs[0], inputs[1], inputs[3]] }

    func run(_ quantized: QuantizedGraph) throws -> [Literal] {
      let state = quantized.state(self.state)
      // The image stands behind kernel, its scale and the bias.
      return try ReferenceEvaluator.evaluate(
        quantized.graph, Array(state[..<3]) + [inputs[2]] + Array(state[3...]))
    }

    /// The two results by the integer reference.
    func expected(isPerChannel: Bool, ranges: [String: Float]?) -> (
      active: [Float], logits: [Float]
    ) {
      let reference = Int8Reference(isPerChannel: isPerChannel)
      let floats = inputs.map { $0.elements.map { Float($0) } }
      let sum = reference.convolution(
        floats[2], shape, kernel: floats[0], outputs: features, range: ranges?["kernel"])
      let active = sum.values.enumerated().map { max($1 + floats[1][$0 % features], 0) }
      let logits = reference.dense(
        pooled(active), rows: shape.images, weight: floats[3], outputs: outputs,
        range: ranges?["weight"])
      return (active, logits.values)
    }

    /// Greatest of 2 x 2 neighbours.
    private func pooled(_ x: [Float]) -> [Float] {
      let type = graph.type(of: graph.results[0].value)
      let (h, w, c) = (type.shape[1], type.shape[2], type.shape[3])
      var result: [Float] = []
      for image in 0..<shape.images {
        for y in 0..<h - 1 {
          for x0 in 0..<w - 1 {
            for channel in 0..<c {
              let at = { (dy: Int, dx: Int) in
                x[((image * h + y + dy) * w + x0 + dx) * c + channel]
              }
              result.append(max(at(0, 0), at(0, 1), at(1, 0), at(1, 1)))
            }
          }
        }
      }
      return result
    }
  }

  @Test(
    "results equal the integer reference bit for bit, dynamic and fixed, per tensor and per channel",
    arguments: WeightScales.allCases, [nil, ["kernel": Float(0.875), "weight": 2.5]])
  func integerReference(scales: WeightScales, ranges: [String: Float]?) throws {
    for seed in 1...6 {
      let network = try Network(seed: UInt64(100 * seed))
      let pass = QuantizationPass(ranges.map { .fixed($0) } ?? .dynamic, weights: scales)
      let got = try network.run(pass.run(network.graph))
      let expected = network.expected(isPerChannel: scales == .perChannel, ranges: ranges)
      #expect(got[0].elements.map { Float($0) } == expected.active)
      #expect(got[1].elements.map { Float($0) } == expected.logits)
    }
  }

  @Test("products are i8 with i32 sums, and weights take a quarter of their bytes")
  func types() throws {
    let network = try Network(seed: 3)
    let quantized = try QuantizationPass(.dynamic).run(network.graph)
    let products = quantized.graph.instructions.filter {
      ["convolution", "dot_general"].contains($0.operation.name)
    }
    #expect(products.count == 2)
    for product in products {
      #expect(product.type.dtype == .i32)
      #expect(product.operands.allSatisfy { quantized.graph.type(of: $0).dtype == .i8 })
    }
    let parameters = quantized.graph.parameters
    #expect(
      parameters.map(\.name)
        == ["kernel", "kernel.scale", "bias", "image", "weight", "weight.scale"])
    #expect(parameters[0].type == network.graph.parameters[0].type.with(dtype: .i8))
    #expect(parameters[1].type == TensorType([network.features], .f32))
    #expect(parameters[5].type == TensorType([network.outputs], .f32))
    let resident = parameters.filter { $0.role == .resident }.map(\.type)
    #expect(quantized.state(network.state).map(\.type) == resident)
  }

  @Test(
    "a scale for each channel keeps a channel with small weights; one for all rounds it to zero")
  func smallChannel() throws {
    var b = GraphBuilder(name: "columns")
    let weight = b.parameter("w", TensorType([2, 2], .f32))
    let x = b.parameter("x", TensorType([1, 2], .f32), role: .infeed)
    b.result("r", try b.dotGeneral(x, weight))
    let graph = try b.build()
    let values = tensor([2, 2], [100, 0.25, -50, 0.125])
    for (scales, expected) in [(WeightScales.perChannel, 0.375), (.perTensor, 0)] {
      let quantized = try QuantizationPass(.dynamic, weights: scales).run(graph)
      let result = try ReferenceEvaluator.evaluate(
        quantized.graph, quantized.state([values]) + [tensor([1, 2], [1, 1])])
      #expect(abs(result[0][1] - expected) < 0.01)
    }
  }

  @Test("observed ranges are the greatest magnitudes of what the weights are multiplied with")
  func observed() throws {
    let network = try Network(seed: 5)
    let graph = try QuantizationPass.observing(network.graph)
    let results = try ReferenceEvaluator.evaluate(graph, network.inputs)
    #expect(graph.results.suffix(2).map(\.name) == ["range:kernel", "range:weight"])
    #expect(results[2][0] == network.inputs[2].elements.map(\.magnitude).max())
    // Pooling takes the greatest, so it keeps the greatest of all unless it is left out.
    #expect(results[3][0] <= results[0].elements.max() ?? 0)
    #expect(results[3][0] > 0)
    #expect(
      results.prefix(2) == (try ReferenceEvaluator.evaluate(network.graph, network.inputs))[...])
  }

  @Test("batched and transposed products find their channels")
  func channels() throws {
    var b = GraphBuilder(name: "batched")
    let x = b.parameter("x", TensorType([3, 2, 4], .f32), role: .infeed)
    let weight = b.parameter("w", TensorType([4, 3, 5], .f32))
    let left = b.parameter("l", TensorType([6, 4], .f32))
    let dot = DotDimensions(
      lhsBatching: [0], rhsBatching: [1], lhsContracting: [2], rhsContracting: [0])
    b.result("right", try b.dotGeneral(x, weight, dot))
    b.result(
      "left", try b.dotGeneral(left, x, DotDimensions(lhsContracting: [1], rhsContracting: [2])))
    let graph = try b.build()
    let products = graph.quantizableProducts()
    #expect(products.map(\.position) == [1, 0])
    #expect(products.map(\.channels) == [[1, 2], [0]])
    #expect(products.map(\.resultDimensions) == [[0, 2], [0]])
    #expect(products.map(\.summed) == [[0], [1]])
    let inputs = graph.parameters.map { parameter in
      Literal(
        parameter.type,
        words(parameter.type.elementCount, seed: 9).map { Double($0) / 0x1p31 - 1 })
    }
    let exact = try ReferenceEvaluator.evaluate(graph, inputs)
    let quantized = try QuantizationPass(.dynamic).run(graph)
    let state = quantized.state([inputs[1], inputs[2]])
    let got = try ReferenceEvaluator.evaluate(quantized.graph, [inputs[0]] + state)
    for (a, b) in zip(exact, got) {
      // Four products of numbers below 1, each operand off by at most half of 1/127.
      for (x, y) in zip(a.elements, b.elements) { #expect(abs(x - y) <= 4 * 1.01 / 127) }
    }
  }

  @Test("a weight that something else reads, and a product of two activations, stay in f32")
  func left() throws {
    var b = GraphBuilder(name: "left")
    let weight = b.parameter("w", TensorType([2, 2], .f32))
    let x = b.parameter("x", TensorType([2, 2], .f32), role: .infeed)
    let product = try b.dotGeneral(x, weight)
    b.result("sum", try b.add(product, weight))
    b.result("square", try b.dotGeneral(product, x))
    let graph = try b.build()
    #expect(graph.quantizableProducts().isEmpty)
    #expect(
      throws: GraphError(
        place: "left", reason: "multiplies no f32 weight that nothing else reads")
    ) { try QuantizationPass(.dynamic).run(graph) }
  }

  @Test("a graph that trains, and a range that is missing or none, are errors")
  func errors() throws {
    var b = GraphBuilder(name: "step")
    let weight = b.parameter("w", TensorType([2, 2], .f32))
    let x = b.parameter("x", TensorType([2, 2], .f32), role: .infeed)
    let product = try b.dotGeneral(x, weight)
    var inference = b
    b.result("w", product, donating: weight)
    let step = try b.build()
    #expect(
      throws: GraphError(
        place: "step",
        reason: "gives 'w' a new value, so it is no inference graph: quantize the graph that "
          + "evaluates")
    ) { try QuantizationPass(.dynamic).run(step) }
    inference.result("r", product)
    let graph = try inference.build()
    for (ranges, words) in [
      ([:], ""), (["w": Float.infinity], "; inf is none"), (["w": -1], "; -1.0 is none"),
    ] {
      #expect(
        throws: GraphError(
          place: "step", reason: "has no range for what 'w' is multiplied with\(words)")
      ) { try QuantizationPass(.fixed(ranges)).run(graph) }
    }
  }

  @Test("zeros, and the ends of a range, are exact; the host quantizes as the graph does")
  func hostScale() throws {
    let weight = tensor([3, 2], [0, 1e-30, 0, -127e-30, 0, 3.3e-30])
    let quantized = QuantizedWeight(weight, channels: [1])
    #expect(quantized.values.elements == [0, 1, 0, -127, 0, 3])
    #expect(quantized.scales.elements[0] == 0)
    for range: Float in [0, 0.1, 1, 3e38] {
      let scale = Int8Scale(range: range)
      let numbers =
        words(64, seed: 4).map { range * (Float($0) / 0x1p30 - 2) } + [0, range, -range]
      let graph = try evaluate(vector(numbers.map(Double.init))) { b, p in
        try b.quantizedToInt8(p[0], scale: b.scalar(Double(scale.value)))
      }
      #expect(graph.elements == numbers.map { Double(scale.quantized($0)) })
    }
  }
}
