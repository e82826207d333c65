internal import ConfigFiles
internal import Foundation
internal import SystolicSim

/// Workloads as `simtrain config` shows them: the files of `Configs/Workloads`.
struct WorkloadFiles {
  /// One of them.
  struct File {
    let name: String
    let path: String
    let workload: Workload
  }

  /// Above the list.
  static let title = "Workloads (--workload of estimate)"
  /// The key of the list in JSON.
  static let listName = "workloads"

  private let files: [File]

  /// The named workloads.
  ///
  /// - Throws: what is wrong with one of them.
  static func all(in library: ConfigLibrary) throws -> WorkloadFiles {
    WorkloadFiles(
      files: try library.workloadNames.map { name in try File(name, in: library) })
  }

  /// The workload of that name, or in the file of that path; `nil` if it is neither.
  ///
  /// - Throws: what is wrong with the file; or that a workload has no keys to set.
  static func find(
    _ nameOrPath: String, _ changes: ConfigCommand.Changes, in library: ConfigLibrary
  ) throws -> File? {
    guard nameOrPath.hasSuffix(".csv") || InputKind(of: nameOrPath) == .workload else {
      return nil
    }
    if let change = changes.overrides.first {
      throw CommandFailure.usage("--set \(change): \(nameOrPath) is a workload, which has no keys.")
    }
    return try File(nameOrPath, in: library)
  }

  /// Whether the file at `path` is a workload.
  static func isWorkload(path: String) -> Bool { (try? TopologyFile.read(path: path)) != nil }

  /// A table.
  var listing: String {
    var table = TextTable([.left, .right, .right])
    table.add(["name", "layers", "multiply-accumulates"])
    for file in files {
      table.add([file.name, "\(file.workload.layers.count)", file.work])
    }
    return table.lines().joined(separator: "\n") + "\n"
  }

  var json: JSONValue {
    .list(
      files.map { file in
        .object([
          .init("name", .text(file.name)), .init("file", .text(file.path)),
          .init("layers", .integer(file.workload.layers.count)),
          .init("macs", .integer(file.workload.macs)),
        ])
      })
  }
}

extension WorkloadFiles.File {
  fileprivate init(_ nameOrPath: String, in library: ConfigLibrary) throws {
    let path = try library.workloadPath(nameOrPath)
    self.init(name: nameOrPath, path: path, workload: try TopologyFile.read(path: path))
  }

  /// The file's text.
  var text: String {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.hasSuffix("\n") ? text : text + "\n"
  }

  /// What it is, in one line.
  var summary: String {
    let count = workload.layers.count
    return "\(count) layer\(count == 1 ? "" : "s"), \(work) multiply-accumulates"
  }

  fileprivate var work: String { Quantity.grouped(workload.macs) }
}
