internal import ConfigFiles
internal import Foundation
internal import Reports
internal import RunLog

/// What a file, a folder or a name that the user gives is.
enum InputKind: Hashable {
  case config(ConfigKind)
  case workload, scaleSimConfiguration
  case runFile, checkpoint, comparison, foreignHDF5
  case recipe
  case dataFolder, folder

  static let chip = InputKind.config(.chips)
  static let model = InputKind.config(.models)

  /// With its article, as a sentence has it.
  var title: String {
    switch self {
    case .config(let kind): kind.noun
    case .workload: "a workload (a topology file)"
    case .scaleSimConfiguration: "a configuration of SCALE-Sim"
    case .runFile: "a run file"
    case .checkpoint: "a checkpoint"
    case .comparison: "the summary of a comparison"
    case .foreignHDF5: "an HDF5 file of another program"
    case .recipe: "the description of a run (a recipe)"
    case .dataFolder: "a folder with a data set"
    case .folder: "a folder"
    }
  }

  /// Where a thing of the kind, called `name`, is to be given; `nil` where nothing takes it.
  func use(of name: String) -> String? {
    switch self {
    case .config(.chips): "Give it with --config."
    case .config(.models): "Give it with --model."
    case .config(.energy): "An architecture names it as 'energy.table'."
    case .config(.dram): "An architecture names it as 'dram.banked.standard'."
    case .config(.area): "An architecture names it as 'area.table'."
    case .workload: "Give it to 'simtrain estimate --workload'."
    case .scaleSimConfiguration:
      "Convert it with 'simtrain config import \(name) > chip.yaml'."
    case .runFile, .comparison: "'simtrain inspect' shows it."
    case .checkpoint: "Give it to 'simtrain --resume' or 'simtrain evaluate --checkpoint'."
    case .recipe: "Give it with --recipe."
    case .dataFolder: "Give it with --data-dir."
    case .foreignHDF5, .folder: nil
    }
  }
}

extension InputKind {
  /// Runs `body`, which reads what `option` names, if it was given.
  ///
  /// - Throws: where that fails and `name` is of none of the `kinds`, what it is; else what `body`
  ///   throws.
  static func expecting<Result>(
    _ kinds: InputKind..., name: String?, of option: String, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch {
      guard let name, let found = InputKind(of: name), !kinds.contains(found) else { throw error }
      let titles = kinds.filter { $0 != .folder }.map(\.title)
      let expected =
        titles.count < 2
        ? titles.joined()
        : titles.dropLast().joined(separator: ", ") + " or " + (titles.last ?? "")
      throw CommandFailure.usage(
        "\(name): this is \(found.title), and \(option) expects \(expected)."
          + (found.use(of: name).map { " " + $0 } ?? ""))
    }
  }

  /// What `name` is, a configuration's name or a path; `nil` if that cannot be told.
  init?(of name: String) {
    let isPath = name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    if !isPath, let library = try? Surroundings.configLibrary() {
      if let kind = ConfigKind(named: name, in: library) {
        self = .config(kind)
        return
      }
      if library.workloadNames.contains(name) {
        self = .workload
        return
      }
    }
    self.init(path: name)
  }

  private init?(path: String) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    if isFolder.boolValue {
      self = Self.holdsData(path) ? .dataFolder : .folder
      return
    }
    guard
      let attributes = try? FileManager.default.attributesOfItem(
        atPath: URL(filePath: path).resolvingSymlinksInPath().path),
      attributes[.type] as? FileAttributeType == .typeRegular,
      let file = FileHandle(forReadingAtPath: path),
      let head = try? file.read(upToCount: 1024)
    else { return nil }
    self.init(head: head, path: path)
  }

  private init?(head: Data, path: String) {
    let signature = Data([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
    // HDF5's superblock stands at 0 or after a block of the user's.
    if [0, 512].contains(where: { head.dropFirst($0).starts(with: signature) }) {
      do {
        self = try StoredKind(of: FileSource(path: path)).map(InputKind.init) ?? .foreignHDF5
      } catch {
        // What is damaged says so itself.
        return nil
      }
      return
    }
    do throws(ConfigError) {
      let library = try Surroundings.configLibrary()
      // A path, whatever its name ends in.
      let file = path.contains("/") ? path : "./" + path
      let document = try library.document(file, kind: ConfigKind.chips.rawValue)
      if let kind = ConfigKind(of: document) {
        self = .config(kind)
        return
      }
      let sections = document.settings.map { String($0.path.prefix { $0 != "." }) }
      if sections.contains(where: RunConfig.sections.contains) {
        self = .recipe
        return
      }
    } catch {
      if case .scaleSimConfiguration = error.problem {
        self = .scaleSimConfiguration
        return
      }
    }
    guard WorkloadFiles.isWorkload(path: path) else { return nil }
    self = .workload
  }

  private init(_ stored: StoredKind) {
    switch stored {
    case .run: self = .runFile
    case .checkpoint: self = .checkpoint
    case .comparison: self = .comparison
    }
  }

  /// Whether IDX files lie in the folder or in one below it.
  private static func holdsData(_ path: String) -> Bool {
    let files = FileManager.default
    func isIDX(_ name: String) -> Bool { name.contains("-ubyte") || name.contains(".idx") }
    let names = (try? files.contentsOfDirectory(atPath: path)) ?? []
    return names.contains { name in
      isIDX(name)
        || ((try? files.contentsOfDirectory(atPath: "\(path)/\(name)")) ?? []).contains(
          where: isIDX)
    }
  }
}
