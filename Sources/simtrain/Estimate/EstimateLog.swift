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
        device: DeviceCatalog.simulatorName, dataset: "none", model: report.name,
        hyperParameters: [
          RunAttribute("dtype", .text(report.operandType)),
          RunAttribute("repeats", .integer(Int64(report.repeats))),
          RunAttribute("convolution", .text(report.convolution)),
          RunAttribute("resident", .text(report.residentNames)),
        ],
        config: RunDevice.headerConfig(request.document, name: request.config)),
      modelsCost: true, replacesExisting: replacing, createsFolder: true,
      now: Surroundings.monotonicSeconds)
    if let whole = report.program?.profile { writer.addExecutable(whole) }
    for profile in profiles { writer.addExecutable(profile) }
    writer.finish(.finished, summary: report.totals.flatMap { TrainReport.attributes($0) })
    if let failure = writer.failure { throw failure }
  }
}
