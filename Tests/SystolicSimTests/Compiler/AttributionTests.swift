import DeviceAPI
import GraphIR
import SystolicModel
import SystolicSim
import Testing
import Training
import Units

@testable import SystolicCompiler

@Suite("Where bytes and energy are charged")
struct AttributionTests {
  private static func cost(
    _ model: any Model, _ chip: String = "tpu-v3", overrides: [String] = []
  ) throws -> SimulatedCost {
    let step = try TrainingProgram(model: model, optimizer: Adam(), batchSize: 32).step
    let chip = try Chip.load(chip, overrides: overrides, library: repositoryLibrary())
    return try SystolicCompiler(chip: chip).compile(step).cost
  }

  // W of dense1 is 784 x 128 x 4 bytes, that of dense2 128 x 10 x 4; m and v of Adam are as large.
  @Test("weights are charged to the products that use them first, optimizer state to its update")
  func firstUser() throws {
    let cost = try Self.cost(MLP())
    func read(_ op: String) throws -> Int {
      let op = try #require(cost.ops.first { $0.name == op })
      return op.traffic[MemoryLevel.offChip.index].read.count
    }
    #expect(try read("forward/dense1") == 401_408 + 512)
    #expect(try read("backward/dense1.dW") >= 2 * 401_408)
    #expect(try read("forward/dense2") == 5120 + 40)
    // The images alone.
    #expect(try read("forward/input") == 32 * 784)
  }

  @Test("the table by tensor has sizes, homes and copies")
  func tensors() throws {
    let cost = try Self.cost(MLP())
    let weight = try #require(cost.tensors.first { $0.name == "dense1.weight" })
    #expect(weight.bytes.count == 401_408 && weight.elementBytes == 4)
    #expect(weight.home == .offChip && weight.loads == 1 && weight.stores == 0)
    #expect(weight.traffic[MemoryLevel.offChip.index].read.count == 401_408)
    let made = try #require(cost.tensors.first { $0.name == "new dense1.weight" })
    #expect(made.loads == 0 && made.stores >= 1)
    #expect(made.traffic[MemoryLevel.offChip.index].written.count == 401_408)
    let hidden = try #require(cost.tensors.first { $0.name == "forward/dense1" })
    #expect(hidden.home == .onChip && hidden.loads == 0 && hidden.stores == 0)
    let lifetime = try #require(hidden.lifetime)
    #expect(0 < lifetime.lowerBound && lifetime.upperBound <= cost.cold.cycles.count)
  }

  @Test("a transfer on the time axis names its tensor and its bytes, and they add up to the tables")
  func events() throws {
    let cost = try Self.cost(MLP(), "tpu-v3")
    #expect(cost.cold.timeline.rows.omittedCount == 0)
    var bytes = [Int](repeating: 0, count: cost.tensors.count)
    for event in cost.cold.timeline.events {
      if let tensor = event.tensor { bytes[tensor] += event.bytes.count }
      if event.kind != .transfer { #expect(event.tensor == nil && event.bytes == .zero) }
    }
    for (tensor, moved) in zip(cost.tensors, bytes) {
      // Over the DRAM's interface or the host's link.
      let (dram, host) = (
        tensor.traffic[MemoryLevel.offChip.index], tensor.traffic[MemoryLevel.host.index]
      )
      #expect(moved == dram.total.count, "\(tensor.name)")
      #expect(host.total.count <= moved)
    }
  }

  @Test("accounts that do not balance are said, each by its name")
  func imbalance() throws {
    let cost = try Self.cost(MLP())
    #expect(cost.imbalance == nil)
    func changed(_ change: (inout SimulatedCost) -> Void) -> String {
      var copy = cost
      change(&copy)
      return copy.imbalance ?? "balanced"
    }
    #expect(
      changed { $0.ops[2].traffic[MemoryLevel.offChip.index].read += Bytes(4) }
        .hasPrefix("offChip: operations read"))
    #expect(
      changed { $0.tensors[0].traffic[MemoryLevel.onChip.index].written += Bytes(4) }
        .hasPrefix("onChip: operations read"))
    #expect(changed { $0.cold.cycles += Cycles(1) }.hasPrefix("cold execution: unit sequencer"))
    #expect(
      changed { $0.steady.units[0].stalls[0] += Cycles(1) }.hasPrefix("steady execution: unit"))
    #expect(
      changed { $0.ops[2].energy[.mxu] += Picojoules(1) }.hasPrefix("cold execution: mxu has"))
    #expect(
      changed { $0.tensors[0].energy[.offChip] += Picojoules(1) }.hasPrefix("offChip: operations"))
    #expect(
      changed {
        for index in 0..<2 {
          let sign = index == 0 ? 1 : -1
          $0.tensors[index].traffic[MemoryLevel.offChip.index].read += Bytes(sign)
        }
      }.contains("an odd number of bytes moved at offChip"))
  }

  @Test(
    "bytes that are divided are whole words, and all of them", arguments: [0, 4, 6, 7, 1001, 4096])
  func apportioned(bytes: Int) throws {
    let weights = [3, 0, 5, 1_000_003]
    let parts = try #require(bytes.apportioned(by: weights))
    #expect(parts.reduce(0, +) == bytes && parts.allSatisfy { $0 >= 0 } && parts[1] == 0)
    #expect(bytes % 4 != 0 || parts.allSatisfy { $0 % 4 == 0 })
    #expect(bytes.apportioned(by: [0, 0]) == nil)
  }
}
