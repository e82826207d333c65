internal import ConfigFiles
internal import Reports

extension WorkloadFiles {
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
}
