import ConfigFiles
import DeviceAPI
import GraphIR
import ProgramOracle
import Testing
import TestSupport
import Units

@testable import SystolicModel
@testable import SystolicCompiler
@testable import SystolicSim

@Suite("Cost of loops and branches")
struct LoopCostTests {
  private static let chips = ["tpu-v3", "tpu-v6e", "edge-8x8"]

  private func chip(_ name: String) throws -> Chip {
    try Chip.load(name, library: repositoryLibrary())
  }

  private func tree(_ graph: Graph, _ chip: Chip) throws -> ProgramTree {
    try SystolicCompiler(chip: chip).tree(of: graph)
  }

  private func onlyLoop(_ tree: ProgramTree) throws -> ProgramTree.Loop {
    try #require(tree.nodes.count == 1)
    guard case .loop(let loop) = tree.nodes[0] else { throw Missing() }
    return loop
  }

  private struct Missing: Error {}

  // Two roads: the tree, and the body as a graph of its own, with the same values in VMEM.
  @Test(
    "a counted loop costs its launch, its entry and exit, and the steady body as often as it turns",
    arguments: chips)
  func counted(name: String) throws {
    let chip = try chip(name)
    let tree = try tree(LoopGraphs.repeated(9, rows: 24, width: 40), chip)
    let loop = try onlyLoop(tree)
    #expect(loop.turns == 9 && loop.condition.isEmpty)
    var b = GraphBuilder(name: "body")
    let types = [TensorType([], .i32), TensorType([24, 40], .f32), TensorType([40, 40], .f32)]
    let state = types.enumerated().map { b.parameter("p\($0)", $1, role: .resident) }
    let count = try b.add(state[0], b.scalar(1, .i32))
    let next = try LoopGraphs.step(&b, state[1], state[2])
    b.result("i", count, donating: state[0])
    b.result("x", next, donating: state[1])
    let body = try SystolicCompiler(chip: chip).compile(
      b.build(),
      placement: OnChipPlacement(parameters: loop.held, results: loop.held.filter { $0 < 2 })
    ).cost
    let launch = chip.architecture.launchOverheadCycles
    let around = [loop.entry, loop.exit].compactMap { $0?.cost.cold.cycles.count }
    let cost = tree.cost()
    #expect(
      cost.cold.cycles.count == body.cold.cycles.count + around.reduce(0, +)
        + 8 * (body.steady.cycles.count - launch))
    #expect(cost.steady.cycles == cost.cold.cycles)
    #expect(cost.macs == 9 * 24 * 40 * 40)
    #expect(cost.dataDependences.isEmpty)
    // The state's way: what enters is written where turns change it, and what leaves is written back.
    let state0 = try LoopGraphs.repeated(0, rows: 24, width: 40)
    let empty = try self.tree(state0, chip).cost()
    #expect(empty.macs == 0 && empty.cold.cycles < cost.cold.cycles)
  }

  // The loop cannot do a turn beside another, and pays for each turn's way through the array; the
  // straight program may.
  @Test(
    "a loop costs no less than its turns written out, and less than twice as much", arguments: chips
  )
  func unrolled(name: String) throws {
    let chip = try chip(name)
    for (turns, rows, width) in [(4, 64, 64), (16, 128, 128), (7, 9, 200)] {
      let loop = try tree(LoopGraphs.repeated(turns, rows: rows, width: width), chip).cost()
      let straight = try SystolicCompiler(chip: chip)
        .compile(LoopGraphs.unrolled(turns, rows: rows, width: width)).cost
      #expect(loop.macs == straight.macs)
      let ratio = Double(loop.steady.cycles.count) / Double(straight.steady.cycles.count)
      #expect(ratio > 0.98 && ratio < 2, "\(turns) turns of \(rows) x \(width): \(ratio)")
    }
  }

  @Test("every straight part is a sound program, and sums over all of them close", arguments: chips)
  func sound(name: String) throws {
    let chip = try chip(name)
    for graph in try [
      LoopGraphs.repeated(5, rows: 48, width: 160), LoopGraphs.halved(count: 3000),
      LoopGraphs.chosen(rows: 80, width: 16), LoopGraphs.filled(6, width: 400),
      LoopGraphs.nested(width: 33), LoopGraphs.alternating(5, width: 100),
      LoopGraphs.alternating(5, width: 5000),
    ] {
      let problems = try tree(graph, chip).problems(on: chip.architecture)
      #expect(problems.isEmpty, "\(graph.name): \(problems.prefix(3))")
    }
  }

  @Test("a loop that depends on data costs the turns that ran, and says how many were counted")
  func dependent() throws {
    let chip = try chip("edge-8x8")
    let graph = try LoopGraphs.halved(count: 300)
    let device = SystolicDevice(chip: chip)
    let executable = try device.compile(graph, options: CompileOptions())
    let assumed = try #require(executable.profile?.simulated)
    #expect(
      assumed.dataDependences == [
        DataDependence(name: "while", isLoop: true, entries: 1, runs: [1], isAssumed: true)
      ])
    func cost(_ start: Double) throws -> SimulatedCost {
      let x = try device.makeBuffer(Literal(TensorType([300], .f32), splat: start))
      try executable.execute(inputs: [x], outputs: [x])
      return try #require(executable.profile?.simulated)
    }
    let costs = try [0.5, 2, 32].map { try cost($0) }
    #expect(costs.map { $0.dataDependences.map(\.runs) } == [[[0]], [[1]], [[5]]])
    #expect(costs.allSatisfy { !$0.dataDependences[0].isAssumed })
    let cycles = costs.map(\.cold.cycles.count)
    #expect(cycles[1] == assumed.cold.cycles.count)
    #expect(cycles[2] - cycles[1] == 4 * (cycles[1] - cycles[0]) && cycles[1] > cycles[0])
    #expect(try cost(2).cold.energy == costs[1].cold.energy)
  }

  @Test("a branch costs what was taken; before anything has run, the most expensive one")
  func branches() throws {
    let device = SystolicDevice(chip: try chip("tpu-v3"))
    let graph = try LoopGraphs.chosen(rows: 8, width: 16)
    let executable = try device.compile(graph, options: CompileOptions())
    func cost(_ index: Double) throws -> SimulatedCost {
      let inputs = try [
        Literal(.scalar(.i32), splat: index), Literal(TensorType([8, 16], .f32), splat: 1),
        Literal(TensorType([16, 16], .f32), splat: 1),
      ].map { try device.makeBuffer($0) }
      try executable.execute(inputs: inputs, outputs: [inputs[1]])
      return try #require(executable.profile?.simulated)
    }
    let assumed = try #require(executable.profile?.simulated)
    let (first, last) = (try cost(0), try cost(7))
    #expect(first.macs == 0 && last.macs == 8 * 16 * 16 && assumed.macs == last.macs)
    #expect(assumed.dataDependences.map(\.isAssumed) == [true])
    #expect(first.dataDependences.map(\.runs) == [[1, 0]])
    #expect(last.dataDependences.map(\.runs) == [[0, 1]])
    #expect(first.cold.cycles < last.cold.cycles && assumed.cold.cycles == last.cold.cycles)
    #expect(first.ops.contains { $0.name == "case.branch0/copy" })
    #expect(last.ops.contains { $0.name.hasPrefix("case.branch1/") && $0.macs > 0 })
  }

  @Test("an estimate counts products by turns and branches, and says what it assumes")
  func estimates() throws {
    let counted = Workload(productsOf: try LoopGraphs.repeated(9, rows: 24, width: 40))
    #expect(counted.layers.map(\.count) == [9] && counted.notes.isEmpty)
    #expect(counted.layers.map(\.name) == ["while.body/%5"])
    let branched = Workload(productsOf: try LoopGraphs.chosen(rows: 8, width: 16))
    #expect(branched.layers.map(\.count) == [1])
    #expect(branched.notes == ["case: its branch depends on data; branch 1 is counted."])
    var b = GraphBuilder(name: "until")
    let x = b.parameter("x", TensorType([8, 8], .f32))
    let last = try b.whileLoop(
      [x],
      condition: { (b, values) throws(GraphError) in
        try b.compare(.lt, b.reduce(.add, values[0], dimensions: [0, 1]), b.scalar(9))
      }, body: { (b, values) throws(GraphError) in [try b.dotGeneral(values[0], values[0])] })
    b.result("y", last[0])
    let open = Workload(productsOf: try b.build())
    #expect(open.layers.map(\.count) == [1])
    #expect(open.notes == ["while: its turns depend on data; one is counted."])
  }

  @Test("loops that nobody sees the end of are an error, not an overflow")
  func endless() throws {
    var b = GraphBuilder(name: "endless")
    let x = b.parameter("x", TensorType([8, 8], .f32), role: .resident)
    func nest(
      _ b: inout GraphBuilder, _ x: ValueID, depth: Int
    ) throws(GraphError) -> ValueID {
      if depth == 0 { return try b.dotGeneral(x, x) }
      return try b.whileLoop(
        [b.scalar(0, .i32), x],
        condition: { (b, values) throws(GraphError) in
          try LoopGraphs.compare(&b, .lt, values[0], 2_000_000_000)
        },
        body: { (b, values) throws(GraphError) in
          [
            try b.add(values[0], b.scalar(1, .i32)), try nest(&b, values[1], depth: depth - 1),
          ]
        })[1]
    }
    b.result("x", try nest(&b, x, depth: 4))
    let graph = try b.build()
    let chip = try chip("tpu-v3")
    let error = #expect(throws: DeviceError.self) { try tree(graph, chip) }
    #expect("\(try #require(error))".contains("cycles together, which is hours of the chip's time"))
    let workload = Workload(productsOf: graph)
    let refusal = #expect(throws: WorkloadError.self) {
      try WorkloadEstimator(chip: chip).estimate(workload)
    }
    #expect("\(try #require(refusal))".contains("the workload's figures leave 64 bits"))
  }

  @Test("turns within turns multiply, and only those that depend on data are counted")
  func nested() throws {
    let device = SystolicDevice(chip: try chip("tpu-v3"))
    let executable = try device.compile(
      LoopGraphs.nested(width: 33), options: CompileOptions())
    let x = try device.makeBuffer(Literal(TensorType([33], .f32), splat: 1))
    try executable.execute(inputs: [x], outputs: [x])
    // 0 + 1 + 2 turns in 3 runs, each of 2 additions: x · 2^6.
    #expect(try x.literal()[0] == 64)
    let cost = try #require(executable.profile?.simulated)
    #expect(
      cost.dataDependences == [
        DataDependence(
          name: "while.body/while", isLoop: true, entries: 3, runs: [3], isAssumed: false)
      ])
    let doubled = cost.ops.filter { $0.name.contains("while.body/while.body/while.body/") }
    #expect(doubled.reduce(0) { $0 + $1.vectorOperations } >= 6 * 33)
    #expect(doubled.reduce(0) { $0 + $1.vectorOperations } < 12 * 33)
  }

  @Test("small values stay in VMEM between the parts of a body, and large ones do not")
  func residence() throws {
    let chip = try chip("tpu-v3")
    func bytes(_ turns: Int, width: Int) throws -> Int {
      try tree(LoopGraphs.alternating(turns, width: width), chip).cost { place in
        place.count == 4 ? (place[3] == 0 ? turns - 2 : 2) : turns
      }.ops.reduce(0) {
        let traffic = $1.traffic[MemoryLevel.offChip.index]
        return $0 + traffic.read.count + traffic.written.count
      }
    }
    #expect(try bytes(9, width: 100) == bytes(4, width: 100))
    // Each turn reads and writes the state in one branch.
    #expect(try bytes(9, width: 5000) - bytes(4, width: 5000) == 5 * 2 * 5000 * 4)
  }

  @Test("a turn that updates a slice of its state moves the slice, not the state")
  func inPlace() throws {
    let chip = try chip("edge-8x8")
    func bytes(_ turns: Int) throws -> Int {
      try tree(LoopGraphs.filled(turns, width: 1024), chip).cost().ops.reduce(0) {
        let traffic = $1.traffic[MemoryLevel.offChip.index]
        return $0 + traffic.read.count + traffic.written.count
      }
    }
    // Each turn takes a row of 4 KiB and puts it back; the counter stays in VMEM.
    let few = try bytes(16)
    let many = try bytes(32)
    #expect(many - few == 16 * 2 * 4096)
  }
}
