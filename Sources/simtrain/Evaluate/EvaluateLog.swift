internal import RunLog

/// An evaluation as a run file: each form of the model is an executable, the figures are the
/// summary. There are no steps.
struct EvaluateLog {
  let report: EvaluateReport
  let run: EvaluateRun

  func write(to path: String, replacing: Bool) throws {
    let profiles = report.rows.compactMap(\.profile)
    let writer = try RunWriter(
      path: path,
      header: RunHeader(
        generator: "simtrain \(Simtrain.version)", commandLine: CommandLine.arguments,
        seed: run.request.saved.config.seed, device: report.device, dataset: report.dataset,
        model: report.model,
        hyperParameters: quantization + [
          RunAttribute("checkpoint", .text(report.checkpoint)),
          RunAttribute("steps", .integer(Int64(report.steps))),
          RunAttribute("batchSize", .integer(Int64(report.batchSize))),
          RunAttribute("testCount", .integer(Int64(run.test.count))),
          RunAttribute("precision", .text(run.request.config.precision.policy.rawValue)),
          RunAttribute("threads", .integer(Int64(report.threads))),
        ] + run.runDevice.productKernels(as: "productKernels"),
        config: run.runDevice.headerConfig),
      modelsCost: profiles.contains { $0.simulated != nil }, replacesExisting: replacing,
      createsFolder: true, now: Surroundings.monotonicSeconds)
    for profile in profiles { writer.addExecutable(profile) }
    writer.finish(.finished, summary: report.summaryAttributes)
    if let failure = writer.failure { throw failure }
  }

  private var quantization: [RunAttribute] {
    guard let quantization = report.quantization else { return [] }
    return [
      RunAttribute("quantize", .text(quantization.mode.rawValue)),
      RunAttribute("weightScales", .text(quantization.weights.rawValue)),
      RunAttribute("ranges", .text(quantization.ranges.name)),
      RunAttribute("calibrationImages", .integer(Int64(quantization.ranges.images ?? 0))),
    ]
  }
}
