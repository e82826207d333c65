package import ConfigFiles
internal import DeviceAPI
package import GraphIR
package import GraphPasses
internal import SystolicCompiler
package import SystolicModel
internal import Training

/// A model's program on a chip.
package struct ProgramSweep: Hashable, Sendable, CustomStringConvertible {
  package var chip: String
  package var model: String
  package var batchSize: Int
  package var isTraining: Bool
  package var fusion: FusionMode

  package enum Verdict: Sendable {
    /// Nothing is wrong; large programs are looked at as nests of loops only.
    case sound(isExpanded: Bool)
    /// The error names the memory, wanted and had; or what the chip cannot do.
    case unmapped(String)
    case unsound([String])
  }

  package var description: String {
    "\(model) \(isTraining ? "training" : "inference"), batch \(batchSize), fusion \(fusion.rawValue)"
  }

  /// Every chip with every model, in every way.
  package static func all(_ library: ConfigLibrary) -> [ProgramSweep] {
    var all: [ProgramSweep] = []
    for chip in library.names(of: "Chips") {
      for model in library.names(of: "Models") {
        for batchSize in [1, 32, 1024] {
          for isTraining in [true, false] {
            for fusion in FusionMode.allCases {
              all.append(
                ProgramSweep(
                  chip: chip, model: model, batchSize: batchSize, isTraining: isTraining,
                  fusion: fusion))
            }
          }
        }
      }
    }
    return all
  }

  /// The graph, for images as MNIST's.
  package func graph(_ library: ConfigLibrary) throws -> Graph {
    let document = try library.document(model, kind: "Models")
    let model = try document.decode(ModelDescription.self)
      .model(rows: 28, columns: 28, classes: 10, from: document)
    if !isTraining { return try TrainingProgram.evaluationGraph(model, batchSize: batchSize) }
    return try TrainingProgram(model: model, optimizer: Adam(), batchSize: batchSize).step
  }

  package func verdict(
    on chip: Chip, _ library: ConfigLibrary, mostTiles: Int
  ) throws -> Verdict {
    let graph = try graph(library)
    do throws(DeviceError) {
      let compiled = try SystolicCompiler(chip: chip, fusion: fusion).compile(graph)
      let checker = ProgramChecker(
        compiled: compiled, architecture: chip.architecture, mostTiles: mostTiles)
      let problems = checker.problems()
      return problems.isEmpty ? .sound(isExpanded: checker.isExpanded) : .unsound(problems)
    } catch {
      return Self.saysWhy(error) ? .unmapped("\(error)") : .unsound(["\(error)"])
    }
  }

  /// A memory that is too small is named, with the bytes wanted and had.
  static func saysWhy(_ error: DeviceError) -> Bool {
    if error.kind == .unsupported { return true }
    return error.kind == .outOfMemory
      && "\(error)".contains(/wants (at least )?\d+ bytes of (VMEM|DRAM|CMEM|the accumulators)/)
      && "\(error)".contains(/has \d+/)
  }
}
