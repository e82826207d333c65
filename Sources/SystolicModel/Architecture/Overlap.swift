/// What consecutive folds of one array may do at the same time.
package enum Overlap: String, CaseIterable, Codable, Sendable {
  /// Nothing: a fold loads, fills, streams and drains before the next one starts.
  case none
  /// The next fold's stationary operand loads into shadow registers while this fold streams.
  case doubleBuffered
  /// As `doubleBuffered`; and the next fold's stream follows this one's without a gap, so that fill
  /// and drain are paid once for a run of folds.
  case pipelined
}
