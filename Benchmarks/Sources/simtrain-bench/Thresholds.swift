internal import ConfigFiles

/// What the benchmark expects, as `thresholds.yaml` states it.
struct Thresholds: Codable, Validatable {
  /// Samples a second of the CPU device over those of PyTorch, at least.
  let cpuTimesPyTorch: Double
  /// Samples a second of the CPU device over those of JAX's scan, at least.
  let cpuTimesJAXScan: Double
  /// Of the CPU device on LeNet-5 and on the model `cnn`, at batch 64, over those of PyTorch.
  let lenetTimesPyTorch: Double
  let cnnTimesPyTorch: Double
  /// Samples a second on a PJRT plugin over those of JAX's jitted step on the same plugin, at least.
  let pluginTimesJAX: Double
  /// Time of an epoch of the model `cnn` on `tpu-sim` over that on the CPU device, at most.
  let simulatorTimesCPUTimeOfCNN: Double
  /// Time of a run on `tpu-sim` over that on the CPU device, at most.
  let simulatorTimesCPUTime: Double
  /// To compile a training step, at most: by program, then by device or chip, or for `any`.
  let compileMilliseconds: [String: [String: Double]]
  /// Time to build or compile a training step over that for half the layers, at most.
  let compileGrowth: Double
  /// GFLOP/s of the systolic-order kernel over those of `cblas_sgemm`, at least.
  let systolicTimesSgemm: Double
  /// GOP/s of the kernel for bytes over GFLOP/s of `cblas_sgemm`, at least, by instructions.
  let int8TimesSgemm: [String: Double]
  /// Of `simtrain --version`, at most.
  let startMilliseconds: Double
  /// Share of a run's time that logging takes, at most.
  let loggingPercent: Double
  /// Of a run file, in 10^6 bytes, at most.
  let runFileMegabytes: Double
  /// Of the default run, in 10^6 bytes, at most.
  let peakMemoryMegabytes: Double
  /// Of test images, after five epochs, at least.
  let testAccuracyPercent: Double
  /// Small products a second, each compiled as a graph of its own, on one thread, at least.
  let graphsPerSecond: Double
  /// Estimates a second of small products, on one thread, at least.
  let estimatesPerSecond: Double
  /// To estimate 8192^3 on a 128 x 128 array, at most.
  let largeProductMilliseconds: Double
  /// To estimate ResNet-50, at most.
  let networkMilliseconds: Double

  func validate() throws(ConfigIssue) {}
}
