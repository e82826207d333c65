/// Where a value lies while a program runs: an entry of the program's pointer table, and an offset.
struct Location: Hashable, Sendable {
  /// Index into the pointer table.
  var entry: Int
  var byteOffset: Int
}

/// One value that needs memory from one step of a program to another.
struct Lifetime: Hashable, Sendable {
  var byteCount: Int
  /// The step that writes it first.
  var first: Int
  /// The last step that reads it.
  var last: Int
}

/// Places values in one arena so that values that live at the same time never overlap.
///
/// In the order of their first steps, each in the smallest gap that holds it: the usual best fit,
/// decided once at compile time. A value costs two binary searches.
struct MemoryPlan: Sendable {
  /// The offset of each lifetime, in their order.
  private(set) var offsets: [Int]
  let byteCount: Int

  init(_ lifetimes: [Lifetime]) {
    offsets = [Int](repeating: 0, count: lifetimes.count)
    // Of those that begin together the largest first.
    let beginning = lifetimes.indices.sorted {
      let (a, b) = (lifetimes[$0], lifetimes[$1])
      return (a.first, b.byteCount, $0) < (b.first, a.byteCount, $1)
    }
    let ending = lifetimes.indices.sorted {
      (lifetimes[$0].last, $0) < (lifetimes[$1].last, $1)
    }
    var gaps = Gaps()
    var ended = ending[...]
    for index in beginning {
      while let over = ended.first, lifetimes[over].last < lifetimes[index].first {
        gaps.release(offsets[over], byteCount: Self.aligned(lifetimes[over].byteCount))
        ended.removeFirst()
      }
      offsets[index] = gaps.take(Self.aligned(lifetimes[index].byteCount))
    }
    byteCount = gaps.end
  }

  private static func aligned(_ byteCount: Int) -> Int {
    (byteCount + hostAlignment - 1) / hostAlignment * hostAlignment
  }
}

/// What is free between the values of an arena.
private struct Gaps {
  private struct Gap {
    var offset: Int
    var byteCount: Int
  }

  /// Ascending, none touching the next.
  private var byOffset: [Gap] = []
  /// The same, the smallest first, those of one size by offset.
  private var bySize: [Gap] = []
  /// Nothing was ever placed from here on.
  private(set) var end = 0

  /// - Returns: where the bytes begin.
  mutating func take(_ byteCount: Int) -> Int {
    if byteCount == 0 { return 0 }
    let index = bySize.boundary { $0.byteCount < byteCount }
    guard index < bySize.count else { return extend(by: byteCount) }
    let gap = bySize[index]
    remove(gap)
    if gap.byteCount > byteCount {
      insert(Gap(offset: gap.offset + byteCount, byteCount: gap.byteCount - byteCount))
    }
    return gap.offset
  }

  mutating func release(_ offset: Int, byteCount: Int) {
    if byteCount == 0 { return }
    var freed = Gap(offset: offset, byteCount: byteCount)
    let index = byOffset.boundary { $0.offset < offset }
    let after = index < byOffset.count ? byOffset[index] : nil
    let before = index > 0 ? byOffset[index - 1] : nil
    if let after, after.offset == offset + byteCount {
      remove(after)
      freed.byteCount += after.byteCount
    }
    if let before, before.offset + before.byteCount == offset {
      remove(before)
      freed = Gap(offset: before.offset, byteCount: before.byteCount + freed.byteCount)
    }
    insert(freed)
  }

  /// Makes the arena longer; what is free at its end is used too.
  private mutating func extend(by byteCount: Int) -> Int {
    var offset = end
    if let last = byOffset.last, last.offset + last.byteCount == end {
      remove(last)
      offset = last.offset
    }
    end = offset + byteCount
    return offset
  }

  private mutating func insert(_ gap: Gap) {
    byOffset.insert(gap, at: byOffset.boundary { $0.offset < gap.offset })
    bySize.insert(gap, at: bySize.boundary { Self.isSmaller($0, gap) })
  }

  private mutating func remove(_ gap: Gap) {
    byOffset.remove(at: byOffset.boundary { $0.offset < gap.offset })
    bySize.remove(at: bySize.boundary { Self.isSmaller($0, gap) })
  }

  private static func isSmaller(_ a: Gap, _ b: Gap) -> Bool {
    (a.byteCount, a.offset) < (b.byteCount, b.offset)
  }
}

extension Array {
  /// The first index where the predicate does not hold; it holds up to there and nowhere behind.
  fileprivate func boundary(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
