internal import Units

/// A length cut into parts that differ by at most one; the longer parts come first.
///
/// Streams are cut evenly rather than greedily: with a full chunk and a short rest, the rest may be
/// too short to hide the next fold's load, and a larger accumulator could make a product slower.
package struct EvenSplit: Hashable, Sendable {
  /// Parts, each at least 1 long; no part if there is nothing to cut.
  package let count: Int
  /// Length of the shorter parts.
  package let shorter: Int
  /// Parts that are one longer.
  package let longerCount: Int

  /// `length` in at most `parts` parts.
  package init(_ length: Int, parts: Int) {
    count = min(length, parts)
    shorter = count == 0 ? 0 : length / count
    longerCount = count == 0 ? 0 : length % count
  }

  /// `length` in as few parts as hold at most `capacity` each.
  package init(_ length: Int, capacity: Int) {
    self.init(length, parts: length.dividedRoundingUp(by: capacity))
  }

  /// Length of the longest part; 0 if there is none.
  package var longest: Int { longerCount > 0 ? shorter + 1 : shorter }

  /// The parts in order.
  package var ranges: [Range<Int>] {
    (0..<count).map { part in
      let start = part * shorter + min(part, longerCount)
      return start..<start + shorter + (part < longerCount ? 1 : 0)
    }
  }

  /// The sum over all parts of `value`, in constant time.
  package func sum(_ value: (Int) -> Int) -> Int {
    longerCount == 0
      ? count * value(shorter)
      : longerCount * value(shorter + 1) + (count - longerCount) * value(shorter)
  }
}
