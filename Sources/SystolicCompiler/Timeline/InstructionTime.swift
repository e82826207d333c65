package import DeviceAPI

/// When one instruction of one execution ran.
package struct InstructionTime: Hashable, Sendable {
  /// Its dependences are done and its memory is free; a copy starts its lead.
  package var issue = 0
  /// The unit begins to work on it: a copy's lead counts once the unit has nothing else to do.
  package var begin = 0
  /// The first data move, or the first cycle of work.
  package var dataStart = 0
  /// Cycles that it lost, at the end of its work, to other units at VMEM's ports.
  package var contention = 0
  /// The first cycle after the last.
  package var end = 0
  /// What held it back longest before `begin`.
  package var cause = StallCause.idle

  /// Waits for something else, too.
  @inline(__always)
  mutating func wait(until cycle: Int, _ cause: StallCause) {
    if cycle > issue { (issue, self.cause) = (cycle, cause) }
  }
}
