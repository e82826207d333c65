import ProgramOracle
import Testing
import Units

@testable import SystolicModel
@testable import SystolicCompiler
@testable import SystolicSim

/// Every mapping of a product that there is, with what a closed formula says that it takes at least.
struct EveryMapping {
  let problem: GroupProblem
  let timing: ChipTiming
  private(set) var mappings: [(mapping: Mapping, bound: Int, dramBytes: Int)] = []

  init(_ problem: GroupProblem, _ timing: ChipTiming, vmemBytes: Int) {
    self.problem = problem
    self.timing = timing
    guard let product = problem.product else { return }
    let bounds = MappingBounds(problem, timing)
    let space = MappingSpace(problem, product, timing, vmemBytes: vmemBytes)
    for tile in space.tiles() {
      let least = max(bounds.quick(tile), bounds.arrays(tile))
      space.forEachMapping(tile) { mapping, loads in
        let (bound, bytes) = bounds.cycles(tile, least, mapping, loads)
        mappings.append((mapping, max(bound, least), bytes))
      }
    }
  }

  func program(_ mapping: Mapping) -> Program {
    ProgramFrame(problem).program(GroupProgram(problem, mapping, timing))
  }

  /// Cycles of a mapping as a program of its own.
  func cycles(_ program: Program) -> Int {
    let engine = TimelineEngine(program, timing, recorder: NoRecorder())
    return engine.coldCycles() ?? .max
  }
}

/// Expects the mapper to take the best of all mappings: within 2 % of the fastest, and of those the one
/// with least DRAM traffic; and every bound to hold.
func expectBest(
  _ problem: GroupProblem, _ chip: Chip, vmemBytes: Int? = nil, launchCycles: Int = 50
) throws {
  let timing = ChipTiming(chip.architecture, launchCycles: launchCycles)
  let memory = vmemBytes ?? chip.architecture.vmem.capacityBytes
  let every = EveryMapping(problem, timing, vmemBytes: memory)
  let mapper = Mapper(chip: chip, timing: timing)
  let best = try #require(mapper.candidates(problem, vmemBytes: memory).first)
  var scores: [MappingScore] = []
  for (mapping, bound, dramBytes) in every.mappings {
    let program = every.program(mapping)
    let cycles = every.cycles(program)
    #expect(bound <= cycles, "\(mapping)")
    let score = mapper.score(program.groups[0].program, cycles: cycles)
    #expect(dramBytes <= score.dramBytes, "\(mapping)")
    scores.append(score)
  }
  let fastest = try #require(scores.map(\.cycles).min())
  let limit = MappingObjective.limit(fastest)
  let least = scores.filter { $0.cycles <= limit }.map(\.dramBytes).min()
  #expect((fastest...limit).contains(best.cycles), "\(problem.product as Any)")
  #expect(
    mapper.score(best.program, cycles: best.cycles).dramBytes == least, "\(problem.product as Any)")
}

/// Expects the mapper to prove which mappings come after the best: the fastest of all others, in their
/// order; and to take the one that it takes when it is asked for no others.
func expectNextBest(_ problem: GroupProblem, _ chip: Chip, count: Int = 5) throws {
  let timing = ChipTiming(chip.architecture)
  let memory = chip.architecture.vmem.capacityBytes
  let every = EveryMapping(problem, timing, vmemBytes: memory)
  var left = every.mappings.map { every.cycles(every.program($0.mapping)) }.sorted()
  func candidates(_ atLeast: Int) -> [Mapper.Candidate] {
    Mapper(chip: chip, timing: timing)
      .candidates(problem, vmemBytes: memory, atLeast: atLeast)
  }
  let found = candidates(count)
  let best = try #require(found.first)
  #expect(candidates(1).first?.program.mapping == best.program.mapping)
  left.remove(at: try #require(left.firstIndex(of: best.cycles)))
  #expect(
    found.dropFirst().prefix(count - 1).map(\.cycles) == Array(left.prefix(count - 1)),
    "\(problem.product as Any)")
  #expect(Set(found.map(\.program.mapping)).count == found.count)
}

