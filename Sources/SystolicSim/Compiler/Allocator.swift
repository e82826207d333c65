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

  private mutating func place(_ lifetimes: [Lifetime], groups: Int, limit: Int) {
    // Buffers that are placed, all of them and by group in which they live; in the order of their
    // addresses.
    var placed: [Int32] = []
    var alive = [[Int32]](repeating: [], count: groups)
    var seen = [Int32](repeating: -1, count: lifetimes.count)
    var neighbours: [Int32] = []
    let order = lifetimes.indices.sorted {
      (-lifetimes[$0].bytes, $0) < (-lifetimes[$1].bytes, $1)
    }
    for index in order where lifetimes[index].bytes > 0 {
      let item = lifetimes[index]
      neighbours.removeAll(keepingCapacity: true)
      let met = (item.first...item.last).reduce(0) { $0 + alive[$1].count }
      if item.first == item.last {
        neighbours += alive[item.first]
      } else if met >= placed.count {
        for other in placed
        where lifetimes[Int(other)].first <= item.last && lifetimes[Int(other)].last >= item.first {
          neighbours.append(other)
        }
      } else {
        for group in item.first...item.last {
          for other in alive[group] where seen[Int(other)] != Int32(index) {
            seen[Int(other)] = Int32(index)
            neighbours.append(other)
          }
        }
        neighbours.sort { addresses[Int($0)] < addresses[Int($1)] }
      }
      let address = gap(item.bytes, neighbours, lifetimes)
      addresses[index] = address
      peakBytes = max(peakBytes, address + item.bytes)
      if peakBytes > limit { return }
      insert(index, into: &placed)
      for group in item.first...item.last { insert(index, into: &alive[group]) }
    }
  }

  private func insert(_ index: Int, into list: inout [Int32]) {
    var (lower, upper) = (0, list.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if addresses[Int(list[middle])] <= addresses[index] {
        lower = middle + 1
      } else {
        upper = middle
      }
    }
    list.insert(Int32(index), at: lower)
  }

  /// The smallest gap of so many bytes between buffers, or else the end.
  private func gap(_ bytes: Int, _ neighbours: [Int32], _ lifetimes: [Lifetime]) -> Int {
    var best: (gap: Int, address: Int)?
    var end = 0
    for other in neighbours {
      let gap = addresses[Int(other)] - end
      if gap >= bytes && gap < best?.gap ?? .max { best = (gap, end) }
      end = max(end, addresses[Int(other)] + lifetimes[Int(other)].bytes)
    }
    return best?.address ?? end
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
