internal import ArgumentParser
internal import ConfigFiles
internal import Reports

/// `simtrain config`: architectures, models and the tables that architectures name.
struct ConfigCommand: ExampledCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "List, show, explain and check architectures, models and workloads.",
    discussion: """
      An architecture, a model, an energy table and a memory standard are one YAML file each, a \
      workload is a CSV file. Named ones are found in the folder that $SIMTRAIN_CONFIGS names, in \
      share/simtrain/Configs beside the installed program, and in the nearest folder 'Configs'; \
      the first that has the name counts. A file may extend another ('extends: tpu-v3') and state \
      only what differs.
      """,
    subcommands: [
      ListCommand.self, ShowCommand.self, ConfigKeysCommand.self, ConfigNewCommand.self,
      ValidateCommand.self, ImportCommand.self,
    ])

  static let examples = [
    "simtrain config list",
    "simtrain config show tpu-v3 --set mxu.rows=64",
    "simtrain config keys mxu",
    "simtrain config new mine --like tpu-v3",
    "simtrain config validate mine.yaml",
    "simtrain config import scale.cfg > mine.yaml",
    "simtrain --config ./mine.yaml --epochs 1",
  ]

  /// The kind of configuration that architectures are.
  static let kind = "Chips"

  /// `simtrain config list`.
  struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the architectures, models, workloads and tables that are found by name.")

    @Flag(help: "Print one JSON document on standard output instead of the tables.")
    var json = false

    func run() throws {
      let library = try Surroundings.configLibrary()
      guard !library.names(of: ConfigCommand.kind).isEmpty else {
        throw CommandFailure.usage(
          "No architectures are found"
            + (library.roots.isEmpty ? "" : " in \(library.roots.joined(separator: ", "))")
            + ". Set SIMTRAIN_CONFIGS to the folder 'Configs' that came with simtrain.")
      }
      var lists = try ConfigKind.allCases.map { kind in
        (
          name: kind.listName, json: try kind.json(library: library),
          text: "\(kind.title)\n" + (try kind.listing(library: library))
        )
      }
      let workloads = try WorkloadFiles.all(in: library)
      lists.append(
        (
          name: WorkloadFiles.listName, json: workloads.json,
          text: "\(WorkloadFiles.title)\n\(workloads.listing)"
        ))
      try StandardStreams.output(
        .object(
          [.init("folders", .list(library.roots.map(JSONValue.text)))]
            + lists.map { .init($0.name, $0.json) }),
        or: lists.map(\.text).joined(separator: "\n"), asJSON: json)
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
      abstract:
        "Print an architecture, a model, a workload or a table, with what follows from it as comments."
    )

    @Argument(help: "Name of a configuration or workload, or its file.")
    var config: String

    @OptionGroup
    var changes: Changes

    func run() throws {
      let library = try Surroundings.configLibrary()
      if let workload = try WorkloadFiles.find(config, changes, in: library) {
        return try StandardStreams.output(workload.text)
      }
      let found = try ConfigKind.find(config, in: library, for: "config show")
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
      abstract:
        "Check an architecture, a model, a workload or a table; exit status 2 says that it is wrong."
    )

    @Argument(help: "A file, or the name of a configuration or workload.")
    var file: String

    @OptionGroup
    var changes: Changes

    func run() throws {
      let library = try Surroundings.configLibrary()
      if let workload = try WorkloadFiles.find(file, changes, in: library) {
        return try StandardStreams.output("\(file): ok, \(workload.summary)\n")
      }
      let found = try ConfigKind.find(file, in: library, for: "config validate")
      let document = try found.document.applying(overrides: changes.overrides)
      let summary = try found.kind.summary(document, library: library)
      try StandardStreams.output("\(file): ok, \(summary)\n")
    }
  }

  /// `simtrain config import`.
  struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Convert a configuration of SCALE-Sim (.cfg) to an architecture on standard output."
    )

    @Argument(help: "Configuration of SCALE-Sim, such as scale.cfg.")
    var file: String

    func run() throws {
      let library = try Surroundings.configLibrary()
      let imported = try InputKind.expecting(
        .scaleSimConfiguration, name: file, of: "'config import'"
      ) { try ChipFiles.importing(file, library: library) }
      try StandardStreams.output(imported.text)
      let count = imported.unmapped
      if count > 0 {
        StandardStreams.note(
          "\(file): \(count) key\(count == 1 ? " has" : "s have") no counterpart here; the comments "
            + "of the output name each.")
      }
    }
  }
}
