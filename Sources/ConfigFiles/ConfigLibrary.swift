internal import Foundation

/// The folders in which named configurations are found.
///
/// A root holds one folder a kind: `Chips`, `Energy`, each with one `NAME.yaml` a configuration.
public struct ConfigLibrary: Hashable, Sendable {
  /// The roots that exist, in the order in which they are searched.
  package let roots: [String]
  private let currentDirectory: String

  /// Collects the roots: `explicit`, `$SIMTRAIN_CONFIGS`, `../share/simtrain/Configs` beside the
  /// executable's folder, the nearest `Configs` above the executable (a build folder), the nearest
  /// above the current directory.
  ///
  /// - Parameters:
  ///   - explicit: a folder that the user named; it must exist.
  ///   - environment: the process's environment; a folder that it names must exist too.
  ///   - executable: path of the running program; symbolic links are followed.
  ///   - currentDirectory: absolute; relative paths start here.
  /// - Throws: `notFound` for a named folder that is not there.
  public init(
    explicit: String? = nil, environment: [String: String] = [:], executable: String? = nil,
    currentDirectory: String
  ) throws(ConfigError) {
    self.currentDirectory = currentDirectory
    var candidates: [String] = []
    for named in [explicit, environment["SIMTRAIN_CONFIGS"]] {
      guard let named, !named.isEmpty else { continue }
      let folder = Self.absolute(named, from: currentDirectory)
      guard FileManager.default.isFolder(folder) else {
        throw ConfigError(.file(named), .notFound)
      }
      candidates.append(folder)
    }
    if let executable {
      let file = Self.resolved(Self.absolute(executable, from: currentDirectory))
      let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
      candidates.append(
        folder.deletingLastPathComponent().appending(path: "share/simtrain/Configs").path)
      candidates += Self.folderAbove(folder.path)
    }
    candidates += Self.folderAbove(currentDirectory)
    var seen: Set<String> = []
    roots = candidates.filter {
      FileManager.default.isFolder($0) && seen.insert(Self.resolved($0)).inserted
    }
  }

  /// The names of the configurations of a kind, sorted; the first root wins where two share one.
  ///
  /// - Parameter ending: of the files of the kind.
  public func names(of kind: String, ending: String = ".yaml") -> [String] {
    let found = roots.flatMap { root in
      let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(kind)")) ?? []
      return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
    }
    return Set(found).sorted()
  }

  /// The path of a configuration given by name, or by path (with a `/` or ending in `.yaml`).
  ///
  /// - Throws: `notFound` for a path, `unknownName` for a name.
  public func path(of nameOrPath: String, kind: String) throws(ConfigError) -> String {
    if Self.isPath(nameOrPath) {
      let path = Self.absolute(nameOrPath, from: currentDirectory)
      guard FileManager.default.fileExists(atPath: path) else {
        throw ConfigError(.file(nameOrPath), .notFound)
      }
      return path
    }
    let paths = roots.map { "\($0)/\(kind)/\(nameOrPath).yaml" }
    guard let path = paths.first(where: { FileManager.default.isFile($0) }) else {
      let names = Spelling.nearestFirst(nameOrPath, among: names(of: kind))
      throw ConfigError(
        .file("Configs/\(kind)"),
        .unknownName(
          nameOrPath, names: names, places: roots.map { "\($0)/\(kind)" },
          file: nameOrPath + ".yaml"))
    }
    return path
  }

  /// Whether a text is a path rather than a name.
  package static func isPath(_ nameOrPath: String) -> Bool {
    nameOrPath.contains("/") || [".yaml", ".yml", ".cfg"].contains { nameOrPath.hasSuffix($0) }
  }

  /// The path, which starts in `directory` if it is relative.
  static func absolute(_ path: String, from directory: String) -> String {
    if path.hasPrefix("/") { return path }
    var path = path[...]
    while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
    return "\(directory)/\(path)"
  }

  static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }

  /// The nearest `Configs` folder with chips in it, in `folder` or above.
  private static func folderAbove(_ folder: String) -> [String] {
    // A current folder that was deleted has no path.
    guard folder.hasPrefix("/") else { return [] }
    var url = URL(fileURLWithPath: folder).standardizedFileURL
    while true {
      let candidate = url.appending(path: "Configs").path
      if FileManager.default.isFolder("\(candidate)/Chips") { return [candidate] }
      let parent = url.deletingLastPathComponent().standardizedFileURL
      if parent.path == url.path || url.path == "/" { return [] }
      url = parent
    }
  }
}
