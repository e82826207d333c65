internal import ArgumentParser
internal import GraphIR

extension [String] {
  /// The first element that stands in the list before.
  var firstRepeated: String? {
    var seen = Set<String>()
    return first { !seen.insert($0).inserted }
  }
}

/// What differs from an architecture's file.
struct ArchitectureOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override one value of the architecture, such as mxu.rows=64; repeatable.",
      valueName: "key=value"))
  var overrides: [String] = []
}

/// What a plugin is told when it starts.
struct PluginOptions: ParsableArguments {
  @Option(
    name: .customLong("plugin-option"),
    help: ArgumentHelp(
      "Tell the plugin of --device pjrt:... an option of its own, such as memory_fraction=0.5; repeatable.",
      valueName: "name=value"))
  var words: [String] = []

  /// As overrides of the device.
  var overrides: [String] { words.map { DeviceCatalog.pluginOptionPrefix + $0 } }
}

/// A run as a file describes it, and what differs from that and from an architecture's file.
struct RecipeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Description of the run (YAML); options and --set come over it. See Docs/recipes.md.",
      valueName: "file"))
  var recipe: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override one value of the architecture, such as mxu.rows=64, or of the run, such as data.testLimit=1000; repeatable.",
      valueName: "key=value"))
  var overrides: [String] = []

  @OptionGroup
  var plugin: PluginOptions
}

/// How a run file or a checkpoint is read.
struct ReadingOptions: ParsableArguments {
  @Flag(
    help: "Read a file without a good checksum: of an earlier simtrain, or rewritten by h5repack.")
  var unverified = false
}

/// How exactly products of f32 are computed.
struct ProductOptions: ParsableArguments {
  @Option(
    name: .customLong("matmul-precision"),
    help: ArgumentHelp(
      "Products of f32: default (one pass), high (3 passes of bf16) or highest (6 passes). (default: as each product asks for)",
      valueName: "name"))
  var precision: String?

  /// - Throws: `CommandFailure.usage` for a word that is none.
  func choice() throws(CommandFailure) -> ProductPrecision? {
    try precision.map { (word) throws(CommandFailure) in
      try TrainRequest.choice(ProductPrecision.self, word, "precision of products")
    }
  }
}

/// Where the images are.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customLong("data-dir"),
    help: ArgumentHelp(
      "Folder with the IDX files. (default: $SIMTRAIN_DATA, else ~/.cache/simtrain)",
      valueName: "folder"))
  var dataDirectory: String?
}

/// How the host computes.
struct HostOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Host threads; results do not depend on it. (default: 1)", valueName: "n"))
  var threads: NumberWord?

  /// - Throws: `CommandFailure.usage` for a number out of range.
  func threadCount() throws(CommandFailure) -> Int {
    try threads.whole("--threads", in: 1...256) ?? 1
  }
}
