import ConfigFiles
import Foundation
import SystolicSim
import Testing
import Validation

@Suite("Validation suites")
struct ValidationTests {
  @Test("every row of SCALE-Sim's table is reproduced to the last printed digit")
  func scaleSim() throws {
    let report = try ValidationSuite.scaleSim.run(library: repositoryLibrary())
    #expect(report.rows.count == 253 * 6)
    #expect(report.rows.filter { $0.measured != $0.modelled } == [])
  }

  @Test("every suite keeps its bound", arguments: ValidationSuite.all.map(\.name))
  func bounds(name: String) throws {
    let suite = try #require(ValidationSuite.all.first { $0.name == name })
    let report = try suite.run(library: repositoryLibrary())
    #expect(!report.rows.isEmpty)
    #expect(report.passes, "MAPE \(report.meanAbsolutePercentageError)")
  }

  @Test("the bounds on silicon are the published simulators' or tighter")
  func claims() {
    #expect(ValidationSuite.scaleSim.bound == .exact)
    #expect(ValidationSuite.tpuV6eGEMM.bound == .meanAbsolutePercentageError(10))
    #expect(ValidationSuite.tpuV6eElementwise.bound == .meanAbsolutePercentageError(15))
  }

  private static func report(_ bound: ValidationBound, _ pairs: [(Double, Double)])
    -> ValidationReport
  {
    ValidationReport(
      name: "s", title: "t", notes: [], bound: bound,
      rows: pairs.enumerated().map {
        ValidationRow(
          name: "r\($0.offset)", quantity: "us", measured: $0.element.0, modelled: $0.element.1)
      })
  }

  @Test("errors are relative to the published figure, and the mean is of their absolute values")
  func errors() {
    // -10 % and +20 %: the mean of the absolute values is 15 %.
    let report = Self.report(.meanAbsolutePercentageError(15), [(10, 9), (10, 12)])
    #expect(report.rows.map(\.errorPercent) == [-10, 20])
    #expect(report.meanAbsolutePercentageError == 15)
    #expect(report.worst?.name == "r1")
    #expect(report.passes)
  }

  @Test("a suite above its bound, or without rows, does not pass")
  func misses() {
    #expect(!Self.report(.meanAbsolutePercentageError(14.9), [(10, 9), (10, 12)]).passes)
    #expect(!Self.report(.exact, [(10, 10), (10, 10.0001)]).passes)
    #expect(Self.report(.exact, [(10, 10)]).passes)
    #expect(!Self.report(.exact, []).passes)
  }

  @Test("a table of figures that is wrong is an error with file and line")
  func wrongTable() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "validation-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "Validation"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      at: folder.appending(path: "Chips"), withIntermediateDirectories: true)
    let table = folder.appending(path: "Validation/scalesim_gemm.csv")
    let repository = try repositoryLibrary()
    for (kind, name) in [("Chips", "scalesim"), ("Energy", "ten-lessons-7nm")] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: kind), withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: repository.path(of: name, kind: kind),
        toPath: folder.appending(path: "\(kind)/\(name).yaml").path)
    }
    let library = try ConfigLibrary(explicit: folder.path, currentDirectory: "/")
    let header = "# comment\ndataflow,array_rows,array_cols,M,N,K,compute_cycles\n"
    let cases = [
      (header + "os,8,8,1,1\n", ":3: has 5 fields; the header has 7"),
      (header + "os,8,8,1,1,x,5\n", ":3: 'K' must be a number (Int); found 'x'"),
      (header + "xs,8,8,1,1,1,5\n", ":3: dataflow must be os, ws or is; found 'xs'"),
      (header, ": has no rows. Restore the file."),
    ]
    for (text, message) in cases {
      try text.write(to: table, atomically: true, encoding: .utf8)
      let error = #expect(throws: ValidationError.self) {
        try ValidationSuite.scaleSim.run(library: library)
      }
      #expect(error?.description == table.path + message)
    }
  }
}
