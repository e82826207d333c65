import Foundation
import HDF5
import RunLog
import Testing

@Suite("The summary of a comparison")
struct ComparisonFileTests {
  private static let header = ComparisonHeader(
    generator: "simtrain 1", commandLine: ["simtrain", "compare"], seed: 7, dataset: "mnist",
    model: "mlp", runCount: 2)

  private static func row(_ run: Int, finished: Bool = true) -> ComparisonFile.Row {
    ComparisonFile.Row(
      run: run, device: "tpu-sim", config: "tpu-v\(run)", precision: "fp32", fusion: "on",
      file: "\(run).h5", isFinished: finished, figures: [0.5 * Double(run), .nan],
      relatives: [Double(run), .nan])
  }

  private static func write(
    _ rows: [ComparisonFile.Row], _ status: RunStatus, to path: String
  ) throws {
    try ComparisonFile.write(
      header, status: status, figureNames: ["testLoss", "totalCycles"],
      relativeNames: ["testLoss", "totalCycles"], rows: rows, to: path)
  }

  /// Writes the summary of two runs.
  static func writeTwoRows(to path: String) throws {
    try write([row(1), row(2, finished: false)], .finished, to: path)
  }

  @Test("holds a row a run, and grows from none")
  func rows() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/new/summary.h5"
      try RunWriter.checkDestination(path, replacesExisting: false)
      for rows in [[], [Self.row(1)], [Self.row(1), Self.row(2, finished: false)]] {
        try Self.write(rows, rows.count == 2 ? .finished : .running, to: path)
        let file = try HDF5File(openingAt: path)
        let table = try file.readTable(from: "runs")
        #expect(table.rowCount == rows.count)
        #expect(table["run"] == .int64(rows.map { Int64($0.run) }))
        #expect(table["config"] == .text(rows.map(\.config)))
        #expect(table["testLoss"] == .float64(rows.map { $0.figures[0] }))
        #expect(
          table["status"] == .text(rows.map { $0.isFinished ? "finished" : "failed" }))
        #expect(try file.readTable(from: "relative").rowCount == rows.count)
      }
      let file = try HDF5File(openingAt: path)
      #expect(try file.attribute("status") == .text("finished"))
      #expect(try file.attribute("seed") == .unsigned(7))
      guard case .float64(let cycles) = try file.readTable(from: "runs")["totalCycles"] else {
        Issue.record("no column of numbers")
        return
      }
      #expect(cycles.filter { !$0.isNaN } == [])
    }
  }

  @Test("a file that exists is refused unless it may be replaced, and is no run file")
  func destination() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/summary.h5"
      try Self.write([], .running, to: path)
      #expect(throws: RunLogError.fileExists(path: path)) {
        try RunWriter.checkDestination(path, replacesExisting: false)
      }
      try RunWriter.checkDestination(path, replacesExisting: true)
      #expect(throws: RunLogError.notARunFile(path: path)) { _ = try RunFile(path: path) }
    }
  }

  @Test("Docs/compare.md names every attribute and column")
  func documentation() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Docs/compare.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    try withTemporaryFolder { folder in
      let path = folder + "/summary.h5"
      try Self.write([Self.row(1)], .finished, to: path)
      let file = try HDF5File(openingAt: path)
      let names =
        try file.attributeNames() + file.members(of: "/").map { "/" + $0 }
        + file.readTable(from: "runs").fields.map(\.name)
      #expect(names.count > 15)
      #expect(names.filter { !text.contains("`\($0)`") } == [])
    }
  }
}
