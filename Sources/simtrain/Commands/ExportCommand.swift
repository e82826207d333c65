internal import ArgumentParser
internal import DeviceAPI
internal import Foundation
internal import Reports
internal import RunLog
internal import Traces

/// `simtrain export`: the schedules of a run file for other tools.
struct ExportCommand: ExampledCommand {
  /// What can be written.
  enum Format: String, CaseIterable {
    case chromeJSON = "chrome-json"
    case csv
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the timeline of a run file as a trace for other tools.",
    discussion: """
      'chrome-json' opens in Perfetto's page (ui.perfetto.dev) and in chrome://tracing: a track a unit, a \
      slice an instruction, counters of the transfers' bandwidth and of on-chip memory in use, arrows from \
      the transfer that an instruction waited for. 'csv' has a line an instruction.
      """)

  static let examples = [
    "simtrain --epochs 1 --log run.h5",
    "simtrain export run.h5 --format chrome-json --output trace.json",
    "simtrain export run.h5 --format csv --steps 0..3 --output steps.csv",
  ]

  @Argument(help: "Run file of a simulated device.")
  var file: String

  @OptionGroup
  var reading: ReadingOptions

  @Option(
    help: ArgumentHelp(
      "One of: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "format"))
  var format: String

  @Option(name: .shortAndLong, help: ArgumentHelp("File to write.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Executable of the run to show. (default: the first, the training step)", valueName: "name"))
  var executable: String?

  @Option(
    help: ArgumentHelp(
      "Which execution of it: steady (one of many) or cold (the first). (default: steady)",
      valueName: "which"))
  var schedule: String?

  @Option(
    help: ArgumentHelp(
      "Show these steps of the run instead, where they ran: 0..3, or one number.",
      valueName: "first..last"))
  var steps: String?

  @Flag(help: "Replace the file if it exists.")
  var force = false

  func run() throws {
    guard let format = Format(rawValue: format) else {
      throw CommandFailure.usage(
        "--format knows no '\(format)'. Use one of: "
          + Format.allCases.map(\.rawValue).joined(separator: ", ") + ".")
    }
    try TrainRequest.requireName(output, "--output")
    let selection = try selection()
    if !force && FileManager.default.fileExists(atPath: output) {
      throw RunLogError.fileExists(path: output)
    }
    let executions = try InputKind.expecting(.runFile, name: file, of: "'export'") {
      let run = try RunFile(UnverifiedFile.source(file, isVerified: !reading.unverified))
      return try selection.executions(
        try run.executables(), steps: try run.steps(), file: file)
    }
    let text =
      switch format {
      case .chromeJSON: ChromeTrace(executions).text
      case .csv: TimelineCSV(executions).text
      }
    do {
      try Data(text.utf8).write(to: URL(filePath: output), options: .atomic)
    } catch {
      throw CommandFailure.runtime(
        "\(output): the file cannot be written. Check that its folder exists and has room.")
    }
    let events = executions.reduce(0) { $0 + $1.schedule.timeline.events.count }
    let omitted = executions.reduce(0) { $0 + $1.schedule.timeline.rows.omittedCount }
    StandardStreams.note(
      "\(output): \(Quantity.grouped(events)) instructions of "
        + "\(Quantity.grouped(executions.count)) execution\(executions.count == 1 ? "" : "s")"
        + (omitted > 0
          ? "; \(Quantity.grouped(omitted)) more are not in the run file, which lists "
            + "\(Quantity.grouped(Timeline.mostEvents)) an execution" : ""))
  }

  private func selection() throws(CommandFailure) -> TraceSelection {
    if let steps {
      if executable != nil || schedule != nil {
        throw .usage(
          "--steps \(steps): the steps say which executions are shown. Leave "
            + (executable == nil ? "--schedule" : "--executable") + " out.")
      }
      return .steps(try Self.range(steps))
    }
    switch schedule ?? "steady" {
    case "steady": return .execution(of: executable, isCold: false)
    case "cold": return .execution(of: executable, isCold: true)
    default:
      throw .usage("--schedule knows no '\(schedule ?? "")'. Use one of: steady, cold.")
    }
  }

  /// `0..3`, or `7` alone.
  static func range(_ text: String) throws(CommandFailure) -> ClosedRange<Int> {
    let parts = text.components(separatedBy: "..")
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, (1...2).contains(parts.count), let first = numbers.first,
      let last = numbers.last, first >= 0, last >= first
    else {
      throw .usage("--steps wants FIRST..LAST, such as 0..3, or one number; found '\(text)'.")
    }
    return first...last
  }
}
