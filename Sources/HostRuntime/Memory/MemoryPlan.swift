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
/// Largest first, each at the lowest offset where it fits among those placed: the usual greedy
/// answer to dynamic storage allocation, decided once at compile time.
struct MemoryPlan: Sendable {
  /// The offset of each lifetime, in their order.
  private(set) var offsets: [Int]
  private(set) var byteCount = 0

  init(_ lifetimes: [Lifetime]) {
    offsets = [Int](repeating: 0, count: lifetimes.count)
    let order = lifetimes.indices.sorted {
      (lifetimes[$0].byteCount, $1) > (lifetimes[$1].byteCount, $0)
    }
    var placed: [Int] = []
    for index in order {
      let lifetime = lifetimes[index]
      var offset = 0
      for other in placed where lifetimes[other].overlaps(lifetime) {
        if offset + lifetime.byteCount <= offsets[other] { break }
        offset = max(offset, Self.aligned(offsets[other] + lifetimes[other].byteCount))
      }
      offsets[index] = offset
      byteCount = max(byteCount, Self.aligned(offset + lifetime.byteCount))
      let position = placed.firstIndex { offsets[$0] > offset } ?? placed.endIndex
      placed.insert(index, at: position)
    }
  }

  private static func aligned(_ offset: Int) -> Int {
    (offset + hostAlignment - 1) / hostAlignment * hostAlignment
  }
}

extension Lifetime {
  func overlaps(_ other: Lifetime) -> Bool { first <= other.last && other.first <= last }
}
