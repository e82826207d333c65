import ConfigFiles
import DeviceAPI
import GraphIR
import Testing
import TestSupport

@testable import SystolicModel
@testable import SystolicCompiler

@Suite("Cost of slices at places that operands name")
struct SliceCostTests {
  private let rows = IndexedSlices(
    windowDimensions: [1], collapsedDimensions: [0], indexMap: [0], indexVectorDimension: 1)

  /// Eight rows of 64 out of a table of 100.
  private func gather() throws -> Graph {
    var b = GraphBuilder(name: "gather")
    let table = b.parameter("table", TensorType([100, 64], .f32), role: .resident)
    let places = b.parameter("places", TensorType([8, 1], .i32), role: .resident)
    b.result("rows", try b.append(.gather(rows, sizes: [1, 64]), [table, places]))
    return try b.build()
  }

  // A row of 64 takes a register's row of 128 lanes; 8 · 64 · 4 bytes of rows, 8 · 4 of places.
  @Test("a gather moves registers' rows, and reads what it takes")
  func gathered() throws {
    let chip = try Chip.load("tpu-v3", library: repositoryLibrary())
    let graph = try gather()
    let work = graph.vectorWork(
      of: try #require(graph.results.first).value, vpu: chip.architecture.vpu)
    #expect(work.shuffledElements == 8 * 128)
    #expect(work.readBytes == 8 * 64 * 4 + 8 * 4)
    #expect(work.writtenBytes == 8 * 64 * 4)
    let cost = try SystolicCompiler(chip: chip).compile(graph).cost
    let taken = 8 * 64 * 4
    let read = cost.ops.reduce(0) { $0 + $1.traffic[MemoryLevel.offChip.index].read.count }
    let written = cost.ops.reduce(0) { $0 + $1.traffic[MemoryLevel.offChip.index].written.count }
    // Rows and places for the gather; the host fetches the rows.
    #expect(read == taken + 8 * 4 + taken)
    #expect(written == taken)
  }

  @Test("a scatter copies its operand and moves each update there and back")
  func scattered() throws {
    var b = GraphBuilder(name: "scatter")
    let table = b.parameter("table", TensorType([100, 64], .f32), role: .resident)
    let places = b.parameter("places", TensorType([8, 1], .i32), role: .resident)
    let updates = b.parameter("updates", TensorType([8, 64], .f32), role: .resident)
    let sum = try b.scatter(table, at: places, updates, rows) { (b, old, new) throws(GraphError) in
      try b.add(old, new)
    }
    b.result("table", sum, donating: table)
    let graph = try b.build()
    let chip = try Chip.load("tpu-v3", library: repositoryLibrary())
    let work = graph.vectorWork(of: sum, vpu: chip.architecture.vpu)
    #expect(work.shuffledElements == 2 * 8 * 128)
    #expect(work.operations.add == 8 * 64 && work.operations.compare == 100 * 64)
    #expect(try SystolicCompiler(chip: chip).compile(graph).cost.cold.cycles.count > 0)
  }
}
