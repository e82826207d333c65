internal import Reports
internal import RunLog

/// An estimate as a run file: each layer of another shape is an executable with its schedules; the
/// totals are the summary. There are no steps.
struct EstimateLog {
  let report: EstimateReport
  let request: EstimateRequest

  func write(to path: String, replacing: Bool) throws {
    let profiles = try request.profiles()
    let writer = try RunWriter(
      path: path,
      header: RunHeader(
        generator: "simtrain \(Simtrain.version)", commandLine: CommandLine.arguments, seed: 0,
        device: DeviceCatalog.simulatorName, dataset: "none", model: request.workload.name,
        hyperParameters: [
          RunAttribute("dtype", .text(request.options.operandType.rawValue)),
          RunAttribute("repeats", .integer(Int64(request.options.repeats))),
          RunAttribute("convolution", .text(request.options.convolution.rawValue)),
          RunAttribute("resident", .text(report.residentNames)),
        ],
        config: RunDevice.headerConfig(request.document, name: request.config)),
      modelsCost: true, replacesExisting: replacing, createsFolder: true,
      now: Surroundings.monotonicSeconds)
    if let whole = report.program?.profile { writer.addExecutable(whole) }
    for profile in profiles { writer.addExecutable(profile) }
    let total = report.estimate.total
    writer.finish(
      .finished,
      summary: [
        RunAttribute("layers", .integer(Int64(report.estimate.layers.count))),
        RunAttribute("macs", .integer(Int64(total.macs))),
        RunAttribute("totalCycles", .integer(Int64(total.totalCycles.count))),
        RunAttribute("computeCycles", .integer(Int64(total.computeCycles.count))),
        RunAttribute("simulatedSeconds", .real(total.microseconds * 1e-6)),
        RunAttribute("energyJoules", .real(total.energyPicojoules * 1e-12)),
        RunAttribute("utilization", .real(total.utilization)),
      ])
    if let failure = writer.failure { throw failure }
  }
}
