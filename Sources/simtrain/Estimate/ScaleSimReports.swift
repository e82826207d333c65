internal import Foundation
internal import SystolicCompiler
internal import SystolicSim

/// An estimate as SCALE-Sim's report files, column by column, for the scripts that read those.
struct ScaleSimReports {
  let report: EstimateReport

  private static let computeColumns = [
    "LayerID", "Total Cycles (incl. prefetch)", "Total Cycles", "Stall Cycles", "Overall Util %",
    "Mapping Efficiency %", "Compute Util %",
  ]
  private static let bandwidthColumns = [
    "LayerID", "Avg IFMAP SRAM BW", "Avg FILTER SRAM BW", "Avg OFMAP SRAM BW",
    "Avg IFMAP DRAM BW", "Avg FILTER DRAM BW", "Avg OFMAP DRAM BW",
  ]

  /// The files by name.
  var files: [(name: String, text: String)] {
    let layers = report.layers.map { layer, estimate in
      LayerReport(estimate, of: layer, chip: report.chip, options: report.options)
    }
    let compute = layers.map { layer in
      [layer.cyclesWithPrefetch, layer.cycles, layer.stallCycles].map(String.init)
        + [
          layer.overallUtilizationPercent, layer.mappingEfficiencyPercent,
          layer.computeUtilizationPercent,
        ].map { "\($0)" }
    }
    let bandwidth = layers.map { layer in
      (layer.sramWordsPerCycle + layer.dramWordsPerCycle).map { "\($0)" }
    }
    return [
      ("COMPUTE_REPORT.csv", Self.text(Self.computeColumns, compute)),
      ("BANDWIDTH_REPORT.csv", Self.text(Self.bandwidthColumns, bandwidth)),
    ]
  }

  /// Rows as SCALE-Sim writes them: numbered from 0, a comma and a space between, a comma at the end.
  private static func text(_ columns: [String], _ rows: [[String]]) -> String {
    let lines = [columns] + rows.enumerated().map { ["\($0)"] + $1 }
    return lines.map { $0.joined(separator: ", ") + ",\n" }.joined()
  }

  /// Complains, before the work, about files that are there already.
  static func requireFree(_ folder: String, replacing: Bool) throws(CommandFailure) {
    var isFolder: ObjCBool = true
    if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder.boolValue {
      throw .usage("--reports \(folder): this is a file. Give the name of a folder.")
    }
    for name in ["COMPUTE_REPORT.csv", "BANDWIDTH_REPORT.csv"] {
      let path = "\(folder)/\(name)"
      if !replacing && FileManager.default.fileExists(atPath: path) {
        throw .usage("\(path): the file exists. Give another folder, or --force to replace it.")
      }
    }
  }

  /// Writes the files, and makes the folder if it is not there.
  func write(to folder: String) throws(CommandFailure) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (name, text) in files {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
      }
    } catch {
      throw .runtime("--reports \(folder): the files cannot be written. Check the folder.")
    }
  }
}
