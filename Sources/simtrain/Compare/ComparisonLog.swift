internal import Foundation
internal import RunLog

/// The files of a comparison: a run file each, and a summary of all.
struct ComparisonLog {
  /// The summary.
  let path: String
  private let runPaths: [String]
  private let header: ComparisonHeader

  /// Checks that the files can be written before anything is.
  ///
  /// - Returns: `nil` if none are asked for.
  /// - Throws: `RunLogError`, `CommandFailure.usage` for a file in place of the folder.
  init?(_ request: CompareRequest, _ runs: [(settings: RunConfig, device: RunDevice)]) throws {
    let folder: String
    switch request.log {
    case .none: return nil
    case .folder(let path): folder = path
    case .automatic: folder = Self.freeFolder()
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder.boolValue {
      throw CommandFailure.usage("\(folder): this is a file. Give --log-folder a folder.")
    }
    guard let first = runs.first?.settings else { return nil }
    path = "\(folder)/summary.h5"
    runPaths = runs.enumerated().map { index, run in
      let parts = [
        "\(index + 1)", run.device.shortName, run.device.shortConfigName,
        run.settings.precision.policy.rawValue, run.settings.fusion.rawValue,
      ]
      return "\(folder)/" + parts.compactMap(\.self).joined(separator: "-") + ".h5"
    }
    header = ComparisonHeader(
      generator: "simtrain \(Simtrain.version)", commandLine: CommandLine.arguments,
      seed: first.seed, dataset: first.data.name.description, model: first.model.name,
      runCount: runs.count)
    for path in runPaths + [path] {
      try RunWriter.checkDestination(path, replacesExisting: request.replacesExisting)
    }
  }

  /// A folder for this date and time that is not there yet.
  private static func freeFolder() -> String {
    let stem = "runs/compare-\(Surroundings.timestamp())"
    let names = [stem] + (2...100).map { "\(stem)-\($0)" }
    return names.first { !FileManager.default.fileExists(atPath: $0) } ?? stem
  }

  func choice(of run: Int) -> TrainRequest.LogChoice { .file(runPaths[run]) }

  /// Writes the summary of the rows so far, in place of the one before.
  ///
  /// - Throws: `RunLogError`.
  func write(_ report: ComparisonReport, _ status: RunStatus) throws(RunLogError) {
    try ComparisonFile.write(
      header, status: status, figureNames: ComparisonReport.figureNames,
      relativeNames: ComparisonReport.relativeNames, rows: report.fileRows, to: path)
  }
}
