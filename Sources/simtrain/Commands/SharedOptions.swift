internal import ArgumentParser

/// What differs from an architecture's file.
struct ArchitectureOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override one value of the architecture, such as mxu.rows=64; repeatable.",
      valueName: "key=value"))
  var overrides: [String] = []
}

/// How a run file or a checkpoint is read.
struct ReadingOptions: ParsableArguments {
  @Flag(
    help: "Read a file without a good checksum: of an earlier simtrain, or rewritten by h5repack.")
  var unverified = false
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
