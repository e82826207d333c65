package import ConfigFiles

/// Least distances between DRAM commands of one channel, in cycles of the memory clock.
///
/// - Source: the terms of the JEDEC standards (JESD79-3 to -5, JESD209-4 and -5, JESD235, JESD238,
///   JESD250).
package struct DRAMTimings: Hashable, Sendable, Codable, Validatable {
  /// Cycles for which one access holds the data bus: its burst length by the transfers of a cycle.
  package let burst: Int
  /// Column command to column command in another bank group (tCCD_S).
  package let tCCDShort: Int
  /// Column command to column command in the same bank group (tCCD_L).
  package let tCCDLong: Int
  /// Read command to its first data (tCL, RL).
  package let tCL: Int
  /// Write command to its first data (tCWL, WL).
  package let tCWL: Int
  /// Activation to a read of the row (tRCD).
  package let tRCDRead: Int
  /// Activation to a write of the row.
  package let tRCDWrite: Int
  /// Precharge to the next activation of the bank (tRP).
  package let tRP: Int
  /// Activation to precharge of the bank (tRAS).
  package let tRAS: Int
  /// Activation to activation in another bank group (tRRD_S).
  package let tRRDShort: Int
  /// Activation to activation in the same bank group (tRRD_L).
  package let tRRDLong: Int
  /// The window in which at most four rows are activated (tFAW).
  package let tFAW: Int
  /// End of write data to precharge of the bank (tWR).
  package let tWR: Int
  /// Read command to precharge of the bank (tRTP).
  package let tRTP: Int
  /// End of write data to a read command in another bank group (tWTR_S).
  package let tWTRShort: Int
  /// End of write data to a read command in the same bank group (tWTR_L).
  package let tWTRLong: Int
  /// Read command to write command (tRTW).
  package let tRTW: Int
  /// Distance of refreshes of all banks (tREFI).
  package let tREFI: Int
  /// Refresh to the next activation (tRFC).
  package let tRFC: Int

  /// Activation to activation of one bank, when a read is between: tRAS + tRP, or longer if the read
  /// ends late.
  package var tRC: Int { max(tRAS, tRCDRead + tRTP) + tRP }

  package func validate() throws(ConfigIssue) {
    for (name, value) in [
      ("burst", burst), ("tCCDShort", tCCDShort), ("tCCDLong", tCCDLong), ("tCL", tCL),
      ("tCWL", tCWL), ("tRCDRead", tRCDRead), ("tRCDWrite", tRCDWrite), ("tRP", tRP),
      ("tRAS", tRAS), ("tRRDShort", tRRDShort), ("tRRDLong", tRRDLong), ("tFAW", tFAW),
      ("tWR", tWR), ("tRTP", tRTP), ("tWTRShort", tWTRShort), ("tWTRLong", tWTRLong),
      ("tRTW", tRTW), ("tREFI", tREFI), ("tRFC", tRFC),
    ] { try ConfigIssue.require(name, value, in: 1...Limits.memoryCycles) }
    if tCCDShort < burst {
      throw ConfigIssue("tCCDShort", "must be at least burst, \(burst); found \(tCCDShort)")
    }
    if tCCDLong < tCCDShort {
      throw ConfigIssue("tCCDLong", "must be at least tCCDShort, \(tCCDShort); found \(tCCDLong)")
    }
    if tRRDLong < tRRDShort {
      throw ConfigIssue("tRRDLong", "must be at least tRRDShort, \(tRRDShort); found \(tRRDLong)")
    }
    if tWTRLong < tWTRShort {
      throw ConfigIssue("tWTRLong", "must be at least tWTRShort, \(tWTRShort); found \(tWTRLong)")
    }
    if tREFI < 2 * (tRFC + tRP + tRAS + tWR + tCWL + burst) {
      throw ConfigIssue(
        "tREFI",
        "must be at least twice what one refresh takes (tRFC + tRP + tRAS + tWR + tCWL + "
          + "burst); found \(tREFI)")
    }
  }

  /// The same times at another clock: the bus's own distances stay in cycles, the others in
  /// nanoseconds, rounded up to cycles.
  ///
  /// - Parameter ratio: new clock / old clock; at most `maximumClockRatio`.
  func atClock(ratio: Double) -> DRAMTimings {
    func scaled(_ cycles: Int) -> Int { max(1, Int((Double(cycles) * ratio - 1e-6).rounded(.up))) }
    return DRAMTimings(
      burst: burst, tCCDShort: tCCDShort, tCCDLong: tCCDLong, tCL: scaled(tCL),
      tCWL: scaled(tCWL), tRCDRead: scaled(tRCDRead), tRCDWrite: scaled(tRCDWrite),
      tRP: scaled(tRP), tRAS: scaled(tRAS), tRRDShort: scaled(tRRDShort),
      tRRDLong: scaled(tRRDLong), tFAW: scaled(tFAW), tWR: scaled(tWR), tRTP: scaled(tRTP),
      tWTRShort: scaled(tWTRShort), tWTRLong: scaled(tWTRLong), tRTW: scaled(tRTW),
      tREFI: max(1, Int((Double(tREFI) * ratio).rounded(.down))), tRFC: scaled(tRFC))
  }
}
