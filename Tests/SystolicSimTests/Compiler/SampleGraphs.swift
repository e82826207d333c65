import GraphIR
import SystolicSim

/// Graphs like those that training makes, built by hand.
enum SampleGraphs {
  /// A training step of a dense network: forward, softmax cross-entropy, backward, Adam.
  static func mlp(
    batch: Int = 32, sizes: [Int] = [784, 128, 10], optimizer: Bool = true
  ) throws(GraphError) -> Graph {
    var b = GraphBuilder(name: "mlp-\(sizes)")
    let x = b.parameter("x", TensorType([batch, sizes[0]], .f32), role: .infeed)
    let y = b.parameter("y", TensorType([batch, sizes[sizes.count - 1]], .f32), role: .infeed)
    var layers: [(w: ValueID, bias: ValueID)] = []
    for i in 0..<sizes.count - 1 {
      layers.append(
        (
          b.parameter("w\(i)", TensorType([sizes[i], sizes[i + 1]], .f32)),
          b.parameter("b\(i)", TensorType([sizes[i + 1]], .f32))
        ))
    }
    var inputs: [ValueID] = []
    var h = x
    for (i, layer) in layers.enumerated() {
      inputs.append(h)
      h = try b.withScope("forward/dense\(i)") { b throws(GraphError) in
        let z = try b.dotGeneral(h, layer.w)
        let shape = b.type(of: z).shape
        let sum = try b.add(z, b.broadcast(layer.bias, to: shape, dimensions: [1]))
        return i == layers.count - 1 ? sum : try b.maximum(sum, b.splat(0, like: sum))
      }
    }
    var (loss, gradient) = try b.withScope("loss") { b throws(GraphError) in
      try crossEntropy(&b, logits: h, labels: y)
    }
    b.result("loss", loss)
    for (i, layer) in layers.enumerated().reversed() {
      let (input, outer) = (inputs[i], gradient)
      try b.withScope("backward/dense\(i)") { b throws(GraphError) in
        let dw = try b.dotGeneral(
          b.transpose(input, permutation: [1, 0]), outer)
        let db = try b.reduce(.add, outer, dimensions: [0])
        try update(&b, layer.w, dw, "w\(i)", adam: optimizer)
        try update(&b, layer.bias, db, "b\(i)", adam: optimizer)
      }
      guard i > 0 else { break }
      gradient = try b.withScope("backward/dense\(i)") { b throws(GraphError) in
        let dx = try b.dotGeneral(outer, b.transpose(layer.w, permutation: [1, 0]))
        let mask = try b.compare(.gt, input, b.splat(0, like: input))
        return try b.select(mask, dx, b.splat(0, like: dx))
      }
    }
    return try b.build()
  }

  private static func crossEntropy(
    _ b: inout GraphBuilder, logits: ValueID, labels: ValueID
  ) throws(GraphError) -> (ValueID, ValueID) {
    let shape = b.type(of: logits).shape
    let top = try b.reduce(.maximum, logits, dimensions: [1])
    let shifted = try b.subtract(logits, b.broadcast(top, to: shape, dimensions: [0]))
    let powers = try b.unary(.exponential, shifted)
    let sums = try b.reduce(.add, powers, dimensions: [1])
    let logs = try b.subtract(
      shifted, b.broadcast(b.unary(.log, sums), to: shape, dimensions: [0]))
    let loss = try b.reduce(.add, b.multiply(labels, logs), dimensions: [0, 1])
    let probabilities = try b.divide(powers, b.broadcast(sums, to: shape, dimensions: [0]))
    let gradient = try b.multiply(
      b.subtract(probabilities, labels), b.splat(1 / Double(shape[0]), like: labels))
    return (loss, gradient)
  }

  private static func update(
    _ b: inout GraphBuilder, _ weight: ValueID, _ gradient: ValueID, _ name: String, adam: Bool
  ) throws(GraphError) {
    guard adam else {
      let step = try b.multiply(gradient, b.splat(0.01, like: gradient))
      b.result(name, try b.subtract(weight, step), donating: weight)
      return
    }
    let m = b.parameter("m/" + name, b.type(of: weight))
    let v = b.parameter("v/" + name, b.type(of: weight))
    let newM = try b.add(
      b.multiply(m, b.splat(0.9, like: m)), b.multiply(gradient, b.splat(0.1, like: m)))
    let square = try b.multiply(gradient, gradient)
    let newV = try b.add(
      b.multiply(v, b.splat(0.999, like: v)), b.multiply(square, b.splat(0.001, like: v)))
    let root = try b.add(b.unary(.sqrt, newV), b.splat(1e-8, like: v))
    let step = try b.multiply(b.divide(newM, root), b.splat(0.001, like: m))
    b.result(name, try b.subtract(weight, step), donating: weight)
    b.result("m/" + name, newM, donating: m)
    b.result("v/" + name, newV, donating: v)
  }

  /// Convolution, pooling and a dense layer, with the gradients of the first two.
  static func cnn(batch: Int = 4, size: Int = 12) throws(GraphError) -> Graph {
    var b = GraphBuilder(name: "cnn")
    let x = b.parameter("x", TensorType([batch, size, size, 1], .f32), role: .infeed)
    let kernel = b.parameter("kernel", TensorType([3, 3, 1, 8], .f32))
    let dense = b.parameter("dense", TensorType([size * size / 4 * 8, 10], .f32))
    let padded = WindowDimension(size: 3, low: 1, high: 1)
    let conv = try b.convolution(
      x, kernel, ConvolutionAttributes(window: [padded, padded]))
    let active = try b.maximum(conv, b.splat(0, like: conv))
    let two = WindowDimension(size: 2, stride: 2)
    let one = WindowDimension(size: 1)
    let window = WindowAttributes([one, two, two, one])
    let pooled = try b.reduceWindow(.maximum, active, window)
    let flat = try b.reshape(pooled, to: [batch, size * size / 4 * 8])
    let logits = try b.dotGeneral(flat, dense)
    b.result("logits", logits)
    let back = try b.dotGeneral(
      logits, dense, DotDimensions(lhsContracting: [1], rhsContracting: [1]))
    let source = try b.reshape(back, to: b.type(of: pooled).shape)
    let scattered = try b.append(
      .selectAndScatter(window), [active, source, b.scalar(0)])
    let turned = try b.append(.reverse(dimensions: [1, 2]), [scattered])
    b.result("gradient", try b.reduce(.add, turned, dimensions: [0, 1, 2]))
    return try b.build()
  }
}
