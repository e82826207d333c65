/// Finds the word that a misspelt one was meant to be.
package enum Spelling {
  /// `candidates` sorted by distance from `word`, then by alphabet.
  package static func nearestFirst(_ word: String, among candidates: some Sequence<String>)
    -> [String]
  {
    candidates
      .map { (distance(word, $0), $0) }
      .sorted { $0 < $1 }
      .map(\.1)
  }

  /// The nearest candidate, if it is near enough to be what was meant: a third of its letters.
  package static func suggestion(
    for word: String, among candidates: some Sequence<String>
  ) -> String? {
    guard let best = nearestFirst(word, among: candidates).first else { return nil }
    let tolerance = max(1, max(word.count, best.count) / 3)
    return distance(word, best) <= tolerance ? best : nil
  }

  /// Insertions, deletions, substitutions and swaps of neighbours between two words; case is free.
  ///
  /// - Source: Damerau, CACM 1964 (optimal string alignment).
  static func distance(_ first: String, _ second: String) -> Int {
    let a = Array(first.lowercased())
    let b = Array(second.lowercased())
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(last[j + 1], row[j]) + 1
        best = min(best, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
