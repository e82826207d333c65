import Foundation
import HDF5
import RunLog
import Testing

@Suite("Docs/run-file.md")
struct DocumentationTests {
  @Test("names every dataset, field and fixed attribute of a run file")
  func everyName() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Docs/run-file.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let writer = try Samples.writer(at: path)
      writer.addExecutable(Samples.profile("train"))
      writer.addDeviations([
        DeviationRecord(operation: "%1 add", place: "line 2", onEqualInputs: 0, accumulated: 0)
      ])
      writer.finish(.finished, summary: [])
      let file = try HDF5File(openingAt: path)
      let group = "executables/train"
      var names = try file.attributeNames() + file.attributeNames(of: group)
      names += try file.members(of: "/").filter { $0 != "executables" && $0 != "metrics" }
        .map { "/" + $0 }
      names += try file.members(of: "metrics/step").map { "/metrics/step/" + $0 }
      var tables = ["metrics/epoch", "deviations"]
      for part in ["", "/cold", "/steady"] {
        for member in try file.members(of: group + part) where !["cold", "steady"].contains(member)
        {
          tables.append("\(group)\(part)/\(member)")
          names.append(part.isEmpty ? member : "\(part.dropFirst())/\(member)")
        }
      }
      for table in tables { names += try file.readTable(from: table).fields.map(\.name) }
      #expect(names.count > 60)
      #expect(names.filter { !text.contains("`\($0)`") } == [])
    }
  }
}
