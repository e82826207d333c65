package import Units

/// Where a cycle of a schedule went. Each cycle counts once, for the first of these that some unit
/// does in it.
public enum CycleCategory: String, Hashable, Sendable, CaseIterable {
  /// The matrix unit brings new products.
  case compute
  /// The matrix unit fills or drains.
  case fillDrain
  /// The matrix unit waits for its stationary operand to shift in.
  case weightLoad
  /// The vector unit works while the matrix unit does not.
  case vector
  /// Only copies between off-chip and on-chip memory are under way, or about to be.
  case dma
  /// Only the start-up of the program.
  case launch
  /// Only the host link works.
  case hostLink
  /// No unit is at work.
  case idle
}

extension CycleCategory {
  /// Cycles in which some unit is at work on a category.
  package struct Interval: Hashable, Sendable {
    package var category: CycleCategory
    package var start: Int
    package var end: Int

    package init(_ category: CycleCategory, _ start: Int, _ end: Int) {
      self.category = category
      self.start = start
      self.end = end
    }
  }

  /// The cycles of a window by category, in the order of `allCases`. They add up to the window.
  ///
  /// Executions of a steady schedule overlap at their ends: what happens before cycle 0 or after
  /// the end happens at the same place of the execution before or after, and is counted there.
  package static func attribution(of intervals: [Interval], window: Int) -> [Cycles] {
    guard window > 0 else { return allCases.map { _ in .zero } }
    // At each cycle of change, by how much the number of units at work on a category changes.
    var changes: [(cycle: Int, category: Int, by: Int)] = []
    changes.reserveCapacity(2 * intervals.count + 1)
    for interval in intervals {
      let category = allCases.firstIndex(of: interval.category) ?? 0
      var start = interval.start
      while start < interval.end {
        let offset = ((start % window) + window) % window
        let length = min(interval.end - start, window - offset)
        changes.append((offset, category, 1))
        changes.append((offset + length, category, -1))
        start += length
      }
    }
    changes.sort { $0.cycle < $1.cycle }
    changes.append((window, 0, 0))
    var totals = [Int](repeating: 0, count: allCases.count)
    var working = [Int](repeating: 0, count: allCases.count)
    var cursor = 0
    for change in changes {
      let first = working.firstIndex { $0 > 0 } ?? allCases.count - 1
      totals[first] += change.cycle - cursor
      cursor = change.cycle
      working[change.category] += change.by
    }
    return totals.map { Cycles($0) }
  }
}

extension SimulatedCost {
  /// The cycles of one of this cost's schedules by category, in the order of
  /// `CycleCategory.allCases`. They add up to the schedule's cycles.
  package func attribution(of schedule: Schedule) -> [Cycles] {
    let rows = schedule.timeline.rows
    if let attribution = rows.attribution { return attribution }
    return CycleCategory.attribution(
      of: rows.events.map { .init(category(of: $0), $0.start, $0.end) },
      window: schedule.cycles.count)
  }

  private func category(of event: TimelineEvent) -> CycleCategory {
    let traffic = ops[event.op].traffic
    switch event.kind {
    case .compute: return .compute
    case .fillDrain: return .fillDrain
    case .weightLoad: return .weightLoad
    case .vector: return .vector
    case .transfer:
      return traffic[MemoryLevel.host.index] == MemoryTraffic() ? .dma : .hostLink
    case .overhead:
      return traffic.allSatisfy { $0 == MemoryTraffic() } ? .launch : .dma
    }
  }
}
