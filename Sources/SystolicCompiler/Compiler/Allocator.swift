/// Static addresses for buffers with known lifetimes.
struct Allocator {
  /// A buffer before it has an address: lives from the start of one group to the end of another.
  struct Lifetime: Hashable, Sendable {
    var bytes: Int
    var first: Int
    var last: Int
  }

  private(set) var addresses: [Int]
  /// Bytes from address 0 to the end of the highest buffer.
  private(set) var peakBytes = 0

  /// Places the largest buffers first, each in the smallest gap that the buffers alive at the same
  /// time leave (best fit). If all buffers fit side by side, none takes another's addresses.
  ///
  /// - Parameters:
  ///   - groups: one more than the last group of any lifetime.
  ///   - limit: bytes that may be taken; more of them are not looked for, and `peakBytes` is what was
  ///     found to be too much.
  /// - Source: Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference",
  ///   MLSys workshop 2020, greedy by size for offset calculation.
  init(_ lifetimes: [Lifetime], groups: Int, sideBySide capacity: Int = 0, limit: Int = .max) {
    addresses = [Int](repeating: 0, count: lifetimes.count)
    let all = lifetimes.reduce(0) { $0 + $1.bytes }
    if all <= capacity {
      for index in lifetimes.indices {
        addresses[index] = peakBytes
        peakBytes += lifetimes[index].bytes
      }
      return
    }
    peakBytes = Self.mostAlive(lifetimes, groups: groups)
    if peakBytes <= limit { place(lifetimes, groups: groups, limit: limit) }
  }

  /// Bytes of all buffers that live during the group that has most of them.
  private static func mostAlive(_ lifetimes: [Lifetime], groups: Int) -> Int {
    var changes = [Int](repeating: 0, count: groups + 1)
    for lifetime in lifetimes {
      changes[lifetime.first] += lifetime.bytes
      changes[lifetime.last + 1] -= lifetime.bytes
    }
    var (alive, most) = (0, 0)
    for change in changes {
      alive += change
      most = max(most, alive)
    }
    return most
  }

  /// A buffer that has its place.
  private struct Placed {
    var start: Int
    var end: Int
    /// The groups in which it lives.
    var first: Int
    var last: Int
  }

  /// Groups of a short life.
  private static let short = 4

  private mutating func place(_ lifetimes: [Lifetime], groups: Int, limit: Int) {
    // In the order of their addresses: all that are placed, those that live long, and by group those
    // that live shortly.
    var (placed, long): ([Placed], [Placed]) = ([], [])
    var alive = [[Placed]](repeating: [], count: groups)
    var met: [Placed] = []
    let order = lifetimes.indices.sorted {
      (-lifetimes[$0].bytes, $0) < (-lifetimes[$1].bytes, $1)
    }
    for index in order where lifetimes[index].bytes > 0 {
      let item = lifetimes[index]
      let isShort = item.last - item.first < Self.short
      met.removeAll(keepingCapacity: true)
      if isShort {
        for group in item.first...item.last {
          // Once each: in the first group that they share.
          for other in alive[group] where max(other.first, item.first) == group {
            met.append(other)
          }
        }
        if item.last > item.first { met.sort { $0.start < $1.start } }
      }
      let address = Self.gap(for: item, among: isShort ? long : placed, met)
      addresses[index] = address
      peakBytes = max(peakBytes, address + item.bytes)
      if peakBytes > limit { return }
      let own = Placed(
        start: address, end: address + item.bytes, first: item.first, last: item.last)
      Self.insert(own, into: &placed)
      if isShort {
        for group in item.first...item.last { Self.insert(own, into: &alive[group]) }
      } else {
        Self.insert(own, into: &long)
      }
    }
  }

  private static func insert(_ own: Placed, into list: inout [Placed]) {
    var (lower, upper) = (0, list.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if list[middle].start <= own.start { lower = middle + 1 } else { upper = middle }
    }
    list.insert(own, at: lower)
  }

  /// The smallest gap between those that live at the same time, or else the end.
  ///
  /// - Parameter others: more of them, all of which do.
  private static func gap(
    for item: Lifetime, among placed: [Placed], _ others: [Placed]
  ) -> Int {
    var best = (gap: Int.max, address: -1)
    var end = 0
    func pass(_ start: Int, _ otherEnd: Int) {
      let gap = start - end
      if gap >= item.bytes && gap < best.gap { best = (gap, end) }
      end = max(end, otherEnd)
    }
    placed.withUnsafeBufferPointer { placed in
      var next = 0
      for other in placed where other.first <= item.last && other.last >= item.first {
        while next < others.count && others[next].start < other.start {
          pass(others[next].start, others[next].end)
          next += 1
        }
        pass(other.start, other.end)
      }
      while next < others.count {
        pass(others[next].start, others[next].end)
        next += 1
      }
    }
    return best.address >= 0 ? best.address : end
  }

  /// For each buffer, those that had some of its addresses last before it.
  func predecessors(_ lifetimes: [Lifetime]) -> [[Int]] {
    var predecessors = [[Int]](repeating: [], count: lifetimes.count)
    // Who had which addresses last, ascending, without gaps in what has been used.
    var owners: [(end: Int, buffer: Int)] = []
    let order = lifetimes.indices.sorted {
      (lifetimes[$0].first, $0) < (lifetimes[$1].first, $1)
    }
    for index in order where lifetimes[index].bytes > 0 {
      let (start, end) = (addresses[index], addresses[index] + lifetimes[index].bytes)
      var lower = 0
      var upper = owners.count
      while lower < upper {
        let middle = (lower + upper) / 2
        if owners[middle].end <= start { lower = middle + 1 } else { upper = middle }
      }
      let first = lower
      var replacement: [(end: Int, buffer: Int)] = []
      let begin = first == 0 ? 0 : owners[first - 1].end
      if begin < start {
        replacement.append((start, first < owners.count ? owners[first].buffer : -1))
      }
      replacement.append((end, index))
      var past = first
      var from = begin
      while past < owners.count, from < end {
        if owners[past].end > start, owners[past].buffer >= 0 {
          predecessors[index].append(owners[past].buffer)
        }
        from = owners[past].end
        past += 1
      }
      if past > first, owners[past - 1].end > end { replacement.append(owners[past - 1]) }
      owners.replaceSubrange(first..<past, with: replacement)
    }
    return predecessors
  }
}
