import Testing
@testable import Oracles

@testable import SystolicModel

@Suite("Cycle-by-cycle DRAM controller")
struct GoldenDRAMTests {
  typealias Place = AddressMap.Place

  /// Column commands of a few accesses, given as (bank, row, write), HBM2's 4 groups of 4 banks.
  private func times(
    _ accesses: [(bank: Int, row: Int, write: Bool)],
    _ overrides: [String] = []
  ) throws -> (columns: [Int], activations: [Int]) {
    let model = try model("HBM2", overrides)
    var controller = model.golden(.inOrder)
    controller.run(
      accesses.map {
        .init(
          place: Place(bank: $0.bank, group: $0.bank / model.standard.banksPerGroup, row: $0.row),
          isWrite: $0.write)
      })
    return (controller.times, controller.activations.map(\.time))
  }

  // HBM2.yaml: tRCD 12, tRP 14, tRAS 28, tCCD 2/3, tRRD 4/6, tFAW 16, tRTP 5, tRTW 18, tCWL 7,
  // burst 2, tWR 14, tWTR 4/9.
  @Test("the first read comes tRCD after its row, the next of the row tCCD_L later")
  func hits() throws {
    #expect(try times([(0, 1, false), (0, 1, false)]).columns == [12, 15])
    #expect(try times([(0, 1, true), (0, 1, true)]).columns == [6, 9])
  }

  @Test("banks of other groups open tRRD_S apart, of the same group tRRD_L apart")
  func activations() throws {
    #expect(try times([(0, 1, false), (4, 1, false)]).activations == [0, 4])
    #expect(try times([(0, 1, false), (1, 1, false)]).activations == [0, 6])
  }

  @Test("a fifth row waits for tFAW")
  func fourActivations() throws {
    let banks = [0, 4, 8, 12, 1].map { ($0, 1, false) }
    #expect(try times(banks).activations == [0, 4, 8, 12, 16])
    let later = try times(banks, ["timings.tFAW=21"])
    #expect(later.activations == [0, 4, 8, 12, 21])
  }

  @Test("another row of a bank waits for tRAS and tRP, or for tRTP after a late read")
  func rowConflict() throws {
    // PRE at 28 (tRAS), ACT at 42, RD at 54.
    #expect(try times([(0, 1, false), (0, 2, false)]).columns == [12, 54])
    // Seven reads, the last at 12 + 6 · 3 = 30: PRE at 35 (tRTP), ACT at 49, RD at 61.
    let row = [(Int, Int, Bool)](repeating: (0, 1, false), count: 7)
    #expect(try times(row + [(0, 2, false)]).columns.last == 61)
    // A write at 6: data end at 15, PRE at 29 (tWR), ACT at 43, RD at 55.
    #expect(try times([(0, 1, true), (0, 2, false)]).columns == [6, 55])
  }

  @Test("the bus turns round in tRTW, and in tCWL + burst + tWTR the other way")
  func turnaround() throws {
    #expect(try times([(0, 1, false), (0, 1, true)]).columns == [12, 30])
    #expect(try times([(0, 1, true), (0, 1, false)]).columns == [6, 6 + 7 + 2 + 9])
    // Another group: its row opens at 4, so it could be read at 16; tWTR_S lets it at 19.
    #expect(try times([(0, 1, true), (4, 1, false)]).columns == [6, 6 + 7 + 2 + 4])
  }

  /// Each rule by itself: blocked one cycle before its distance, ready at it.
  @Test("each timing blocks at n − 1 and lets go at n", arguments: dramNames)
  func boundaries(name: String) throws {
    let timings = try model(name).timings
    let place = Place(bank: 0, group: 0, row: 1)
    func base() throws -> GoldenDRAMController {
      var controller = try model(name).golden(.inOrder)
      controller.banks[0].row = 1
      return controller
    }
    func check(
      _ distance: Int, _ controller: GoldenDRAMController,
      _ allowed: (GoldenDRAMController, Int) -> Bool
    ) {
      #expect(!allowed(controller, 1000 + distance - 1))
      #expect(allowed(controller, 1000 + distance))
    }
    var state = try base()
    state.banks[0].activation = 1000
    check(timings.tRCDRead, state) { $0.mayAccess(.init(place: place, isWrite: false), at: $1) }
    check(timings.tRCDWrite, state) { $0.mayAccess(.init(place: place, isWrite: true), at: $1) }
    check(timings.tRAS, state) { $0.mayPrecharge(0, at: $1) }
    state = try base()
    state.banks[0].lastRead = 1000
    check(timings.tRTP, state) { $0.mayPrecharge(0, at: $1) }
    state = try base()
    state.banks[0].lastWrite = 1000
    check(timings.tCWL + timings.burst + timings.tWR, state) { $0.mayPrecharge(0, at: $1) }
    state = try base()
    state.banks[0].precharge = 1000
    check(timings.tRP, state) { $0.mayActivate(place, at: $1) }
    state = try base()
    state.refreshEnd = 1000 + timings.tRFC
    check(timings.tRFC, state) { $0.mayActivate(place, at: $1) }
    for (group, distance) in [(0, timings.tRRDLong), (1, timings.tRRDShort)] {
      state = try base()
      state.activations = [(1000, group)]
      check(distance, state) { $0.mayActivate(place, at: $1) }
    }
    state = try base()
    state.activations = [(1000, 1), (1001, 1), (1002, 1), (1003, 1)]
    check(timings.tFAW, state) { $0.mayActivate(place, at: $1) }
    let data = timings.tCWL + timings.burst
    for (group, before, after, distance) in [
      (0, false, false, timings.tCCDLong), (1, false, false, timings.tCCDShort),
      (0, true, true, timings.tCCDLong), (1, true, true, timings.tCCDShort),
      (0, false, true, timings.tRTW), (0, true, false, data + timings.tWTRLong),
      (1, true, false, data + timings.tWTRShort),
    ] {
      state = try base()
      state.columns = [.init(time: 1000, group: group, isWrite: before)]
      check(distance, state) { $0.mayAccess(.init(place: place, isWrite: after), at: $1) }
    }
  }

  @Test("a refresh is due every tREFI and takes tRFC")
  func refresh() throws {
    let model = try model("HBM2", ["timings.tREFI=2000"])
    var controller = model.golden(.inOrder, refreshes: true)
    controller.run(
      (0..<3000).map { .init(place: model.map.place($0), isWrite: false) })
    #expect(controller.refreshCount == (controller.times.last ?? 0) / 2000)
    let gaps = zip(controller.times.dropFirst(), controller.times).map { $0 - $1 }
    let long = gaps.filter { $0 > 100 }
    // Close 5, precharge 14, refresh 220, open 12; the cycle of entering the queue is in it.
    #expect(long.count == controller.refreshCount)
    #expect(long.allSatisfy { (251...252).contains($0) }, "\(long)")
  }
}
