import ConfigFiles
import SystolicSim
import Testing

@Suite("Validation suites")
struct ValidationTests {
  @Test("every row of SCALE-Sim's table is reproduced to the last printed digit")
  func scaleSim() throws {
    let report = try ValidationSuite.scaleSim.run(library: repositoryLibrary())
    #expect(report.rows.count == 253 * 6)
    #expect(report.rows.filter { $0.measured != $0.modelled } == [])
    #expect(report.passes)
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
  func bounds() {
    #expect(!Self.report(.meanAbsolutePercentageError(14.9), [(10, 9), (10, 12)]).passes)
    #expect(!Self.report(.exact, [(10, 10), (10, 10.0001)]).passes)
    #expect(Self.report(.exact, [(10, 10)]).passes)
    #expect(!Self.report(.exact, []).passes)
  }
}
