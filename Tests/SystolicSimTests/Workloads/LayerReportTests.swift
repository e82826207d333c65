import Testing

@testable import SystolicModel
@testable import SystolicSim

@Suite("SCALE-Sim's report columns")
struct LayerReportTests {
  private func reports(
    _ rows: String, chip name: String, _ overrides: [String] = []
  ) throws -> [LayerReport] {
    let chip = try Chip.load(name, overrides: overrides, library: repositoryLibrary())
    let workload = try TopologyFile.parse(
      "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,"
        + "Repeat,\n" + rows, file: "t.csv", name: "t")
    let estimate = try WorkloadEstimator(chip: chip).estimate(workload)
    return zip(workload.layers, estimate.layers).map { layer, figures in
      LayerReport(figures, of: layer, chip: chip, options: EstimateOptions())
    }
  }

  /// What SCALE-Sim 3.0.0 writes for an 8 x 8 array in mode CALC: total cycles, the three shares, and
  /// SRAM words a cycle, of `c1` and `fc`.
  ///
  /// - Source: `python -m scalesim.scale` of the package on these two layers, run by us.
  static let published: [(Dataflow, [[Double]])] = [
    (
      .weightStationary,
      [
        [773, 74.51487710219922, 100.0, 68.81720430107528]
          + [5.961190168175938, 0.7451487710219923, 5.961190168175938],
        [367, 2.7247956403269753, 62.5, 2.083333333333335]
          + [0.34877384196185285, 1.7438692098092643, 0.21798365122615804],
      ]
    ),
    (
      .outputStationary,
      [
        [687, 83.84279475982532, 100.0, 83.72093023255813]
          + [6.707423580786026, 6.707423580786026, 0.9315866084425036],
        [155, 6.451612903225806, 7.8125, 6.41025641025641]
          + [0.8258064516129032, 4.129032258064516, 0.2709677419354839],
      ]
    ),
    (
      .inputStationary,
      [
        [2159, 26.67901806391848, 100.0, 21.62162162162159]
          + [2.1343214451134784, 2.1343214451134784, 2.1343214451134784],
        [255, 3.9215686274509802, 12.5, 3.205128205128205]
          + [0.25098039215686274, 2.5098039215686274, 0.3137254901960784],
      ]
    ),
  ]

  @Test(
    "on the compatible chip cycles, shares and SRAM words are SCALE-Sim's",
    arguments: LayerReportTests.published)
  func compatible(dataflow: Dataflow, rows: [[Double]]) throws {
    let reports = try reports(
      "c1,17,17,3,3,8,8,2,\nfc,1,1,1,1,64,10,1,\n", chip: "scalesim",
      ["mxu.rows=8", "mxu.columns=8", "mxu.dataflow=\(dataflow.rawValue)"])
    for (report, row) in zip(reports, rows) {
      let own =
        [
          Double(report.cycles), report.overallUtilizationPercent, report.mappingEfficiencyPercent,
          report.computeUtilizationPercent,
        ] + report.sramWordsPerCycle
      for (value, published) in zip(own, row) {
        // The last digits differ by the order of sums.
        #expect(abs(value - published) < 1e-12 * published, "\(value) \(published)")
      }
      #expect(report.stallCycles == 0)
    }
  }

  // SCALE-Sim writes one row a channel, 171 cycles each, at 5.263 % of the array.
  @Test("groups and repeats are one row of all their cycles")
  func groups() throws {
    let chip = ["mxu.rows=8", "mxu.columns=8", "mxu.dataflow=weightStationary"]
    let report = try reports("DP_1,10,10,3,3,4,1,1,2,\n", chip: "scalesim", chip)[0]
    #expect(report.cycles == 2 * 4 * 171)
    #expect(abs(report.overallUtilizationPercent - 5.2631578947368425) < 1e-12)
    #expect(abs(report.sramWordsPerCycle[0] - 3.3684210526315788) < 1e-12)
  }

  @Test("on any chip cycles are the estimate's, stalls what the array waits, DRAM words all bytes")
  func others() throws {
    let report = try reports("c1,17,17,3,3,8,8,2,\n", chip: "edge-8x8")[0]
    #expect(report.cycles == report.cyclesWithPrefetch && report.stallCycles > 0)
    // 17 x 17 x 8 inputs, in two strips that have a row in common; 72 x 8 weights, 64 x 8 outputs. What is
    // read is shared out by the sizes of both operands.
    let words = report.dramWordsPerCycle.map { $0 * Double(report.cycles) }
    #expect((words[0] + words[1]).rounded() == 2312 + 17 * 8 + 576)
    #expect(words[2].rounded() == 512)
  }
}
