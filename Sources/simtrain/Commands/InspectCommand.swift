internal import ArgumentParser
internal import RunLog

/// `simtrain inspect`: what a run file says.
struct InspectCommand: ExampledCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Summarise a run file, a checkpoint, or the summary of a comparison.",
    discussion: """
      Of a run file: the header, metrics by epoch, cycles by operation, what each unit did and \
      waited for, and energy by component. The file may still be growing. Where the run continues \
      another, the history of both. Of a checkpoint: its settings and tensors. Of a comparison's \
      summary: the table.
      """)

  static let examples = [
    "simtrain --epochs 1 --log run.h5",
    "simtrain inspect run.h5 --top 5",
    "simtrain inspect run.h5 --json",
  ]

  @Argument(help: "File that a command of simtrain wrote.")
  var file: String

  @OptionGroup
  var reading: ReadingOptions

  @Option(
    help: ArgumentHelp(
      "Operations of a run file to list, the longest first. (default: 10)", valueName: "n"))
  var top: NumberWord?

  @Flag(help: "Print one JSON document on standard output instead of the summary.")
  var json = false

  func run() throws {
    let count = try top.whole("--top", in: 1...Int.max)
    let found = try InputKind.expecting(
      .runFile, .checkpoint, .comparison, name: file, of: "'inspect'"
    ) { try report(top: count) }
    try StandardStreams.output(found.json, or: found.text, asJSON: json)
  }

  private func report(top: Int?) throws -> any InspectReport {
    let source = try UnverifiedFile.source(file, isVerified: !reading.unverified)
    let kind = try StoredKind(of: source)
    if let top, kind == .checkpoint || kind == .comparison {
      throw CommandFailure.usage(
        "--top \(top): only a run file has operations to list, and \(file) is none. "
          + "Leave it out.")
    }
    return switch kind {
    case .checkpoint: try CheckpointReport(source)
    case .comparison: try ComparisonFileReport(source)
    case .run, nil: try RunFileReport(source, top: top ?? 10)
    }
  }
}
