internal import ArgumentParser
internal import ConfigFiles
internal import SystolicModel

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
    let reference = try ChipReference(library: Surroundings.configLibrary())
    let entries = try key.map { try Self.entries(at: $0, in: reference) } ?? reference.entries
    let rendering = KeyReferenceRendering(entries: entries)
    if markdown {
      try StandardStreams.output(rendering.markdown)
    } else {
      try StandardStreams.output(rendering.json, or: rendering.text, asJSON: json)
    }
  }

  /// - Throws: that there is no such key, with the one that was meant.
  static func entries(
    at path: String, in reference: ChipReference
  ) throws(CommandFailure) -> [ChipReference.Entry] {
    var found = reference.entries(at: path)
    if found.isEmpty { found = reference.entries.filter { $0.key.path.hasPrefix(path) } }
    // One alone is rather meant than asked for.
    guard found.count < 2, found.first?.key.path != path else { return found }
    let paths = reference.entries.map(\.key.path)
    let last = name(path)
    let meant =
      Spelling.suggestion(for: path, among: paths) ?? paths.first { name($0) == last }
      ?? Spelling.suggestion(for: last, among: paths.map(name)).flatMap { meant in
        paths.first { name($0) == meant }
      }
    throw .usage(
      "No key of an architecture is called '\(path)'. "
        + (meant.map { "Did you mean '\($0)'?" }
          ?? "Use one of: \(paths.filter { !$0.contains(".") }.joined(separator: ", "))."))
  }

  private static func name(_ path: String) -> String {
    path.split(separator: ".").last.map(String.init) ?? path
  }
}