/// Products and chips of all kinds, small enough for every mapping of them to be run tile by tile.
struct MappingSample {
  var problem: GroupProblem
  var chip: Chip

  static func some(_ count: Int, seed: Int, overrides: [String] = []) throws -> [MappingSample] {
    var random = SplitMix64(seed: UInt64(seed) &* 977 &+ 5)
    let chip = try chip(overrides, using: &random)
    return (0..<count).map { _ in MappingSample(chip, using: &random) }
  }

  private static func chip(
    _ overrides: [String], using random: inout SplitMix64
  ) throws -> Chip {
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }
    let columns = pick([1, 4, 8])
    return try Chip.load(
      pick(["edge-8x8", "tpu-v4i", "tpu-v3"]),
      overrides: [
        "mxu.count=\(pick([1, 2]))", "mxu.rows=\(pick([2, 4, 8]))", "mxu.columns=\(columns)",
        "mxu.accumulatorKibibytes=\(Double(pick([1, 3, 16, 64]) * 8 * columns) / 1024)",
        "mxu.dataflow=\(pick(Dataflow.allCases).rawValue)",
        "mxu.overlap=\(pick(Overlap.allCases).rawValue)", "dma.queues=\(pick([1, 2, 8, 40]))",
        "dma.setupCycles=\(pick([0, 3, 200]))", vmem(kibibytes: pick([1.0, 2, 8, 64])),
        "dram.bandwidthGigabytesPerSecond=\(pick([0.5, 20, 900]))", "dram.latencyNanoseconds=40",
        "program.launchOverheadMicroseconds=0.05",
      ] + overrides, library: repositoryLibrary())
  }

  private init(_ chip: Chip, using random: inout SplitMix64) {
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    self.chip = chip
    var product = ProductShape(batch: 1, m: pick(1...48), k: pick(1...48), n: pick(1...32))
    var geometry: PatchGeometry?
    switch pick(0...3) {
    case 0:
      product = ProductShape(batch: pick(2...9), m: pick(1...12), k: pick(1...12), n: pick(1...12))
    case 1:
      func axis() -> PatchGeometry.Axis {
        let (window, stride, low) = (pick(1...3), pick(1...4), pick(0...1))
        let input = pick(4...14)
        let most = (input + 2 * low - window) / stride + 1
        return .init(input: input, output: max(1, most), window: window, stride: stride, low: low)
      }
      let channels = pick(1...6)
      let (rows, columns) = (axis(), axis())
      let made = PatchGeometry(
        images: pick(1...3), rows: rows, columns: columns, placeBytes: 2 * channels)
      product.m = made.images * rows.output * columns.output
      product.k = rows.window * columns.window * channels
      geometry = made
    default: break
    }
    var layer = LayerProduct(
      product: product, geometry: geometry, operandType: .bf16,
      resident: ResidentOperands(rawValue: pick(0...7) & pick(0...7)))
    if chip.architecture.cmem != nil {
      layer.inCMEM = ResidentOperands(rawValue: pick(0...7)).subtracting(layer.resident)
    }
    problem = layer.problem
  }

  /// Some of all mappings, those that spill sums among them.
  func mappings(most: Int, _ random: inout SplitMix64) -> (EveryMapping, [Mapping]) {
    let timing = ChipTiming(chip.architecture)
    let every = EveryMapping(
      problem, timing, vmemBytes: chip.architecture.vmem.capacityBytes)
    let all = every.mappings.map(\.mapping)
    var chosen: [Mapping] = []
    for sums in [Mapping.Sums.accumulators, .vmem, .dram] {
      chosen += all.filter { $0.sums == sums }.shuffled(using: &random).prefix(most)
    }
    return (every, chosen)
  }
}
