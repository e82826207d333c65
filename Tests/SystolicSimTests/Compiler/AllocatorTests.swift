import DeviceAPI
import Testing

@testable import SystolicSim

@Suite("Allocator")
struct AllocatorTests {
  private func lifetime(_ bytes: Int, _ first: Int, _ last: Int) -> MemoryPlan.Lifetime {
    MemoryPlan.Lifetime(label: "", bytes: bytes, first: first, last: last)
  }

  @Test("buffers alive together lie apart; the peak is the end of the highest", arguments: 0..<50)
  func apart(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let lifetimes = (0..<40).map { _ in
      let first = Int.random(in: 0..<20, using: &random)
      return lifetime(
        Int.random(in: 0...9, using: &random) * 64, first,
        first + Int.random(in: 0..<6, using: &random))
    }
    let (addresses, peak) = Allocator.place(lifetimes)
    func range(_ index: Int) -> Range<Int> {
      addresses[index]..<addresses[index] + lifetimes[index].bytes
    }
    for a in lifetimes.indices {
      for b in lifetimes.indices where a < b {
        let together =
          lifetimes[a].first <= lifetimes[b].last && lifetimes[b].first <= lifetimes[a].last
        #expect(!(together && range(a).overlaps(range(b))))
      }
    }
    #expect(peak == lifetimes.indices.map { range($0).upperBound }.max())
    // No plan needs less than the bytes alive in some group.
    let most = (0..<26).map { group in
      lifetimes.reduce(0) { $1.first <= group && group <= $1.last ? $0 + $1.bytes : $0 }
    }.max()
    #expect(peak >= most ?? 0)
  }

  @Test("an address is used again as soon as its buffer is dead, and not before")
  func reuse() {
    #expect(Allocator.place([lifetime(64, 0, 1), lifetime(64, 2, 3)]).peak == 64)
    #expect(Allocator.place([lifetime(64, 0, 2), lifetime(64, 2, 3)]).peak == 128)
  }

  @Test("of two gaps the smaller one that fits is taken")
  func bestFit() {
    // When the buffers at 512 and 1088 are dead, they leave gaps of 320 and 128.
    let lifetimes = [
      lifetime(512, 0, 9), lifetime(320, 0, 4), lifetime(256, 0, 9), lifetime(128, 0, 4),
      lifetime(64, 0, 9), lifetime(32, 5, 9),
    ]
    let (addresses, _) = Allocator.place(lifetimes)
    #expect(addresses == [0, 512, 832, 1088, 1216, 1088])
  }
}
