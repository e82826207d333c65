import ProgramOracle
import SystolicModel
import Testing

/// A part of what `make check-programs` goes through.
@Suite("Programs of models")
struct ModelProgramTests {
  /// Every fourteenth, and those that have been wrong before.
  private static let picked: [ProgramSweep] = {
    guard let library = try? repositoryLibrary() else { return [] }
    let all = ProgramSweep.all(library).filter { $0.chip != "scalesim" || $0.batchSize < 1024 }
    let faults: Set = [
      "edge-8x8: lenet5 training, batch 32, fusion on",
      "edge-8x8: cnn training, batch 32, fusion on", "tpu-v2: cnn training, batch 1024, fusion on",
      "tpu-v3: cnn training, batch 1024, fusion on", "tpu-v5e: cnn training, batch 1024, fusion on",
      "tpu-v6e: lenet5 training, batch 1024, fusion off",
    ]
    let wrong = all.filter { faults.contains("\($0.chip): \($0)") }
    let others = all.enumerated().filter { $0.offset % 14 == 0 }.map(\.element)
      .filter { !wrong.contains($0) }
    return Array((wrong + others).prefix(40))
  }()

  @Test("forty programs of models on chips are sound", arguments: picked)
  func sound(sweep: ProgramSweep) throws {
    let library = try repositoryLibrary()
    let chip = try Chip.load(sweep.chip, library: library)
    if case .unsound(let problems) = try sweep.verdict(on: chip, library, mostTiles: 5000) {
      Issue.record("\(sweep.chip): \(sweep): \(problems.prefix(5))")
    }
  }

  @Test("forty programs are picked")
  func count() { #expect(Self.picked.count == 40) }

  @Test(
    "a product alone takes what its estimate says: cycles, bytes, energy",
    arguments: ["tpu-v3", "edge-8x8", "tpu-v6e"])
  func products(name: String) throws {
    let chip = try Chip.load(name, library: repositoryLibrary())
    for product in SingleProduct.some(12, seed: 3) {
      #expect(try product.problems(on: chip).isEmpty, "\(product.shape) on \(name)")
    }
  }
}
