internal import GraphIR

extension GraphBuilder {
  /// Pixels `ui8` of any shape as f32 in 0...1: one elementwise chain, convert and multiply.
  mutating func scaledPixels(_ images: ValueID) throws(GraphError) -> ValueID {
    let pixels = try convert(images, to: .f32)
    return try multiply(pixels, splat(1.0 / 255, like: pixels))
  }
}
