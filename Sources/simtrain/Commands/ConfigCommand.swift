internal import ArgumentParser
internal import ConfigFiles
internal import SystolicSim

/// `simtrain config`: architectures of the simulated TPU.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "List, show and check architectures.",
    discussion: """
      An architecture is one YAML file. Named ones are found in $SIMTRAIN_CONFIGS, beside the \
      installed program, and in the nearest 'Configs' folder.

      Examples:
        simtrain config list
        simtrain config show tpu-v3 --set mxu.rows=64
        simtrain config show tpu-v3 > mine.yaml
        simtrain config validate mine.yaml
      """,
    subcommands: [ListCommand.self, ShowCommand.self, ValidateCommand.self])

  /// The kind of configuration that these commands are about.
  static let kind = "Chips"

  /// `simtrain config list`.
  struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the architectures that are found by name.")

    func run() throws {
      let library = try Surroundings.configLibrary()
      var chips: [(name: String, chip: Chip)] = []
      for name in library.names(of: ConfigCommand.kind) {
        chips.append((name, try Chip.load(name, library: library)))
      }
      guard !chips.isEmpty else {
        throw CommandFailure.usage(
          "No architectures are found. Set SIMTRAIN_CONFIGS to the folder 'Configs'.")
      }
      try StandardStreams.output(ChipReport.listing(chips))
    }
  }

  /// What differs from the file.
  struct Changes: ParsableArguments {
    @Option(
      name: .customLong("set"),
      help: ArgumentHelp(
        "Override one value, such as mxu.rows=64; repeatable.", valueName: "key=value"))
    var overrides: [String] = []
  }

  /// `simtrain config show`.
  struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print an architecture, with what follows from it as comments.")

    @Argument(help: "Name of an architecture, or a YAML file.")
    var config: String

    @OptionGroup
    var changes: Changes

    func run() throws {
      let library = try Surroundings.configLibrary()
      let document = try library.document(config, kind: ConfigCommand.kind)
        .applying(overrides: changes.overrides)
      let chip = try Chip(document: document, library: library)
      let text = document.effectiveText
      try StandardStreams.output(
        text + (text.hasSuffix("\n") ? "\n" : "\n\n") + ChipReport(chip: chip).comments)
    }
  }

  /// `simtrain config validate`.
  struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "validate",
      abstract: "Check an architecture; exit status 2 says that it is wrong.")

    @Argument(help: "YAML file, or the name of an architecture.")
    var file: String

    @OptionGroup
    var changes: Changes

    func run() throws {
      let chip = try Chip.load(
        file, overrides: changes.overrides, library: Surroundings.configLibrary())
      try StandardStreams.output("\(file): ok, " + ChipReport(chip: chip).summary + "\n")
    }
  }
}
