import Units
import Oracles
import Testing
import Validation

@testable import SystolicModel

@Suite("DRAM pattern model")
struct DRAMModelTests {
  @Test("multiplying out periods gives what the whole run gives", arguments: dramNames)
  func periods(name: String) throws {
    let model = try model(name, channels: 2)
    let bytes = 2 * model.standard.accessBytes
    for isWrite in [false, true] {
      var channel = model.channel()
      var expected: [Int: (Int, Int)] = [:]
      let period = model.map.period
      let counts = [1, 7, period - 1, period, period + 1, 3 * period, 9 * period + 5]
      for local in 0..<9 * period + 5 {
        channel.access(model.map.place(local), isWrite: isWrite)
        expected[local + 1] = (channel.busCycles, channel.activations)
      }
      for count in counts {
        let (cost, _) = model.consecutive(bytes: count * bytes, isWrite: isWrite)
        #expect(cost.cycles == expected[count]?.0, "\(count)")
        #expect(cost.activations == (expected[count]?.1 ?? 0) * 2)
        #expect(cost.accesses == 2 * count)
      }
    }
  }

  /// Copies of up to 8192 accesses: no approximation but refresh and the order of the controller.
  private func randomPattern(_ random: inout SplitMix64) -> TransferPattern {
    let bytes = [16, 32, 64, 100, 128, 512, 700, 2048].randomElement(using: &random) ?? 64
    let stride = [0, 1, 28, 64, 512, 4096, 30000].randomElement(using: &random) ?? 0
    return TransferPattern(
      rows: Int.random(in: 1...60, using: &random), bytesPerRow: bytes, strideBytes: bytes + stride)
  }

  @Test(
    "strided copies are what the controllers of all channels do, refresh apart",
    arguments: 0..<30)
  func strided(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let name = dramNames.randomElement(using: &random) ?? "HBM2"
    let model = try model(
      name, channels: Int.random(in: 1...8, using: &random),
      interleaving: Bool.random(using: &random) ? .plain : .skewed)
    let pattern = randomPattern(&random)
    guard pattern.rows > 1 else { return }
    let isWrite = Bool.random(using: &random)
    let cost = model.strided(pattern, isWrite: isWrite, reorders: false)
    let golden = model.goldenCycles(pattern, isWrite: isWrite, .inOrder)
    #expect(cost.cycles == golden.cycles)
    #expect(cost.activations == golden.activations)
  }

