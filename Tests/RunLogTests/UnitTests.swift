import HDF5
import RunLog
import Testing

@Suite("Units in a run file")
struct UnitTests {
  /// By path; of a table, a unit for each column.
  @Test("each dataset says the unit of each of its columns")
  func units() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let writer = try RunWriter(
        path: path, header: Samples.header, modelsCost: true, scalesLoss: true, now: { 0 })
      writer.addExecutable(Samples.profile("train"))
      writer.recordStep(Samples.step(0))
      writer.finish(.finished, summary: [])
      let file = try HDF5File(openingAt: path)
      for (name, unit) in [
        ("step", "1"), ("loss", "nats"), ("executable", "1"), ("startCycle", "cycles"),
        ("cycles", "cycles"), ("energyPicojoules", "picojoules"), ("lossScale", "1"),
        ("skippedSteps", "steps"),
      ] {
        #expect(try file.attribute("unit", of: "metrics/step/" + name) == .text(unit), "\(name)")
      }
      #expect(try file.members(of: "metrics/step").count == 8)
      #expect(try file.attribute("unit", of: "config/text") == .text("text"))
      #expect(
        try file.attribute("unit", of: "metrics/epoch")
          == .texts(["1", "nats", "nats", "1", "seconds", "samples/second"]))
      let group = "executables/train"
      var tables = 0
      for part in ["", "/cold", "/steady"] {
        for member in try file.members(of: group + part) where !["cold", "steady"].contains(member)
        {
          tables += 1
          let name = "\(group)\(part)/\(member)"
          guard case .texts(let units) = try file.attribute("unit", of: name) else {
            Issue.record("\(name) has no units")
            continue
          }
          let fields = try file.readTable(from: name).fields
          #expect(units.count == fields.count, "\(name)")
          for (field, unit) in zip(fields, units) {
            if field.name.hasSuffix("Cycles") || field.name == "cycle" { #expect(unit == "cycles") }
            if field.name.lowercased().hasSuffix("bytes") { #expect(unit == "bytes") }
            if case .text = field.column { #expect(unit == "text") }
            if case .labels = field.column { #expect(unit == "label") }
          }
        }
      }
      #expect(tables == 11)
      #expect(
        try file.attribute("unit", of: group + "/roofline")
          == .texts(["1", "FLOP/byte", "FLOP/cycle"]))
    }
  }

  @Test("a summary of a comparison has units, and gives back what was written")
  func comparison() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/summary.h5"
      let header = ComparisonHeader(
        generator: "g", commandLine: ["a", ""], seed: 7, dataset: "mnist", model: "mlp",
        runCount: 3)
      let row = ComparisonFile.Row(
        run: 1, device: "cpu", config: "", precision: "fp32", fusion: "on", file: "1.h5",
        isFinished: false, figures: [0.5, 12], relatives: [1.5, 1])
      try ComparisonFile.write(
        header, status: .interrupted, figureNames: ["testAccuracy", "simulatedSeconds"],
        relativeNames: ["testAccuracyPoints", "simulatedSeconds"], rows: [row], to: path)
      let contents = try ComparisonFile.read(FileSource(path: path))
      #expect(contents.header == header && contents.rows == [row])
      #expect(contents.status == .interrupted)
      #expect(contents.figureNames == ["testAccuracy", "simulatedSeconds"])
      #expect(contents.relativeNames == ["testAccuracyPoints", "simulatedSeconds"])
      #expect(try StoredKind(of: FileSource(path: path)) == .comparison)
      let file = try HDF5File(openingAt: path)
      #expect(
        try file.attribute("unit", of: "runs")
          == .texts(["1"] + [String](repeating: "text", count: 6) + ["1", "seconds"]))
      #expect(
        try file.attribute("unit", of: "relative") == .texts(["1", "percentage points", "1"]))
    }
  }
}
