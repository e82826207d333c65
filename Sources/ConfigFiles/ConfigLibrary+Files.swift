internal import Foundation

extension ConfigLibrary {
  /// The path of a file of a kind that is no YAML: `scalesim_gemm.csv` of `Validation`.
  ///
  /// - Throws: `notFound` if no root has it.
  public func file(_ name: String, kind: String) throws(ConfigError) -> String {
    guard let path = firstFile(name, kind: kind) else {
      throw ConfigError(.file("Configs/\(kind)/\(name)"), .notFound)
    }
    return path
  }

  private func firstFile(_ name: String, kind: String) -> String? {
    roots.map { "\($0)/\(kind)/\(name)" }.first(where: { FileManager.default.isFile($0) })
  }

  /// The path of a workload: that of a file of `Workloads`, by name; else the path as it is given,
  /// if it is there or looks like one (with a `/` or a `.`).
  ///
  /// - Throws: `unknownName`.
  package func workloadPath(_ nameOrPath: String) throws(ConfigError) -> String {
    let isPath = nameOrPath.contains("/") || nameOrPath.contains(".")
    if !isPath, let path = firstFile(nameOrPath + ".csv", kind: "Workloads") { return path }
    if isPath || FileManager.default.isFile(nameOrPath) { return nameOrPath }
    throw ConfigError(
      .file("Configs/Workloads"),
      .unknownName(
        nameOrPath, names: Spelling.nearestFirst(nameOrPath, among: workloadNames),
        places: roots.map { "\($0)/Workloads" }, file: nameOrPath + ".csv"))
  }

  /// The names of the workloads, sorted.
  package var workloadNames: [String] { names(of: "Workloads", ending: ".csv") }
}
