internal import Synchronization
public import Units

/// The events of a schedule. They are made when they are first asked for, since a program may have
/// millions of them and most who want its cost do not look at them.
public final class Timeline: Sendable {
  /// What is made.
  public struct Rows: Hashable, Sendable {
    /// The first events, ordered by start, then unit.
    public var events: [TimelineEvent]
    /// Events that are left out, for there are too many.
    public var omittedCount: Int
    /// The cycles of the schedule by category, in the order of `CycleCategory.allCases`; `nil` if only
    /// the events say.
    public var attribution: [Cycles]?

    /// Events, how many more there are, and where the cycles went.
    public init(events: [TimelineEvent], omittedCount: Int = 0, attribution: [Cycles]? = nil) {
      self.events = events
      self.omittedCount = omittedCount
      self.attribution = attribution
    }
  }

  /// Events that a timeline lists at most; the others are counted.
  public static let mostEvents = 200_000

  private let made: Mutex<Rows?>
  private let make: @Sendable () -> Rows

  /// A timeline that is there.
  public init(_ rows: Rows) {
    made = Mutex(rows)
    make = { rows }
  }

  /// A timeline that is made when it is wanted, once.
  public init(make: @escaping @Sendable () -> Rows) {
    made = Mutex(nil)
    self.make = make
  }

  /// The events, as far as they are listed, and what is known of the others.
  public var rows: Rows {
    made.withLock { made in
      if let made { return made }
      let rows = make()
      made = rows
      return rows
    }
  }

  /// The listed events.
  public var events: [TimelineEvent] { rows.events }
}
