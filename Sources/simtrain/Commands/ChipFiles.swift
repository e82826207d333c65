internal import ConfigFiles
internal import Reports
internal import SystolicModel
internal import SystolicSim

/// What the commands of `simtrain config` ask of the simulator.
enum ChipFiles {
  /// - Throws: what is wrong with an architecture.
  static func check(_ document: ConfigDocument, library: ConfigLibrary) throws(ConfigError) {
    _ = try Chip(document: document, library: library)
  }

  /// A configuration of SCALE-Sim as an architecture's text, and how many of its keys have no
  /// counterpart.
  static func importing(
    _ file: String, library: ConfigLibrary
  ) throws -> (text: String, unmapped: Int) {
    let imported = try ScaleSimImport(SectionedFile(contentsOf: file), library: library)
    return (imported.text(source: file), imported.unmapped.count)
  }

  /// Every key of an architecture.
  static func keys(library: ConfigLibrary) throws -> [ConfigKey] {
    try ChipReference(library: library).entries.map(\.key)
  }

  /// What the keys at `path` mean; every key's meaning without one.
  static func keys(at path: String?, library: ConfigLibrary) throws -> KeyReferenceRendering {
    let reference = try ChipReference(library: library)
    return KeyReferenceRendering(
      entries: try path.map { try entries(at: $0, in: reference) } ?? reference.entries)
  }

  /// - Throws: that there is no such key, with the one that was meant.
  private static func entries(
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
