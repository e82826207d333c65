/// Static addresses for buffers with known lifetimes.
enum Allocator {
  /// Places the largest buffers first, each in the smallest gap that the buffers alive at the same
  /// time leave (best fit).
  ///
  /// - Source: Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference",
  ///   MLSys workshop 2020, greedy by size for offset calculation.
  static func place(_ lifetimes: [MemoryPlan.Lifetime]) -> (addresses: [Int], peak: Int) {
    var addresses = [Int](repeating: 0, count: lifetimes.count)
    var placed: [Int] = []
    var peak = 0
    let order = lifetimes.indices.sorted {
      (-lifetimes[$0].bytes, $0) < (-lifetimes[$1].bytes, $1)
    }
    // `placed` stays sorted by address.
    for index in order where lifetimes[index].bytes > 0 {
      let item = lifetimes[index]
      var best: (gap: Int, address: Int)?
      var end = 0
      for other in placed {
        let neighbour = lifetimes[other]
        if neighbour.last < item.first || neighbour.first > item.last { continue }
        let gap = addresses[other] - end
        if gap >= item.bytes && gap < best?.gap ?? .max { best = (gap, end) }
        end = max(end, addresses[other] + neighbour.bytes)
      }
      let address = best?.address ?? end
      addresses[index] = address
      peak = max(peak, address + item.bytes)
      let position = placed.firstIndex { addresses[$0] > address } ?? placed.count
      placed.insert(index, at: position)
    }
    return (addresses, peak)
  }
}
