import ConfigFiles
import DeviceAPI
import GraphIR
import ProgramOracle
import Testing
import Units

@testable import SystolicCompiler
@testable import SystolicModel

/// Softmax, layer norm and GELU as JAX writes them, of any shape: each tensor is read and written as often
/// as a count by hand says, and nothing goes to DRAM between operations.
@Suite("Loops over rows")
struct RowLoopTests {
  typealias Build = @Sendable (inout GraphBuilder, ValueID, ValueID) throws -> ValueID

  /// One value a row, put beside each element of it.
  private static func spread(
    _ b: inout GraphBuilder, _ value: ValueID, like x: ValueID
  ) throws -> ValueID {
    let shape = b.type(of: x).shape
    // `[rows]` to `[rows, 1]` to `[rows, columns]`.
    let column = try b.broadcast(value, to: [shape[0], 1], dimensions: [0])
    return try b.broadcast(column, to: shape, dimensions: [0, 1])
  }

  private static func times(
    _ factor: Double, _ x: ValueID, _ b: inout GraphBuilder
  ) throws -> ValueID {
    try b.multiply(b.splat(factor, like: x), x)
  }

  static let softmax: Build = { b, x, _ in
    let greatest = try b.reduce(.maximum, x, dimensions: [1])
    let powers = try b.unary(.exponential, b.subtract(x, spread(&b, greatest, like: x)))
    let sum = try b.reduce(.add, powers, dimensions: [1])
    return try b.divide(powers, spread(&b, sum, like: x))
  }

  static let layerNorm: Build = { b, x, scale in
    let columns = Double(b.type(of: x).shape[1])
    let mean = try times(1 / columns, b.reduce(.add, x, dimensions: [1]), &b)
    let centered = try b.subtract(x, spread(&b, mean, like: x))
    let square = try b.multiply(centered, centered)
    let variance = try times(1 / columns, b.reduce(.add, square, dimensions: [1]), &b)
    let deviation = try b.unary(.rsqrt, b.add(variance, b.splat(1e-6, like: variance)))
    let normal = try b.multiply(centered, spread(&b, deviation, like: x))
    return try b.multiply(
      normal, b.broadcast(scale, to: b.type(of: x).shape, dimensions: [1]))
  }

  static let gelu: Build = { b, x, _ in
    let cube = try b.multiply(x, b.multiply(x, x))
    let inner = try times(0.797_884_56, b.add(x, times(0.044_715, cube, &b)), &b)
    return try times(0.5, b.multiply(x, b.add(b.unary(.tanh, inner), b.splat(1, like: x))), &b)
  }

  private func compiled(
    _ rows: Int, _ columns: Int, _ build: Build, _ chip: Chip
  ) throws -> CompiledProgram {
    var b = GraphBuilder(name: "rows")
    let type = TensorType([rows, columns], .f32)
    let x = b.parameter("x", type)
    let scale = b.parameter("scale", TensorType([columns], .f32))
    let place = b.parameter("place", type)
    b.result("y", try build(&b, x, scale), donating: place)
    return try SystolicCompiler(chip: chip).compile(b.build())
  }

  private func chip() throws -> Chip { try Chip.load("tpu-v3", library: repositoryLibrary()) }

  /// Bytes from and to DRAM.
  private func traffic(_ program: CompiledProgram) -> MemoryTraffic {
    program.cost.ops.reduce(into: MemoryTraffic()) { $0 += $1.traffic[MemoryLevel.offChip.index] }
  }

  // VMEM has 16 MiB: a few values; 12 MB in short rows; odd sizes; rows of 200,000.
  private static let shapes = [(7, 3), (300_000, 10), (4097, 1023), (33, 200_001)]

  @Test("softmax reads its operand once and writes its result once", arguments: shapes)
  func softmax(rows: Int, columns: Int) throws {
    let program = try compiled(rows, columns, Self.softmax, chip())
    let bytes = Bytes(4 * rows * columns)
    #expect(traffic(program) == MemoryTraffic(read: bytes, written: bytes))
    let checker = ProgramChecker(
      compiled: program, architecture: try chip().architecture)
    #expect(checker.problems() == [])
  }

  @Test("layer norm reads operand and scale once and writes its result once", arguments: shapes)
  func layerNorm(rows: Int, columns: Int) throws {
    let program = try compiled(rows, columns, Self.layerNorm, chip())
    let bytes = Bytes(4 * rows * columns)
    #expect(
      traffic(program) == MemoryTraffic(read: bytes + Bytes(4 * columns), written: bytes))
  }

  @Test(
    "GELU is one loop over whatever there is",
    arguments: shapes + [(8, 5_000_000), (1, 40_000_001)])
  func gelu(rows: Int, columns: Int) throws {
    let program = try compiled(rows, columns, Self.gelu, chip())
    let bytes = Bytes(4 * rows * columns)
    #expect(traffic(program) == MemoryTraffic(read: bytes, written: bytes))
  }

  // A row of 20 MB is more than VMEM. The greatest (a read); exponentials (a read, a write) and their sum;
  // quotients (a read, a write).
  @Test("of rows beyond VMEM there are three passes, and one tensor lies in DRAM between them")
  func beyond() throws {
    let (rows, columns) = (8, 5_000_000)
    let bytes = 4 * rows * columns
    let traffic = traffic(try compiled(rows, columns, Self.softmax, chip()))
    // One value a row may pass through DRAM between loops.
    #expect((0...8 * 4 * rows).contains(traffic.read.count - 3 * bytes))
    #expect((0...8 * 4 * rows).contains(traffic.written.count - 2 * bytes))
  }

  // On chip, softmax goes over a block three times: 1 comparison; 2 operations and 1 addition; 2
  // operations again and 1 division.
  @Test("passes over a block in VMEM are counted")
  func passes() throws {
    let (rows, columns) = (4096, 1024)
    let program = try compiled(rows, columns, Self.softmax, chip())
    #expect(program.program.groups.count == 1)
    let cost = try #require(program.cost.ops.first { $0.vectorOperations > 0 })
    #expect(cost.vectorOperations == 7 * rows * columns)
    let bytes = 4 * rows * columns
    // Each pass reads the block; copies to DRAM read the result.
    #expect(cost.traffic[MemoryLevel.onChip.index].read.count == 4 * bytes)
  }

  @Test("the loop over rows is never slower than loops apart")
  func faster() throws {
    let chip = try chip()
    let (rows, columns) = (4097, 1023)
    for build in [Self.softmax, Self.layerNorm] {
      let program = try compiled(rows, columns, build, chip)
      var lowering = Lowering(program.graph, vpu: chip.architecture.vpu)
      var search = PlanSearch(
        [lowering.run()],
        mapper: Mapper(chip: chip, timing: ChipTiming(chip.architecture), objective: .cycles))
      let found = search.run()
      let apart = try #require(found)
      #expect(program.cost.steady.cycles.count < apart.times.period)
    }
  }
}
