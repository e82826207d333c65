internal import ConfigFiles
internal import Foundation
internal import ProgramOracle
internal import SystolicModel
internal import Units

/// Checks the programs of every model on every chip, and single products against their estimates: one
/// line a chip, and what is wrong below it.
@main
struct CheckPrograms {
  /// Programs of more tiles are looked at as nests of loops only.
  static let mostTiles = 200_000
  static let productsPerChip = 200

  /// What was found on a chip.
  struct Report: Sendable {
    var line: String
    var problems: [String] = []
    var notes: [String] = []
  }

  static func main() async throws {
    let library = try ConfigLibrary(
      explicit: CommandLine.arguments.dropFirst().first,
      currentDirectory: FileManager.default.currentDirectoryPath)
    let sweeps = Dictionary(grouping: ProgramSweep.all(library), by: \.chip)
    print(
      "Dependences, bytes and times of every instruction are checked in programs of up to "
        + "\(mostTiles) tiles; of larger ones ('loops') what their nests of loops say.")
    var problems = 0
    try await withThrowingTaskGroup(of: Report.self) { group in
      for (chip, sweeps) in sweeps.sorted(by: { $0.key < $1.key }) {
        group.addTask { try report(chip, sweeps, library) }
      }
      for try await report in group {
        problems += report.problems.count
        print(report.line)
        for problem in report.problems { print("  wrong: \(problem)") }
        for note in report.notes { print("  not mapped: \(note)") }
      }
    }
    print(problems == 0 ? "nothing is wrong" : "\(problems) wrong")
    if problems > 0 { exit(1) }
  }

  private static func report(
    _ name: String, _ sweeps: [ProgramSweep], _ library: ConfigLibrary
  ) throws -> Report {
    let start = ContinuousClock.now
    let chip = try Chip.load(name, library: library)
    var report = Report(line: "")
    var (sound, loops) = (0, 0)
    for sweep in sweeps {
      switch try sweep.verdict(on: chip, library, mostTiles: mostTiles) {
      case .sound(let isExpanded):
        sound += 1
        if !isExpanded { loops += 1 }
      case .unmapped(let reason): report.notes.append("\(sweep): \(reason)")
      case .unsound(let problems):
        report.problems += problems.prefix(3).map { "\(sweep): \($0)" }
      }
    }
    // The compiler puts what it can in CMEM, an estimate only what is to be resident: none fits here.
    let plain =
      chip.architecture.cmem == nil
      ? chip
      : try Chip.load(
        name, overrides: ["cmem.capacityMebibytes=\(1.0 / 1024)"], library: library)
    let products = SingleProduct.some(
      productsPerChip, seed: 8, moreThan: plain.architecture.cmemBytesPerCore)
    for product in products { report.problems += try product.problems(on: plain) }
    let seconds = (ContinuousClock.now - start).components.seconds
    report.line =
      "\(name): \(sound) of \(sweeps.count) programs sound (\(loops) loops), "
      + "\(report.notes.count) not mapped, \(products.count) products, "
      + "\(report.problems.count) problems, \(seconds) s"
    return report
  }
}
