internal import Foundation

extension ConfigLibrary {
  /// The path of a file of a kind that is no YAML: `scalesim_gemm.csv` of `Validation`.
  ///
  /// - Throws: `notFound` if no root has it.
  public func file(_ name: String, kind: String) throws(ConfigError) -> String {
    let paths = roots.map { "\($0)/\(kind)/\(name)" }
    guard let path = paths.first(where: { FileManager.default.isFile($0) }) else {
      throw ConfigError(.file("Configs/\(kind)/\(name)"), .notFound)
    }
    return path
  }
}
