import ConfigFiles
import DeviceAPI
import GraphIR
import Testing
import TestSupport
import Units

@testable import SystolicModel
@testable import SystolicCompiler

@Suite("Cost of sorts and of reductions by a region")
struct RegionCostTests {
  private func chip(_ overrides: [String] = []) throws -> Chip {
    try Chip.load("tpu-v3", overrides: overrides, library: repositoryLibrary())
  }

  private func sorted(_ shape: [Int], along dimension: Int, operands: Int = 1) throws -> Graph {
    var b = GraphBuilder(name: "sorted")
    let tensors = (0..<operands).map {
      b.parameter("x\($0)", TensorType(shape, .f32), role: .resident)
    }
    let values = try b.sort(tensors, dimension: dimension) { (b, elements) throws(GraphError) in
      try b.compare(.lt, elements[0], elements[1])
    }
    for (index, value) in values.enumerated() { b.result("y\(index)", value) }
    return try b.build()
  }

  private func work(_ graph: Graph) throws -> VectorWork {
    let index = try #require(graph.instructions.firstIndex { $0.operation.kind == .regions })
    return graph.vectorWork(of: ValueID(index), vpu: try chip().architecture.vpu)
  }

  /// Exchanges of the network, run as its definition says.
  private func exchanges(_ length: Int) -> (all: Int, stages: [Int]) {
    var padded = 1
    while padded < length { padded *= 2 }
    var (all, stages) = (0, [Int]())
    var run = 2
    while run <= padded {
      var distance = run / 2
      while distance > 0 {
        stages.append(distance)
        all += (0..<padded).filter { $0 ^ distance > $0 }.count
        distance /= 2
      }
      run *= 2
    }
    return (all, stages)
  }

  @Test(
    "a sort is a bitonic network: its exchanges, shuffles and passes", arguments: [1, 2, 33, 300])
  func network(length: Int) throws {
    let (all, stages) = exchanges(length)
    let padded = length == 1 ? 1 : 1 << (length - 1).bitWidthForTests
    for operands in [1, 2] {
      let work = try work(sorted([5, length], along: 1, operands: operands))
      // The comparator twice, 3 comparisons of places, 2 selects for each tensor and the places.
      let exchange = 2 + 3 + 2 * (operands + 1)
      #expect(work.operations == OperationCounts(compare: 5 * all * exchange))
      let near = stages.filter { $0 < 128 }.count
      #expect(work.shuffledElements == 5 * near * padded * (operands + 1))
      // One pass for each stage of 128 and more, one for the rest of each merge.
      let merges = stages.filter { $0 == 1 }.count
      let passes = max(1, stages.count - near + merges)
      #expect(work.readBytes == passes * 5 * padded * 4 * (operands + 1))
      #expect(work.writtenBytes == work.readBytes)
    }
    let other = try work(sorted([length, 5], along: 0))
    #expect(other.shuffledElements == 0)
    #expect(other.readBytes == max(1, stages.count) * 5 * padded * 4 * 2)
  }

  @Test("a longer sort takes longer, and lines are sorted whole")
  func lengths() throws {
    let compiler = SystolicCompiler(chip: try chip())
    let cycles = try [64, 256, 1024].map {
      try compiler.compile(sorted([64, $0], along: 1)).cost.cold.cycles.count
    }
    #expect(cycles[0] < cycles[1] && cycles[1] < cycles[2])
    let error = #expect(throws: DeviceError.self) {
      try SystolicCompiler(chip: chip(["vmem.capacityMebibytes=0.03125"])).compile(
        sorted([4, 8192], along: 1))
    }
    #expect(error?.kind == .outOfMemory)
    #expect("\(try #require(error))".contains("'sort' (sort) wants at least"))
  }

  /// A reduction by a region that adds, and the one that is called so.
  @Test("a body of one addition costs what a sum costs", arguments: [[0], [1], [0, 1]])
  func sums(dimensions: [Int]) throws {
    var b = GraphBuilder(name: "sum")
    let x = b.parameter("x", TensorType([48, 200], .f32), role: .resident)
    let named = try b.reduce(.add, x, dimensions: dimensions)
    b.result("y", named)
    let first = try b.build()
    var c = GraphBuilder(name: "sum")
    let y = c.parameter("x", TensorType([48, 200], .f32), role: .resident)
    let own = try c.reduce([y], from: [c.scalar(0)], dimensions: dimensions) {
      (b, partial, element) throws(GraphError) in [try b.add(partial[0], element[0])]
    }
    c.result("y", own[0])
    let second = try c.build()
    let vpu = try chip().architecture.vpu
    #expect(first.vectorWork(of: named, vpu: vpu) == second.vectorWork(of: own[0], vpu: vpu))
    let compiler = SystolicCompiler(chip: try chip())
    #expect(
      try compiler.compile(first).cost.cold.cycles == compiler.compile(second).cost.cold.cycles)
  }

  @Test("an argmax counts its body's operations for every element, and moves both tensors")
  func argmax() throws {
    var b = GraphBuilder(name: "argmax")
    let x = b.parameter("x", TensorType([16, 128], .f32), role: .resident)
    let indices = try b.iota(TensorType([16, 128], .i32), dimension: 1)
    let results = try b.reduce(
      [x, indices], from: [b.scalar(-.infinity), b.scalar(0, .i32)], dimensions: [1]
    ) { (b, partial, element) throws(GraphError) in
      let keeps = try b.compare(.ge, partial[0], element[0])
      return [
        try b.select(keeps, partial[0], element[0]), try b.select(keeps, partial[1], element[1]),
      ]
    }
    for (index, value) in results.enumerated() { b.result("y\(index)", value) }
    let graph = try b.build()
    let work = try work(graph)
    let vpu = try chip().architecture.vpu
    #expect(work.operations == OperationCounts(compare: 3 * 16 * 128))
    // Two registers' rows of 8, 7 steps each, of 1 move beside the first and 3 operations.
    let steps = 16 / vpu.sublanes * 7
    #expect(work.crossLaneSteps == steps * (1 + 3.dividedRoundingUp(by: vpu.alusPerSublane)))
    #expect(work.readBytes == 2 * 16 * 128 * 4 && work.writtenBytes == 2 * 16 * 4)
    let ops = try SystolicCompiler(chip: try chip()).compile(graph).cost.ops
    #expect(ops.filter { $0.kind == "variadic_reduce" }.count == 1)
  }
}

extension Int {
  fileprivate var bitWidthForTests: Int { Int.bitWidth - leadingZeroBitCount }
}
