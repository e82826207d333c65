package import Datasets
package import DeviceAPI
internal import GraphIR
internal import GraphPasses

/// Ranges of activations for static quantization, from images that the model was trained on.
package enum Calibration {
  /// By the name of each weight, the greatest magnitude of what it is multiplied with while the
  /// f32 model looks at the images, each at least once.
  ///
  /// - Parameter batchSize: images at once at most.
  /// - Throws: `TrainingError.device` if the device cannot run the model, `.dataMismatch` for images
  ///   that the model does not take, `.nonFiniteRange` for activations without a range.
  ///
  /// - Source: the range of "min/max" in Krishnamoorthi, "Quantizing deep convolutional networks for
  ///   efficient inference", 2018, section 3.1.
  package static func ranges(
    of trained: TrainedModel, over images: ImageDataset, on device: any Device,
    batchSize: Int = 1000, options: CompileOptions = CompileOptions()
  ) throws(TrainingError) -> [String: Float] {
    try trained.model.check(images)
    let size = min(batchSize, images.count)
    let plain = try TrainingProgram.evaluationGraph(trained.model, batchSize: size)
    let graph = try training { () throws(GraphError) in
      try QuantizationPass.observing(plain)
    }
    let names = graph.results.dropFirst(plain.results.count).map {
      String($0.name.dropFirst(QuantizationPass.rangePrefix.count))
    }
    var ranges = [Float](repeating: 0, count: names.count)
    var unbounded: String?
    do {
      let executable = try device.compile(graph, options: options)
      var state: [any Buffer] = []
      for literal in trained.state { state.append(try device.makeBuffer(literal)) }
      let runner = try StepRunner(executable, state: state, device: device)
      let feed = BatchFeed(runner.feeds)
      for start in stride(from: 0, to: images.count, by: size) {
        // Full batches only: an empty place would be seen as a black image.
        let first = min(start, images.count - size)
        try feed.send(first..<first + size, of: images)
        try runner.execute()
        try runner.read { (values) throws(DeviceError) in
          for (index, value) in values.dropFirst(plain.results.count).enumerated() {
            var range: Float = 0
            try value.read(into: &range)
            // NaN is the greatest magnitude of anything that holds one.
            if !range.isFinite { unbounded = unbounded ?? names[index] }
            ranges[index] = max(ranges[index], range)
          }
        }
      }
    } catch {
      throw .device(error)
    }
    if let unbounded { throw .nonFiniteRange(weight: unbounded) }
    return Dictionary(uniqueKeysWithValues: zip(names, ranges))
  }
}
