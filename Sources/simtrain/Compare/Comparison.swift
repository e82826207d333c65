internal import GraphIR
internal import RunLog
internal import Training

/// Trains the runs of a comparison one after another.
struct Comparison {
  let request: CompareRequest

  init(_ request: CompareRequest) { self.request = request }

  /// A run that was checked and waits for its turn.
  private struct Prepared {
    var run: TrainRun
    var device: RunDevice
    /// Freed when the run is over.
    var loop: TrainingLoop?
    var title: String
  }

  /// Checks every run, trains them, writes what was asked for, and prints the table.
  ///
  /// - Throws: `CommandFailure.interrupted` after a signal, when the finished runs are printed and
  ///   all is written; `.runtime` if a run failed.
  func execute() throws {
    var runs = try prepare()
    let log = try ComparisonLog(request, runs.map { ($0.run.settings, $0.device) })
    for index in runs.indices { runs[index].run.request.log = log?.choice(of: index) ?? .none }
    StopSignal.defer()
    var report = ComparisonReport(runCount: runs.count, file: log?.path)
    try log?.write(report, .running)
    var failures: [String] = []
    /// What fails from here on costs no run that is over.
    func complain(_ problem: String) {
      StandardStreams.warn(problem)
      failures.append(problem)
    }
    var isLogging = true
    for index in runs.indices where !StopSignal.isRequested {
      let label = "run \(index + 1)/\(runs.count)"
      do {
        guard let row = try train(&runs[index], number: index + 1, label: label) else { break }
        report.rows.append(row)
        if let failure = row.failure { complain("\(label) (\(row.title)): \(failure)") }
      } catch { complain("\(label): \(error)") }
      // A summary that could not be written once is tried again at the end only.
      if isLogging {
        do { try log?.write(report, .running) } catch {
          complain("\(error)")
          isLogging = false
        }
      }
    }
    report.isInterrupted = StopSignal.isRequested && report.rows.count < runs.count
    do {
      try log?.write(report, report.isInterrupted ? .interrupted : .finished)
    } catch { complain("\(error)") }
    try conclude(report, failures)
  }

  private func prepare() throws -> [Prepared] {
    var prepared: [Prepared] = []
    var data: TrainRun.Data?
    for request in request.runs {
      let run = try TrainRun(request: request)
      prepared.append(
        Prepared(run: run, device: try RunDevice(run.settings), loop: nil, title: ""))
    }
    for index in prepared.indices {
      let (run, device) = (prepared[index].run, prepared[index].device)
      // The runs differ in nothing that the data depend on.
      let images = try data ?? run.loadData()
      data = images
      prepared[index].loop = try run.makeLoop(device, data: images)
      prepared[index].title = ComparisonRow.title(run.settings)
    }
    return prepared
  }

  /// Trains one run.
  ///
  /// - Returns: `nil` if a signal ended it.
  /// - Throws: `RunLogError` if its file cannot be made.
  private func train(
    _ prepared: inout Prepared, number: Int, label: String
  ) throws(RunLogError) -> ComparisonRow? {
    guard let loop = prepared.loop else { return nil }
    defer { prepared.loop = nil }
    let progress = ProgressReporter(loop: loop, isQuiet: request.isQuiet, label: label)
    progress.note("\(label)  \(prepared.title)")
    let trained = try prepared.run.train(prepared.device, loop, progress)
    if trained.session.summary.isInterrupted { return nil }
    var failure = trained.error.map { CommandFailure($0).message ?? "\($0)" }
    if failure == nil, let problem = trained.session.recorder.failure {
      failure = "the run file is not complete: \(problem)"
    }
    return ComparisonRow(
      number: number, settings: prepared.run.settings, report: trained.report, failure: failure,
      hasTrained: trained.error == nil)
  }

  private func conclude(_ report: ComparisonReport, _ failures: [String]) throws {
    if request.printsJSON || !report.rows.isEmpty {
      try StandardStreams.output(report.json, or: report.text, asJSON: request.printsJSON)
    }
    if report.isInterrupted, let signal = StopSignal.signal {
      StandardStreams.note(
        "Interrupted in run \(report.rows.count + 1) of \(report.runCount); the table holds the "
          + "runs before it.")
      throw CommandFailure.interrupted(signal: signal)
    }
    if !failures.isEmpty {
      throw CommandFailure.runtime("the comparison is not complete; the warnings above say why.")
    }
  }
}
