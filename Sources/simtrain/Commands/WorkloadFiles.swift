internal import ConfigFiles
internal import Foundation
internal import SystolicSim

/// Workloads as `simtrain config` shows them: the files of `Configs/Workloads`.
struct WorkloadFiles {
  private let path: String
  private let workload: Workload

  /// The workload of that name, or the CSV file of that path; `nil` if it is neither.
  ///
  /// - Throws: what is wrong with the file; or that a workload has no keys to set.
  static func find(
    _ nameOrPath: String, _ changes: ConfigCommand.Changes, in library: ConfigLibrary
  ) throws -> WorkloadFiles? {
    guard nameOrPath.hasSuffix(".csv") || names(in: library).contains(nameOrPath) else {
      return nil
    }
    if let change = changes.overrides.first {
      throw CommandFailure.usage("--set \(change): \(nameOrPath) is a workload, which has no keys.")
    }
    let path = try library.workloadPath(nameOrPath)
    return WorkloadFiles(path: path, workload: try TopologyFile.read(path: path))
  }

  /// The file's text.
  var text: String {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.hasSuffix("\n") ? text : text + "\n"
  }

  /// What it is, in one line.
  var summary: String { "\(Self.layers(workload)), \(Self.work(workload)) multiply-accumulates" }

  /// The named workloads as a table.
  ///
  /// - Throws: what is wrong with one of them.
  static func listing(library: ConfigLibrary) throws -> String {
    var table = TextTable([.left, .right, .right])
    table.add(["name", "layers", "multiply-accumulates"])
    for name in names(in: library) {
      let workload = try TopologyFile.read(path: library.workloadPath(name))
      table.add([name, "\(workload.layers.count)", work(workload)])
    }
    return "Workloads (--workload of estimate)\n" + table.lines().joined(separator: "\n") + "\n"
  }

  private static func names(in library: ConfigLibrary) -> [String] {
    library.names(of: "Workloads", ending: ".csv")
  }

  private static func layers(_ workload: Workload) -> String {
    "\(workload.layers.count) layer\(workload.layers.count == 1 ? "" : "s")"
  }

  private static func work(_ workload: Workload) -> String { Quantity.grouped(workload.macs) }
}
