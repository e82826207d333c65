internal import SystolicCompiler
internal import SystolicSim

/// An estimate as SCALE-Sim's report files, column by column, for the scripts that read those.
package struct ScaleSimReports {
  private let report: EstimateReport

  package init(report: EstimateReport) { self.report = report }

  private static let computeColumns = [
    "LayerID", "Total Cycles (incl. prefetch)", "Total Cycles", "Stall Cycles", "Overall Util %",
    "Mapping Efficiency %", "Compute Util %",
  ]
  private static let bandwidthColumns = [
    "LayerID", "Avg IFMAP SRAM BW", "Avg FILTER SRAM BW", "Avg OFMAP SRAM BW",
    "Avg IFMAP DRAM BW", "Avg FILTER DRAM BW", "Avg OFMAP DRAM BW",
  ]

  private static let computeName = "COMPUTE_REPORT.csv"
  private static let bandwidthName = "BANDWIDTH_REPORT.csv"

  /// The names of the files.
  package static let names = [computeName, bandwidthName]

  /// The files by name.
  package var files: [(name: String, text: String)] {
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
      (Self.computeName, Self.text(Self.computeColumns, compute)),
      (Self.bandwidthName, Self.text(Self.bandwidthColumns, bandwidth)),
    ]
  }

  /// Rows as SCALE-Sim writes them: numbered from 0, a comma and a space between, a comma at the end.
  private static func text(_ columns: [String], _ rows: [[String]]) -> String {
    let lines = [columns] + rows.enumerated().map { ["\($0)"] + $1 }
    return lines.map { $0.joined(separator: ", ") + ",\n" }.joined()
  }
}
