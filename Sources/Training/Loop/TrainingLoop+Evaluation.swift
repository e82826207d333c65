internal import DeviceAPI

extension TrainingLoop {
  /// Runs the model over the whole test set, each image exactly once.
  ///
  /// - Throws: `TrainingError.device` if the device fails.
  public func evaluate() throws(TrainingError) -> EvaluationMetrics {
    let metrics = try evaluator.run(over: testData, clock: clock)
    let each = evaluator.transfersPerExecution
    transfers.bytesToDevice += metrics.executions * each.bytesToDevice
    transfers.bytesFromDevice += metrics.executions * each.bytesFromDevice
    return metrics
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
