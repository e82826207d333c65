package import SystolicModel

/// What instructions of some sort take, by kind of tile. In memory of its own that never moves or
/// changes, so that the timeline may look at it without counting references.
package final class DurationTable: @unchecked Sendable {
  package let count: Int
  let base: UnsafeMutablePointer<InstructionDuration>

  /// - Parameter fill: writes what the kinds take that there are.
  init(count: Int, _ fill: (UnsafeMutablePointer<InstructionDuration>) -> Void) {
    self.count = count
    base = .allocate(capacity: max(1, count))
    base.initialize(repeating: InstructionDuration(kind: .overhead), count: max(1, count))
    fill(base)
  }

  deinit { base.deallocate() }

  static let empty = DurationTable(count: 0) { _ in }

  package var isEmpty: Bool { count == 0 }

  package subscript(kind: Int) -> InstructionDuration {
    precondition(kind < count, "no tile is of that kind")
    return base[kind]
  }
}

extension KindMasks {
  /// What instructions take, by kind of tile.
  func table(
    _ nest: LoopNest, running: UInt8, _ duration: (_ kind: Int) -> InstructionDuration
  ) -> DurationTable {
    DurationTable(count: kindCount(running: running)) { base in
      forEachKind(nest, running: running) { kind, _ in base[kind] = duration(kind) }
    }
  }
}
