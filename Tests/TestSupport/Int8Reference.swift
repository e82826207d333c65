/// Layers in int8 spelled out with integers, for weights whose last dimension are the outputs.
package struct Int8Reference {
  package let isPerChannel: Bool

  package init(isPerChannel: Bool) { self.isPerChannel = isPerChannel }

  /// What a layer gives.
  package struct Output: Equatable {
    /// The integer sums of products, in 64 bits.
    package var sums: [Int]
    /// The sums in units of both scales.
    package var values: [Float]
  }

  /// An image and what a kernel does to it.
  package struct Convolution {
    package var images: Int
    package var height: Int
    package var width: Int
    package var inputs: Int
    package var kernelHeight: Int
    package var kernelWidth: Int
    package var stride: Int
    package var padding: Int

    package init(
      images: Int, height: Int, width: Int, inputs: Int, kernelHeight: Int, kernelWidth: Int,
      stride: Int, padding: Int
    ) {
      self.images = images
      self.height = height
      self.width = width
      self.inputs = inputs
      self.kernelHeight = kernelHeight
      self.kernelWidth = kernelWidth
      self.stride = stride
      self.padding = padding
    }
  }

  /// `x` `[rows, inputs]` times `weight` `[inputs, outputs]`.
  ///
  /// - Parameter range: of `x`; its greatest magnitude unless given.
  package func dense(
    _ x: [Float], rows: Int, weight: [Float], outputs: Int, range: Float? = nil
  ) -> Output {
    let inputs = x.count / rows
    let (a, aScale) = quantized(x, range: range)
    let (b, bScales) = quantizedWeight(weight, outputs: outputs)
    var output = Output(sums: [], values: [])
    for row in 0..<rows {
      for column in 0..<outputs {
        var sum = 0
        for k in 0..<inputs { sum += a[row * inputs + k] * b[k * outputs + column] }
        output.sums.append(sum)
        output.values.append(Float(sum) * (bScales[column] * aScale))
      }
    }
    return output
  }

  /// `x` `[images, height, width, inputs]` under `kernel` `[height, width, inputs, outputs]`.
  package func convolution(
    _ x: [Float], _ shape: Convolution, kernel: [Float], outputs: Int, range: Float? = nil
  ) -> Output {
    let (a, aScale) = quantized(x, range: range)
    let (b, bScales) = quantizedWeight(kernel, outputs: outputs)
    func pixel(_ image: Int, _ y: Int, _ x: Int, _ input: Int) -> Int {
      guard (0..<shape.height).contains(y), (0..<shape.width).contains(x) else { return 0 }
      return a[((image * shape.height + y) * shape.width + x) * shape.inputs + input]
    }
    var output = Output(sums: [], values: [])
    let top = shape.height + 2 * shape.padding - shape.kernelHeight
    let left = shape.width + 2 * shape.padding - shape.kernelWidth
    for image in 0..<shape.images {
      for y in stride(from: 0, through: top, by: shape.stride) {
        for x in stride(from: 0, through: left, by: shape.stride) {
          for channel in 0..<outputs {
            var sum = 0
            var place = channel
            for dy in 0..<shape.kernelHeight {
              for dx in 0..<shape.kernelWidth {
                for input in 0..<shape.inputs {
                  sum +=
                    pixel(image, y + dy - shape.padding, x + dx - shape.padding, input)
                    * b[place]
                  place += outputs
                }
              }
            }
            output.sums.append(sum)
            output.values.append(Float(sum) * (bScales[channel] * aScale))
          }
        }
      }
    }
    return output
  }

  /// Integers from -127 to 127, and what one of them is worth.
  package func quantized(_ x: [Float], range: Float? = nil) -> (values: [Int], scale: Float) {
    let scale = (range ?? x.map(abs).max() ?? 0) / 127
    return (x.map { Self.integer($0, scale) }, scale)
  }

  /// The integers of a weight, and one scale an output.
  package func quantizedWeight(
    _ weight: [Float], outputs: Int
  ) -> (values: [Int], scales: [Float]) {
    if !isPerChannel {
      let (values, scale) = quantized(weight)
      return (values, [Float](repeating: scale, count: outputs))
    }
    let scales = (0..<outputs).map { output in
      quantized(stride(from: output, to: weight.count, by: outputs).map { weight[$0] }).scale
    }
    return (
      weight.enumerated().map { Self.integer($1, scales[$0 % outputs]) }, scales
    )
  }

  private static func integer(_ x: Float, _ scale: Float) -> Int {
    if x == 0 { return 0 }
    let units = x * (1 / scale)
    if units >= 127 { return 127 }
    if units <= -127 { return -127 }
    // The nearest of the two integers around, the even one if both are as near.
    let below = units.rounded(.down)
    let fraction = units - below
    let isUp = fraction > 0.5 || fraction == 0.5 && Int(below) % 2 != 0
    return Int(below) + (isUp ? 1 : 0)
  }
}
