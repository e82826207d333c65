package import ConfigFiles

/// A kind of DRAM, as a file of `Configs/DRAM` states it: how one stack (or module) is built, its
/// timings, and how addresses are spread over it.
package struct DRAMStandard: Hashable, Sendable, Codable, Validatable {
  /// Short name, as in the file's name.
  package let name: String
  /// One line on what it is.
  package let description: String
  /// Kind of memory: `dram.kind` of every chip that has it.
  package let kind: String
  /// Independent channels of one stack: pseudo-channels where there are such.
  package let channels: Int
  /// Bank groups of a channel; 1 where the standard has none.
  package let bankGroups: Int
  /// Banks of a bank group.
  package let banksPerGroup: Int
  /// Bytes of the row that a bank holds open.
  package let rowBytes: Int
  /// Bytes of one access: a whole burst, however few of them are wanted.
  package let accessBytes: Int
  /// Clock for which the timings are given, in megahertz; `burst` says how many transfers a cycle has.
  package let clockMegahertz: Double
  /// Fields of an address, the most significant first; below them are the bytes of an access.
  package let mapping: [AddressField]
  /// Least distances between commands.
  package let timings: DRAMTimings

  /// Banks of a channel.
  package var banks: Int { bankGroups * banksPerGroup }

  /// Accesses that fit in an open row.
  package var columns: Int { rowBytes / accessBytes }

  /// Accesses that a controller has to know ahead for a stream to find its next row open: those of
  /// the time in which a row closes and another opens, and at least 32, as the TPUs' files assume.
  package var streamQueueDepth: Int {
    let ahead = (timings.tRP + timings.tRCDRead + timings.tRTP) / timings.burst + 1
    return max(32, ahead)
  }

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("channels", channels, in: 1...Limits.units)
    try ConfigIssue.require("bankGroups", bankGroups, in: 1...Limits.units)
    try ConfigIssue.require("banksPerGroup", banksPerGroup, in: 1...Limits.units)
    try ConfigIssue.require("rowBytes", rowBytes, in: 1...(1 << 20))
    try ConfigIssue.require("accessBytes", accessBytes, in: 1...rowBytes)
    try ConfigIssue.require("clockMegahertz", clockMegahertz, in: Limits.clockMegahertz)
    if rowBytes % accessBytes != 0 {
      throw ConfigIssue(
        "rowBytes", "must be a multiple of accessBytes, \(accessBytes); found \(rowBytes)")
    }
    if mapping.first != .row || Set(mapping).count != mapping.count
      || mapping.count != AddressField.allCases.count
    {
      let fields = AddressField.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConfigIssue(
        "mapping",
        "must start with row and have each of these once: \(fields); "
          + "found \(mapping.map(\.rawValue).joined(separator: ", "))")
    }
  }
}

/// A part of a DRAM address.
package enum AddressField: String, CaseIterable, Codable, Sendable {
  case row, bank, bankGroup, column, channel
}
