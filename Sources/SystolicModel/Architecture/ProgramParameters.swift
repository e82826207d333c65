package import ConfigFiles

/// What starting a program costs.
package struct ProgramParameters: Hashable, Sendable, Codable, Validatable {
  /// Time a core idles at the start of each execution: fetching instructions, meeting the host.
  package let launchOverheadMicroseconds: Double

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require(
      "launchOverheadMicroseconds", launchOverheadMicroseconds, in: Limits.latencyMicroseconds)
  }
}

extension ProgramParameters: Described {
  package static let notes = [
    "launchOverheadMicroseconds": KeyNote(
      "Time for which a core idles at the start of each execution: fetching instructions, meeting "
        + "the host.", unit: "microseconds")
  ]
}
