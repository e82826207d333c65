import Validation
import ConfigFiles
import Foundation
import Testing

@testable import simtrain

@Suite("Docs/validation.md")
struct ValidationDocumentTests {
  @Test("Docs/validation.md is what 'simtrain validate --markdown' prints")
  func isUpToDate() throws {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let library = try ConfigLibrary(
      explicit: root.appending(path: "Configs").path, currentDirectory: "/")
    let reports = try ValidationSuite.all.map { try $0.run(library: library) }
    let document = try String(
      contentsOf: root.appending(path: "Docs/validation.md"), encoding: .utf8)
    #expect(
      document == ValidationRendering(reports: reports).markdown,
      "Run: simtrain validate --markdown > Docs/validation.md")
  }

  @Test("a suite with many rows is shown by quantity, with how many figures are equal")
  func condensed() {
    let rows = (1...101).map {
      ValidationRow(name: "r\($0)", quantity: "cycles", measured: 100, modelled: $0 == 7 ? 90 : 100)
    }
    let text = ValidationRendering(reports: [
      ValidationReport(name: "s", title: "t", notes: [], bound: .exact, rows: rows)
    ]).text
    #expect(text.contains("cycles    r7          101    100    -10.0"))
    #expect(text.contains("bound: every figure equal; MISSED"))
  }
}
