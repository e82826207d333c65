/// What the bytes of one buffer in VMEM were last written and read by.
struct BufferContents {
  /// Bytes that one instruction wrote.
  private struct Piece {
    var range: Range<Int>
    /// The first cycle after the last write, and after the last read.
    var written: Int
    var read: Int
  }

  /// Ascending, without overlaps.
  private var pieces: [Piece] = []
  /// The first cycle after the last use.
  private(set) var lastUse = 0
  /// No other buffer has written to its addresses since its first write.
  private(set) var isValid = false

  mutating func fill(_ range: Range<Int>) {
    isValid = true
    pieces = [Piece(range: range, written: 0, read: 0)]
  }

  /// Another buffer takes the addresses.
  mutating func lose() {
    isValid = false
    pieces = []
  }

  /// - Returns: the cycle until which earlier uses of the bytes last.
  mutating func write(_ range: Range<Int>, end: Int) -> Int {
    isValid = true
    lastUse = max(lastUse, end)
    let hit = cut(range)
    var busy = 0
    for piece in pieces[hit] { busy = max(busy, piece.written, piece.read) }
    pieces.replaceSubrange(hit, with: [Piece(range: range, written: end, read: 0)])
    return busy
  }

  /// - Returns: the cycle until which the bytes are being written; `nil` if some never were.
  mutating func read(_ range: Range<Int>, end: Int) -> Int? {
    lastUse = max(lastUse, end)
    let hit = cut(range)
    var (busy, covered, read) = (0, range.lowerBound, end)
    for piece in pieces[hit] {
      guard piece.range.lowerBound == covered else { return nil }
      covered = piece.range.upperBound
      busy = max(busy, piece.written)
      read = max(read, piece.read)
    }
    guard covered == range.upperBound else { return nil }
    // Who reads them all waits for them all: they are one piece from now on.
    pieces.replaceSubrange(hit, with: [Piece(range: range, written: busy, read: read)])
    return busy
  }

  /// Cuts pieces at the ends of a range; returns the places of those inside.
  private mutating func cut(_ range: Range<Int>) -> Range<Int> {
    let first = split(range.lowerBound)
    return first..<max(first, split(range.upperBound))
  }

  /// The place of the first piece from `byte` on, after a piece across it has been cut in two.
  private mutating func split(_ byte: Int) -> Int {
    var (lower, upper) = (0, pieces.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if pieces[middle].range.upperBound <= byte { lower = middle + 1 } else { upper = middle }
    }
    guard lower < pieces.count, pieces[lower].range.lowerBound < byte else { return lower }
    var rest = pieces[lower]
    rest.range = byte..<rest.range.upperBound
    pieces[lower].range = pieces[lower].range.lowerBound..<byte
    pieces.insert(rest, at: lower + 1)
    return lower + 1
  }
}