  @Test(
    "estimates of strided copies are from 25 % below to 12 % above a controller that serves open rows first",
    arguments: 0..<40)
  func reordering(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) + 500)
    let name = dramNames[seed % dramNames.count]
    let model = try model(name, channels: 2, interleaving: .skewed)
    let pattern = TransferPattern(
      rows: 40, bytesPerRow: 32 * Int.random(in: 1...32, using: &random),
      strideBytes: 32 * Int.random(in: 33...2000, using: &random))
    let cost = model.strided(pattern, isWrite: false)
    let golden = model.goldenCycles(pattern, isWrite: false, .firstReady)
    let ratio = Double(cost.cycles) / Double(golden.cycles)
    #expect((0.75...1.12).contains(ratio), "\(name) \(pattern) \(ratio)")
  }

  @Test("a long stream with refresh is within 2.5 % of the controller's", arguments: dramNames)
  func refresh(name: String) throws {
    for isWrite in [false, true] {
      let model = try model(name, channels: 1)
      // Some four refreshes.
      let count = 4 * model.timings.tREFI / model.timings.burst
      let pattern = TransferPattern(bytes: count * model.standard.accessBytes)
      let cost = model.cost(of: pattern, isWrite: isWrite)
      for order in [GoldenDRAMController.Order.inOrder] {
        let golden = model.goldenCycles(pattern, isWrite: isWrite, order, refreshes: true)
        let modelled = cost.cycles - (isWrite ? model.turnaround : 0)
        let ratio = Double(modelled) / Double(golden.cycles)
        #expect(abs(ratio - 1) < 0.025, "\(name) \(order) \(ratio)")
      }
    }
  }

  @Test(
    "copies that are too long to be worked out row by row stay within 5 %", arguments: dramNames)
  func sampled(name: String) throws {
    let model = try model(name, channels: 4, interleaving: .skewed)
    for (bytes, stride) in [(256, 4096), (96, 1000), (2048, 3072)] {
      let rows = 2 * DRAMModel.exactAccesses / (bytes / model.standard.accessBytes)
      let pattern = TransferPattern(rows: rows, bytesPerRow: bytes, strideBytes: stride)
      let cost = model.strided(pattern, isWrite: false, reorders: false)
      var channels = [ChannelSchedule](repeating: model.channel(), count: 4)
      for row in 0..<rows {
        for access in model.accesses(inRow: row, of: pattern) {
          let (channel, local) = model.map.locate(access)
          channels[channel].access(model.map.place(local), isWrite: false)
        }
      }
      let exact = channels.map(\.busCycles).max() ?? 0
      #expect(abs(Double(cost.cycles) / Double(exact) - 1) < 0.05, "\(bytes) \(stride)")
      #expect(
        abs(Double(cost.accesses) / Double(channels.reduce(0) { $0 + $1.count }) - 1) < 0.01)
    }
  }

  @Test(
    "no copy is faster than the pins, and what it moves holds what is wanted", arguments: 0..<40)
  func conservation(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) + 77)
    let name = dramNames.randomElement(using: &random) ?? "HBM2"
    let model = try model(name, interleaving: .skewed)
    let pattern = randomPattern(&random)
    let cost = model.cost(of: pattern, isWrite: Bool.random(using: &random))
    let moved = cost.accesses * model.standard.accessBytes
    #expect(moved >= pattern.bytes)
    #expect(moved <= pattern.bytes + pattern.rows * 2 * model.standard.accessBytes)
    #expect(Double(moved) <= model.peakBytesPerCycle * Double(cost.cycles))
    #expect(cost.activations >= 1 && cost.activations <= cost.accesses)
    #expect(cost.activations >= moved / model.standard.rowBytes)
  }

  @Test("a row shorter than a burst costs a burst, one byte more costs another")
  func shortRows() throws {
    let model = try model("HBM2")
    func accesses(_ bytes: Int) -> Int {
      let pattern = TransferPattern(rows: 10, bytesPerRow: bytes, strideBytes: 1024)
      return model.cost(of: pattern, isWrite: false).accesses
    }
    #expect(accesses(1) == 10)
    #expect(accesses(32) == 10)
    #expect(accesses(33) == 20)
  }

  @Test("nothing costs nothing; rows that touch are one row")
  func patterns() throws {
    let model = try model("HBM2")
    #expect(model.cost(of: TransferPattern(bytes: 0), isWrite: true) == DRAMTransferCost())
    #expect(TransferPattern(rows: 0, bytesPerRow: 8, strideBytes: 9).bytes == 0)
    #expect(
      TransferPattern(rows: 4, bytesPerRow: 8, strideBytes: 8) == TransferPattern(bytes: 32))
    #expect(TransferPattern(rows: 4, bytesPerRow: 8, strideBytes: 9).bytes == 32)
  }
}

@Suite("DRAM limits")
struct DRAMLimitTests {
  @Test("streams reach what refresh leaves, random rows their closed form", arguments: dramNames)
  func limits(name: String) throws {
    let model = try model(name)
    for isWrite in [false, true] {
      let stream = model.streamShare(isWrite: isWrite)
      #expect(abs(stream / model.streamLimit(isWrite: isWrite) - 1) < 0.03, "\(stream)")
      #expect(stream > 0.85 && stream < 1)
      let random = model.randomShare(accesses: 600, isWrite: isWrite, seed: 3)
      let limit = model.randomLimit(isWrite: isWrite)
      #expect(abs(random / limit - 1) < 0.2, "\(isWrite) \(random) \(limit)")
      #expect(random < stream)
    }
  }

  // HBM2: 5 + 14 + 220 + 12 − 2 = 249 of 3900 cycles go to a refresh: 93.6 % of the peak are left.
  // Random reads: 4 rows in tFAW 16 are 0.25 a cycle; the bus takes 0.5 a cycle.
  @Test("the closed forms of HBM2, by hand")
  func byHand() throws {
    let model = try model("HBM2")
    #expect(abs(model.streamLimit(isWrite: false) - 0.93615) < 1e-5)
    #expect(abs(model.randomLimit(isWrite: false) - 0.5 * 0.93615) < 1e-5)
  }

  @Test("every chip with channels has a line for each pattern and direction")
  func chips() throws {
    let library = try repositoryLibrary()
    for name in library.names(of: "Chips") {
      let chip = try Chip.load(name, library: library)
      let limits = chip.dramLimits(randomAccesses: 64)
      #expect(limits.count == (chip.architecture.dram.banked == nil ? 0 : 4))
      #expect(limits.allSatisfy { $0.modelled > 0 && $0.modelled < 1 && $0.limit < 1 })
      #expect(Set(limits.map(\.name)).count == limits.count)
    }
  }
}
