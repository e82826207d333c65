internal import ArgumentParser
internal import Reports

/// `simtrain config keys`: what each key of an architecture means.
struct ConfigKeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Explain the keys of an architecture: meaning, unit, values of the named ones.")

  @Argument(
    help: "A key (mxu.rows), a block of keys (mxu), or how several begin (dram.b); all if left out."
  )
  var key: String?

  @Flag(help: "Print what Docs/chip-reference.md holds.")
  var markdown = false

  @Flag(help: "Print one JSON document on standard output.")
  var json = false

  func run() throws {
    if markdown && json {
      throw CommandFailure.usage("--markdown and --json exclude each other. Give one of them.")
    }
    if markdown, let key {
      throw CommandFailure.usage(
        "--markdown prints the whole reference. Leave out '\(key)' or --markdown.")
    }
    let rendering = try ChipFiles.keys(at: key, library: Surroundings.configLibrary())
    if markdown {
      try StandardStreams.output(rendering.markdown)
    } else {
      try StandardStreams.output(rendering.json, or: rendering.text, asJSON: json)
    }
  }
}
