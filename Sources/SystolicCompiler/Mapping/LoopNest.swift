/// The loops around the tiles of one group, outermost first; loops of one turn are left out.
package struct LoopNest: Hashable, Sendable {
  /// What a loop goes along. The rows of a product's left operand are positions of a convolution's
  /// output: images, rows and columns; those of a plain product are all images. A dimension may
  /// have two loops: blocks, and tiles in a block.
  package enum Axis: UInt8, CaseIterable, Sendable {
    case batch, image, row, column, n, k

    package var name: String {
      switch self {
      case .batch: "batch"
      case .image: "m"
      case .row: "row"
      case .column: "column"
      case .n: "n"
      case .k: "k"
      }
    }
  }

  static let mostLevels = 8

  package private(set) var depth = 0
  package private(set) var counts = SIMD8<Int32>(repeating: 1)
  private var axes = SIMD8<UInt8>(repeating: .max)
  /// By axis, the bits of its loops.
  private var levels = SIMD8<UInt8>(repeating: 0)

  /// Adds a loop inside the others.
  mutating func append(_ axis: Axis, _ count: Int) {
    guard count > 1 else { return }
    precondition(depth < Self.mostLevels, "more loops than any order has")
    counts[depth] = Int32(truncatingIfNeeded: count)
    axes[depth] = axis.rawValue
    levels[Int(axis.rawValue)] |= 1 << UInt8(depth)
    depth += 1
  }

  /// The bits of all loops.
  var all: UInt8 { UInt8(truncatingIfNeeded: (1 << depth) - 1) }

  /// The bits of the loops along an axis; the outermost loop is bit 0.
  package func levels(_ axis: Axis) -> UInt8 { levels[Int(axis.rawValue)] }

  func count(_ level: Int) -> Int { Int(counts[level]) }

  package func axis(_ level: Int) -> Axis { Axis(rawValue: axes[level]) ?? .batch }

  /// Turns of some loops inside one another.
  func turns(_ levels: UInt8) -> Int {
    var product = 1
    var left = levels
    while left != 0 {
      product *= Int(counts[left.trailingZeroBitCount])
      left &= left - 1
    }
    return product
  }

  /// Tiles of the group.
  var steps: Int { turns(all) }
}

/// Where a tile is in its loops: the low byte has a bit for each loop that is in its last turn, the
/// high byte for each that is in its first.
typealias LoopEdges = UInt16

extension LoopNest {
  /// Of the first tile: no loop has a single turn.
  var firstEdges: LoopEdges { LoopEdges(all) << 8 }
}

/// Which tiles differ from the others: those at the ends of an axis whose extent the tiles do not
/// divide, and those at the edges of a padded image. Costs depend on a tile's kind only.
struct KindMasks: Hashable, Sendable {
  static let (k, n, image, batch, lastRow, lastColumn, firstRow, firstColumn) =
    (1, 2, 4, 8, 16, 32, 64, 128)
  private static let never: UInt16 = 0xFFFF
  private static let weights = SIMD8<UInt16>(1, 2, 4, 8, 16, 32, 64, 128)

  private var masks = SIMD8<UInt16>(repeating: KindMasks.never)

  /// A tile has the bit if some loops are in their last turn; with no loop, none has.
  mutating func setLast(_ bit: Int, _ levels: UInt8) {
    if levels != 0 { masks[bit.trailingZeroBitCount] = UInt16(levels) }
  }

  mutating func setFirst(_ bit: Int, _ levels: UInt8) {
    if levels != 0 { masks[bit.trailingZeroBitCount] = UInt16(levels) << 8 }
  }

  @inline(__always)
  func kind(_ edges: LoopEdges) -> Int {
    let hits = (SIMD8(repeating: edges) & masks) .== masks
    let none = SIMD8<UInt16>(repeating: 0)
    return Int(none.replacing(with: Self.weights, where: hits).wrappedSum())
  }

  /// One more than the greatest kind that occurs while some loops run.
  func kindCount(running: UInt8) -> Int {
    let stopped = SIMD8(repeating: UInt16(~running))
    let none = SIMD8<UInt16>(repeating: 0)
    let occurs = (masks .!= Self.never) .& ((masks & stopped) .== none)
    return 1 + Int(none.replacing(with: Self.weights, where: occurs).wrappedSum())
  }

  /// Calls `body` for each kind that occurs while some loops run and the others stay in their first
  /// turn, with the number of such tiles.
  @inline(__always)
  func forEachKind(
    _ nest: LoopNest, running: UInt8, _ body: (_ kind: Int, _ count: Int) -> Void
  ) {
    func visit(_ start: UInt8, _ kind: Int, _ count: Int) {
      var (kind, count) = (kind, count)
      var next = start
      while let axis = LoopNest.Axis(rawValue: next) {
        next += 1
        let (last, first) = Self.bits(axis)
        let hasFirst = first != 0 && masks[first.trailingZeroBitCount] != Self.never
        let levels = nest.levels(axis) & running
        if levels == 0 {
          if hasFirst { kind |= first }
          continue
        }
        var most = nest.turns(levels)
        let mask = masks[last.trailingZeroBitCount]
        if mask != Self.never && UInt8(truncatingIfNeeded: mask) & ~running == 0 {
          visit(next, kind | last, count)
          most -= 1
        }
        if hasFirst {
          visit(next, kind | first, count)
          most -= 1
        }
        count *= most
        if most == 0 { return }
      }
      body(kind, count)
    }
    visit(0, 0, 1)
  }

  private static func bits(_ axis: LoopNest.Axis) -> (last: Int, first: Int) {
    switch axis {
    case .batch: (batch, 0)
    case .image: (image, 0)
    case .n: (n, 0)
    case .k: (k, 0)
    case .row: (lastRow, firstRow)
    case .column: (lastColumn, firstColumn)
    }
  }
}
