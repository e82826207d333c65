/// How often the regions of a program's loops and branches ran in its last execution.
package struct RegionRuns: Hashable, Sendable {
  /// By the region's place: the value and the number of a region for each instruction on the way to it.
  private var runs: [[Int]: Int]

  package init(_ runs: [[Int]: Int]) { self.runs = runs }

  /// Of the region at a place; 0 where there is none.
  package subscript(place: [Int]) -> Int { runs[place] ?? 0 }
}

/// The counters of a program's regions. Steps that run regions run one after another, so that one
/// thread at a time counts.
final class RegionCounters: @unchecked Sendable {
  final class Counter: @unchecked Sendable {
    var count = 0
  }

  private var counters: [[Int]: Counter] = [:]

  /// A counter for the region at a place.
  func counter(at place: [Int]) -> Counter {
    let counter = Counter()
    counters[place] = counter
    return counter
  }

  func reset() {
    for counter in counters.values { counter.count = 0 }
  }

  var runs: RegionRuns { RegionRuns(counters.mapValues(\.count)) }
}
