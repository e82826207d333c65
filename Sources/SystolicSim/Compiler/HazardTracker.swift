/// Finds what an instruction must wait for from the VMEM addresses that it touches.
///
/// Keeps, for each range of addresses, the last instruction of each unit that wrote or read it and
/// that no later write has covered. Units finish in order, so the last one stands for all.
struct HazardTracker {
  private struct Record {
    var lower: Int
    var upper: Int
    var instruction: Int
    var unit: ProgramUnit
    var isWrite: Bool
  }

  private var records: [Record] = []

  /// Adds the hazards of one access of `instruction` to its dependences: a read waits for writes
  /// (data); a write waits for writes and reads (space).
  mutating func access(
    _ access: VMEMAccess, by instruction: Int, on unit: ProgramUnit,
    data: inout Dependences, space: inout Dependences
  ) {
    let (lower, upper) = (access.range.lowerBound, access.range.upperBound)
    guard lower < upper else { return }
    var kept = 0
    for index in records.indices {
      let record = records[index]
      if record.lower < upper && lower < record.upper && record.instruction != instruction {
        if access.isWrite {
          space.insert(record.instruction, record.unit)
        } else if record.isWrite {
          data.insert(record.instruction, record.unit)
        }
      }
      let isCovered = lower <= record.lower && record.upper <= upper
      let isReplaced =
        isCovered && (access.isWrite || (!record.isWrite && record.unit == unit))
      if !isReplaced || record.instruction == instruction {
        records[kept] = record
        kept += 1
      }
    }
    records.removeSubrange(kept...)
    records.append(
      Record(
        lower: lower, upper: upper, instruction: instruction, unit: unit,
        isWrite: access.isWrite))
  }
}
