internal import DeviceAPI

extension TrainingLoop {
  /// Runs the model over the whole test set, each image exactly once.
  ///
  /// The losses of a batch are added up by the device in f32, the batches on the host.
  ///
  /// - Throws: `TrainingError.device` if the device fails.
  public func evaluate() throws(TrainingError) -> EvaluationMetrics {
    let begin = clock()
    var metrics = EvaluationMetrics(
      count: testData.count, correct: 0, loss: 0, executions: 0, seconds: 0)
    var lossSum = 0.0
    do {
      for start in stride(from: 0, to: testData.count, by: program.evaluationBatchSize) {
        let end = min(start + program.evaluationBatchSize, testData.count)
        try evaluationFeed.send(start..<end, of: testData)
        try evaluation.execute(inputs: evaluationInputs, outputs: counts.all)
        var correct: Int32 = 0
        var loss: Float = 0
        try counts.correct.read(into: &correct)
        try counts.lossSum.read(into: &loss)
        metrics.correct += Int(correct)
        lossSum += Double(loss)
        metrics.executions += 1
        transfers.bytesToDevice += evaluationFeed.byteCount
        transfers.bytesFromDevice += MemoryLayout<Int32>.size + MemoryLayout<Float>.size
      }
    } catch {
      throw .device(error)
    }
    metrics.loss = lossSum / Double(testData.count)
    metrics.seconds = clock() - begin
    return metrics
  }
}

/// The results of the evaluation graph.
struct EvaluationBuffers {
  let correct: any Buffer
  let lossSum: any Buffer
  /// In the order of the graph's results.
  let all: [any Buffer]

  init(device: any Device) throws(DeviceError) {
    correct = try device.makeBuffer(.scalar(.i32))
    lossSum = try device.makeBuffer(.scalar(.f32))
    all = [correct, lossSum]
  }
}

extension BatchFeed {
  /// A feed for the first two parameters that the host sends, images and labels.
  convenience init(device: any Device, graph: Graph) throws(DeviceError) {
    let types = graph.parameters.filter { $0.role == .infeed }.map(\.type)
    try self.init(device: device, images: types[0], labels: types[1])
  }
}

extension Buffer {
  /// Reads a scalar without allocating.
  func read<T: BitwiseCopyable>(into value: inout T) throws(DeviceError) {
    try withUnsafeMutableBytes(of: &value) { (bytes) throws(DeviceError) in
      try copyOut(into: bytes)
    }
  }
}
