internal import Validation
internal import ArgumentParser

/// `simtrain validate`: the model against published figures.
struct ValidateSuitesCommand: ExampledCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Compare the model with published simulators and measured chips.",
    discussion: """
      Prints measured, modelled and error of each row, the mean absolute percentage error and the \
      worst row of each suite. Exit status 1 says that a suite misses its bound.

      Suites: \(ValidationSuite.all.map(\.name).joined(separator: ", ")).
      """)

  static let examples = [
    "simtrain validate",
    "simtrain validate --suite tpu-v6e-gemm --suite tpu-v6e-elementwise",
    "simtrain validate --markdown > Docs/validation.md",
  ]

  @Option(help: ArgumentHelp("Only this suite; repeatable.", valueName: "name"))
  var suite: [String] = []

  @Flag(help: "Print what Docs/validation.md holds.")
  var markdown = false

  @Flag(help: "Print one JSON document on standard output.")
  var json = false

  func run() throws {
    if markdown && json {
      throw CommandFailure.usage("--markdown and --json exclude each other. Give one of them.")
    }
    let suites = try chosenSuites()
    let library = try Surroundings.configLibrary()
    let reports = try suites.map { try $0.run(library: library) }
    let rendering = ValidationRendering(reports: reports)
    if markdown {
      try StandardStreams.output(rendering.markdown)
    } else {
      try StandardStreams.output(rendering.json, or: rendering.text, asJSON: json)
    }
    let missed = reports.filter { !$0.passes }.map(\.name)
    if !missed.isEmpty {
      throw CommandFailure.runtime("The bound is missed by: \(missed.joined(separator: ", ")).")
    }
  }

  private func chosenSuites() throws -> [ValidationSuite] {
    if suite.isEmpty { return ValidationSuite.all }
    if let twice = suite.firstRepeated {
      throw CommandFailure.usage("--suite \(twice) is given twice. Leave one out.")
    }
    let names = ValidationSuite.all.map(\.name)
    if let unknown = suite.first(where: { !names.contains($0) }) {
      throw CommandFailure.usage(
        "There is no suite '\(unknown)'. Use one of: \(names.joined(separator: ", ")).")
    }
    return ValidationSuite.all.filter { suite.contains($0.name) }
  }
}
