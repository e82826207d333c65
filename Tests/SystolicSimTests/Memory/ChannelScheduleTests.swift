import Units
import Oracles
import Testing

@testable import SystolicModel

@Suite("Fast DRAM channel")
struct ChannelScheduleTests {
  /// Timings without any relation to a real part, so that each of them binds somewhere.
  private func randomTimings(_ random: inout SplitMix64) -> DRAMTimings {
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let burst = pick(1...4)
    let short = pick(burst...6)
    let rrd = pick(1...8)
    let wtr = pick(1...8)
    return DRAMTimings(
      burst: burst, tCCDShort: short, tCCDLong: pick(short...9), tCL: pick(1...20),
      tCWL: pick(1...12), tRCDRead: pick(1...20), tRCDWrite: pick(1...20), tRP: pick(1...20),
      tRAS: pick(1...40), tRRDShort: rrd, tRRDLong: pick(rrd...12), tFAW: pick(1...50),
      tWR: pick(1...20), tRTP: pick(1...12), tWTRShort: wtr, tWTRLong: pick(wtr...12),
      tRTW: pick(1...20), tREFI: 1_000_000, tRFC: 100)
  }

  @Test("the recurrence is the cycle-by-cycle controller, access by access", arguments: 0..<40)
  func equalsGolden(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let timings = randomTimings(&random)
    let groups = Int.random(in: 1...4, using: &random)
    let perGroup = Int.random(in: 1...4, using: &random)
    let depth = Int.random(in: 1...12, using: &random)
    let rows = Int.random(in: 1...3, using: &random)
    let writes = Int.random(in: 0...4, using: &random)
    var accesses: [GoldenDRAMController.Access] = []
    for _ in 0..<150 {
      let bank = Int.random(in: 0..<groups * perGroup, using: &random)
      accesses.append(
        .init(
          place: .init(
            bank: bank, group: bank / perGroup, row: Int.random(in: 0..<rows, using: &random)),
          isWrite: Int.random(in: 1...4, using: &random) <= writes))
    }
    var golden = GoldenDRAMController(
      timings, banks: groups * perGroup, queueDepth: depth, order: .inOrder)
    golden.run(accesses)
    var fast = ChannelSchedule(
      timings, banks: groups * perGroup, groups: groups, queueDepth: depth)
    let times = accesses.map { fast.access($0.place, isWrite: $0.isWrite) }
    #expect(times == golden.times)
    #expect(fast.busCycles == golden.busCycles)
    #expect(fast.activations == golden.activations.count)
  }

  @Test("no timing that grows makes any access earlier", arguments: 0..<20)
  func monotone(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed) + 1000)
    let timings = randomTimings(&random)
    let slower = timings.atClock(ratio: 1.5)
    var (fast, slow) = (
      ChannelSchedule(timings, banks: 8, groups: 2, queueDepth: 6),
      ChannelSchedule(slower, banks: 8, groups: 2, queueDepth: 6)
    )
    for _ in 0..<200 {
      let bank = Int.random(in: 0..<8, using: &random)
      let place = AddressMap.Place(
        bank: bank, group: bank / 4, row: Int.random(in: 0..<2, using: &random))
      let isWrite = Bool.random(using: &random)
      #expect(fast.access(place, isWrite: isWrite) <= slow.access(place, isWrite: isWrite))
    }
  }
}

@Suite("DRAM addresses")
struct AddressMapTests {
  @Test(
    "every access has a place of its own, and consecutive bytes go evenly round the channels",
    arguments: dramNames, [Interleaving.plain, .skewed])
  func bijective(name: String, interleaving: Interleaving) throws {
    let model = try model(name, channels: 6, interleaving: interleaving)
    var seen = Set<[Int]>()
    var counts = [Int](repeating: 0, count: 6)
    for access in 0..<6000 {
      let (channel, local) = model.map.locate(access)
      #expect(seen.insert([channel, local]).inserted)
      counts[channel] += 1
    }
    #expect(counts == [Int](repeating: 1000, count: 6))
  }

  @Test("an address map of another order is taken as it stands")
  func order() throws {
    // Column lowest, then banks; channel above: a row's accesses are in one bank of one channel.
    let model = try model("HBM2", ["mapping=[row, channel, bankGroup, bank, column]"])
    for access in 0..<32 {
      #expect(model.map.locate(access).channel == 0)
      #expect(model.map.place(model.map.locate(access).local) == .init(bank: 0, group: 0, row: 0))
    }
    #expect(model.map.place(model.map.locate(32).local) == .init(bank: 1, group: 0, row: 0))
    #expect(model.map.place(model.map.locate(128).local) == .init(bank: 4, group: 1, row: 0))
    #expect(model.map.locate(512).channel == 1)
  }

  @Test("skewing spreads a stride that would meet one channel only")
  func skew() throws {
    for (interleaving, expected) in [(Interleaving.plain, 1), (.skewed, 32)] {
      let model = try model("HBM2", interleaving: interleaving)
      let channels = Set((0..<1024).map { model.map.locate($0 * 512).channel })
      #expect(channels.count == expected)
    }
  }
}
