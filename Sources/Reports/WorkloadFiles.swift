package import ConfigFiles
internal import Foundation
internal import SystolicSim

/// Workloads as `simtrain config` shows them: the files of `Configs/Workloads`.
package struct WorkloadFiles {
  /// One of them.
  package struct File {
    fileprivate let name: String
    fileprivate let path: String
    fileprivate let workload: Workload
  }

  /// Above the list.
  package static let title = "Workloads (--workload of estimate)"
  /// The key of the list in JSON.
  package static let listName = "workloads"

  private let files: [File]

  /// The named workloads.
  ///
  /// - Throws: what is wrong with one of them.
  package static func all(in library: ConfigLibrary) throws -> WorkloadFiles {
    WorkloadFiles(
      files: try library.workloadNames.map { name in try File(name, in: library) })
  }

  /// Whether the file at `path` is a workload.
  package static func isWorkload(path: String) -> Bool {
    (try? TopologyFile.read(path: path)) != nil
  }

  /// A table.
  package var listing: String {
    var table = TextTable([.left, .right, .right])
    table.add(["name", "layers", "multiply-accumulates"])
    for file in files {
      table.add([file.name, "\(file.workload.layers.count)", file.work])
    }
    return table.lines().joined(separator: "\n") + "\n"
  }

  package var json: JSONValue {
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
  /// - Throws: what is wrong with the file.
  package init(_ nameOrPath: String, in library: ConfigLibrary) throws {
    let path = try library.workloadPath(nameOrPath)
    self.init(name: nameOrPath, path: path, workload: try TopologyFile.read(path: path))
  }

  /// The file's text.
  package var text: String {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.hasSuffix("\n") ? text : text + "\n"
  }

  /// What it is, in one line.
  package var summary: String {
    let count = workload.layers.count
    return "\(count) layer\(count == 1 ? "" : "s"), \(work) multiply-accumulates"
  }

  fileprivate var work: String { Quantity.grouped(workload.macs) }
}
