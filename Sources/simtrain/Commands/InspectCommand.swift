internal import ArgumentParser
internal import RunLog

/// `simtrain inspect`: what a run file says.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Summarise a run file.",
    discussion: """
      Prints the header, metrics by epoch, cycles by operation, what each unit did and waited \
      for, and energy by component. The file may still be growing.

      Example:
        simtrain inspect runs/RUN.h5 --top 5
      """)

  @Argument(help: "Run file that 'simtrain train' wrote.")
  var file: String

  @OptionGroup
  var reading: ReadingOptions

  @Option(help: ArgumentHelp("Operations to list, the longest first.", valueName: "n"))
  var top: Int = 10

  @Flag(help: "Print one JSON document on standard output instead of the summary.")
  var json = false

  func validate() throws {
    if top < 1 { throw ValidationError("--top is \(top); it must be 1 or more.") }
  }

  func run() throws {
    let report = try RunFileReport(
      UnverifiedFile.source(file, isVerified: !reading.unverified), top: top)
    try StandardStreams.output(json ? report.json.text() + "\n" : report.text)
  }
}
