public import ConfigFiles

/// What starting a program costs.
public struct ProgramParameters: Hashable, Sendable, Codable, Validatable {
  /// Time a core idles at the start of each execution: fetching instructions, meeting the host.
  public let launchOverheadMicroseconds: Double

  public func validate() throws(ConfigIssue) {
    try ConfigIssue.require(
      "launchOverheadMicroseconds", launchOverheadMicroseconds, in: Limits.latencyMicroseconds)
  }
}

extension ProgramParameters: Described {
  public static let notes = [
    "launchOverheadMicroseconds": KeyNote(
      "Time for which a core idles at the start of each execution: fetching instructions, meeting "
        + "the host.", unit: "microseconds")
  ]
}
