internal import ArgumentParser
internal import ConfigFiles

/// `simtrain config`: architectures, models and the tables that architectures name.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "List, show and check architectures and models.",
    discussion: """
      An architecture, a model, an energy table and a memory standard are one YAML file each. Named ones are found in $SIMTRAIN_CONFIGS, beside the \
      installed program, and in the nearest 'Configs' folder.

      Examples:
        simtrain config list
        simtrain config show tpu-v3 --set mxu.rows=64
        simtrain config show tpu-v3 > mine.yaml
        simtrain config show lenet5
        simtrain config validate mine.yaml
      """,
    subcommands: [ListCommand.self, ShowCommand.self, ValidateCommand.self])

  /// The kind of configuration that architectures are.
  static let kind = "Chips"

  /// `simtrain config list`.
  struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the architectures, models and tables that are found by name.")

    func run() throws {
      let library = try Surroundings.configLibrary()
      guard !library.names(of: ConfigCommand.kind).isEmpty else {
        throw CommandFailure.usage(
          "No architectures are found. Set SIMTRAIN_CONFIGS to the folder 'Configs'.")
      }
      let lists = try ConfigKind.allCases.map { kind in
        "\(kind.title)\n" + (try kind.listing(library: library))
      }
      try StandardStreams.output(lists.joined(separator: "\n"))
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
      abstract: "Print an architecture, a model or a table, with what follows from it as comments.")

    @Argument(help: "Name of a configuration, or a YAML file.")
    var config: String

    @OptionGroup
    var changes: Changes

    func run() throws {
      let library = try Surroundings.configLibrary()
      let found = try ConfigKind.find(config, in: library)
      let document = try found.document.applying(overrides: changes.overrides)
      let comments = try found.kind.comments(document, library: library)
      var text = document.effectiveText
      if !text.hasSuffix("\n") { text += "\n" }
      try StandardStreams.output(text + (comments.isEmpty ? "" : "\n" + comments))
    }
  }

  /// `simtrain config validate`.
  struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "validate",
      abstract: "Check an architecture, a model or a table; exit status 2 says that it is wrong.")

    @Argument(help: "YAML file, or the name of a configuration.")
    var file: String

    @OptionGroup
    var changes: Changes

    func run() throws {
      let library = try Surroundings.configLibrary()
      let found = try ConfigKind.find(file, in: library)
      let document = try found.document.applying(overrides: changes.overrides)
      let summary = try found.kind.summary(document, library: library)
      try StandardStreams.output("\(file): ok, \(summary)\n")
    }
  }
}
