package import ConfigFiles

/// The vector unit (VPU) of one core: `lanes × sublanes` positions that do the same thing, on fp32.
package struct VPUParameters: Hashable, Sendable, Codable, Validatable {
  /// Positions across: the minor dimension of a vector register.
  package let lanes: Int
  /// Positions down: the other dimension of a vector register.
  package let sublanes: Int
  /// Arithmetic units at each position; each starts one operation a cycle.
  package let alusPerSublane: Int
  /// Results of exp, log, tanh, reciprocal, square root and the like a cycle, over all positions.
  package let transcendentalsPerCycle: Int
  /// Cycles from reading an operation's registers to having its result.
  package let latencyCycles: Int
  /// Short loops, where they run slower; absent where nothing is known of it.
  package let shortLoops: ShortLoopParameters?

  /// Elements of a vector register.
  package var registerElements: Int { lanes * sublanes }

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("lanes", lanes, in: 1...Limits.arraySide)
    try ConfigIssue.require("sublanes", sublanes, in: 1...Limits.units)
    try ConfigIssue.require("alusPerSublane", alusPerSublane, in: 1...Limits.units)
    try ConfigIssue.require(
      "transcendentalsPerCycle", transcendentalsPerCycle, in: 1...Limits.arraySide)
    try ConfigIssue.require("latencyCycles", latencyCycles, in: Limits.cycles)
  }
}

extension VPUParameters: Described {
  package static let notes = [
    "lanes": KeyNote("Positions across: the minor dimension of a vector register."),
    "sublanes": KeyNote("Positions down: the other dimension of a vector register."),
    "alusPerSublane": KeyNote(
      "Arithmetic units at each position; each starts one operation a cycle."),
    "transcendentalsPerCycle": KeyNote(
      "Results of exp, log, tanh, reciprocal, square root and the like, over all positions.",
      unit: "results a cycle"),
    "latencyCycles": KeyNote(
      "Time from reading an operation's registers to having its result.", unit: "cycles"),
    "shortLoops": KeyNote(
      "What the unit loses in loops that are too short to be unrolled far.",
      absent: "short loops run as fast as long ones"),
  ]
}
