import Units
import Testing

@testable import SystolicCompiler

@Suite("Allocator")
struct AllocatorTests {
  private func lifetime(_ bytes: Int, _ first: Int, _ last: Int) -> Allocator.Lifetime {
    Allocator.Lifetime(bytes: bytes, first: first, last: last)
  }

  private func placed(_ lifetimes: [Allocator.Lifetime], sideBySide: Int = 0) -> Allocator {
    let groups = (lifetimes.map(\.last).max() ?? 0) + 1
    return Allocator(lifetimes, groups: groups, sideBySide: sideBySide)
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
    let allocator = placed(lifetimes)
    let (addresses, peak) = (allocator.addresses, allocator.peakBytes)
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
    #expect(placed([lifetime(64, 0, 1), lifetime(64, 2, 3)]).peakBytes == 64)
    #expect(placed([lifetime(64, 0, 2), lifetime(64, 2, 3)]).peakBytes == 128)
  }

  @Test("of two gaps the smaller one that fits is taken")
  func bestFit() {
    // When the buffers at 512 and 1088 are dead, they leave gaps of 320 and 128.
    let lifetimes = [
      lifetime(512, 0, 9), lifetime(320, 0, 4), lifetime(256, 0, 9), lifetime(128, 0, 4),
      lifetime(64, 0, 9), lifetime(32, 5, 9),
    ]
    #expect(placed(lifetimes).addresses == [0, 512, 832, 1088, 1216, 1088])
  }

  @Test("buffers that fit side by side share no address")
  func sideBySide() {
    let lifetimes = [lifetime(64, 0, 1), lifetime(128, 2, 3)]
    #expect(placed(lifetimes, sideBySide: 192).addresses == [0, 64])
    #expect(placed(lifetimes, sideBySide: 191).peakBytes == 128)
  }

  @Test("a buffer's predecessors had each of its addresses last before it", arguments: 0..<50)
  func predecessors(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let lifetimes = (0..<40).map { _ in
      let first = Int.random(in: 0..<20, using: &random)
      return lifetime(
        Int.random(in: 0...9, using: &random) * 64, first,
        first + Int.random(in: 0..<4, using: &random))
    }
    let allocator = placed(lifetimes)
    let predecessors = allocator.predecessors(lifetimes)
    let order = lifetimes.indices.sorted { (lifetimes[$0].first, $0) < (lifetimes[$1].first, $1) }
    // Who had each word last.
    var owners: [Int: Int] = [:]
    for index in order {
      var before: Set<Int> = []
      for word in 0..<lifetimes[index].bytes / 64 {
        let address = allocator.addresses[index] / 64 + word
        if let owner = owners[address] { before.insert(owner) }
        owners[address] = index
      }
      #expect(Set(predecessors[index]) == before)
    }
  }
}
