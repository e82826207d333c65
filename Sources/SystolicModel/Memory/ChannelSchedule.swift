internal import Units

/// When the accesses of one DRAM channel run, without refresh: a recurrence, one step an access.
///
/// The controller keeps rows open and serves column commands and activations in the order of the
/// accesses. `queueDepth` accesses are known ahead: an access enters the queue in the cycle after the
/// column command of the one `queueDepth` places before it, and its row may be opened from then on.
/// Each time is a maximum over sums of earlier times and timings, so no timing that shrinks makes
/// anything later. `GoldenDRAMController` steps the same machine cycle by cycle.
///
/// With `reorders` the schedule stands for a controller that serves open rows first: an access waits
/// for its bank, while bus and activations serve others at their rates (tCCD_S; tRRD_S or tFAW / 4).
/// Which access takes which slot is left open, so this is an estimate; see `DRAMModel.strided`.
///
/// - Validity: the command bus is never what limits; refresh is apart (`DRAMModel.withRefresh`).
struct ChannelSchedule: Sendable {
  let timings: DRAMTimings
  let queueDepth: Int
  /// The bus and the activations go on while an access waits for its bank.
  let reorders: Bool
  /// With `reorders`: when the bus and the activations have done all earlier accesses at their rates.
  private var busSlot = 0
  private var activationSlot = 0
  private var banks: [Bank]
  private var groups: [Group]
  private var lastActivation = Self.never
  /// The last four activations, by turns.
  private var activations4 = [Int](repeating: Self.never, count: 4)
  private var lastRead = Self.never
  private var lastWrite = Self.never
  /// The last column commands, `queueDepth` of them, by turns.
  private var columns: [Int]
  /// Accesses so far.
  private(set) var count = 0
  /// Activations so far.
  private(set) var activations = 0
  /// The first and the last column command.
  private(set) var firstColumn = 0
  private(set) var lastColumn = 0

  /// Long before the first cycle.
  static let never = -(1 << 40)

  struct Bank: Hashable, Sendable {
    /// The open row; −1 if there is none.
    var row = -1
    var activation = ChannelSchedule.never
    var lastRead = ChannelSchedule.never
    var lastWrite = ChannelSchedule.never
  }

  struct Group: Hashable, Sendable {
    var activation = ChannelSchedule.never
    var lastRead = ChannelSchedule.never
    var lastWrite = ChannelSchedule.never
  }

  init(
    _ timings: DRAMTimings, banks: Int, groups: Int, queueDepth: Int, reorders: Bool = false
  ) {
    self.reorders = reorders
    self.timings = timings
    self.queueDepth = queueDepth
    self.banks = [Bank](repeating: Bank(), count: banks)
    self.groups = [Group](repeating: Group(), count: groups)
    columns = [Int](repeating: -1, count: queueDepth)
  }

  /// Cycles from the first column command to the end of the last data.
  var busCycles: Int {
    if count == 0 { return 0 }
    // With `reorders` several accesses may wait for one bank at the end.
    return max(lastColumn - firstColumn, (count - 1) * timings.tCCDShort) + timings.burst
  }

  /// Runs the next access; returns the cycle of its column command.
  @discardableResult
  mutating func access(_ place: AddressMap.Place, isWrite: Bool) -> Int {
    let entry = columns[count % queueDepth] + 1
    if banks[place.bank].row != place.row { open(place, from: entry) }
    let opened = banks[place.bank].activation
    var time = max(entry, opened + (isWrite ? timings.tRCDWrite : timings.tRCDRead))
    let group = groups[place.group]
    if reorders {
      busSlot = max(busSlot, entry)
      time = max(time, busSlot)
      busSlot += timings.tCCDShort
      record(time, place, isWrite)
      return time
    }
    if isWrite {
      time = max(time, lastWrite + timings.tCCDShort, group.lastWrite + timings.tCCDLong)
      time = max(time, lastRead + timings.tRTW)
    } else {
      time = max(time, lastRead + timings.tCCDShort, group.lastRead + timings.tCCDLong)
      let data = timings.tCWL + timings.burst
      time = max(time, lastWrite + data + timings.tWTRShort)
      time = max(time, group.lastWrite + data + timings.tWTRLong)
    }
    // Commands stay in order.
    time = max(time, max(lastRead, lastWrite) + 1)
    record(time, place, isWrite)
    return time
  }

  /// Precharges the bank if it has another row open, and activates the row.
  private mutating func open(_ place: AddressMap.Place, from entry: Int) {
    let bank = banks[place.bank]
    var time = entry
    if bank.row >= 0 {
      time = max(time, bank.activation + timings.tRAS, bank.lastRead + timings.tRTP)
      time = max(time, bank.lastWrite + timings.tCWL + timings.burst + timings.tWR)
      time += timings.tRP
    }
    if reorders {
      activationSlot = max(activationSlot, entry)
      time = max(time, activationSlot)
      activationSlot += max(timings.tRRDShort, timings.tFAW.dividedRoundingUp(by: 4))
      note(time, place)
      return
    }
    time = max(time, lastActivation + timings.tRRDShort)
    time = max(time, groups[place.group].activation + timings.tRRDLong)
    time = max(time, activations4[activations % 4] + timings.tFAW)
    note(time, place)
  }

  private mutating func note(_ time: Int, _ place: AddressMap.Place) {
    banks[place.bank].row = place.row
    banks[place.bank].activation = time
    groups[place.group].activation = time
    lastActivation = time
    activations4[activations % 4] = time
    activations += 1
  }

  private mutating func record(_ time: Int, _ place: AddressMap.Place, _ isWrite: Bool) {
    if isWrite {
      lastWrite = time
      banks[place.bank].lastWrite = time
      groups[place.group].lastWrite = time
    } else {
      lastRead = time
      banks[place.bank].lastRead = time
      groups[place.group].lastRead = time
    }
    columns[count % queueDepth] = time
    firstColumn = count == 0 ? time : min(firstColumn, time)
    lastColumn = max(lastColumn, time)
    count += 1
  }

  /// Counts open rows from another row on, when periods of a regular pattern are left out.
  mutating func shiftRows(by rows: Int) {
    for index in banks.indices where banks[index].row >= 0 { banks[index].row += rows }
  }

  /// The state seen from the last column command, rows counted from `row`: two equal ones go on alike
  /// if their accesses do.
  func relative(toRow row: Int) -> [Int] {
    // Times far back no longer bind; all of them count as one. A row may be opened for an access as
    // soon as it is in the queue, thus before the last column command.
    let horizon = timings.horizon + lastColumn - columns[count % queueDepth]
    func age(_ time: Int) -> Int { min(horizon, lastColumn - time) }
    var state: [Int] = []
    for bank in banks {
      state += [
        bank.row < 0 ? Int.min : bank.row - row, age(bank.activation), age(bank.lastRead),
        age(bank.lastWrite),
      ]
    }
    for group in groups {
      state += [age(group.activation), age(group.lastRead), age(group.lastWrite)]
    }
    state += [age(lastActivation), age(lastRead), age(lastWrite)]
    // In the order in which they will be looked at.
    for offset in 0..<4 { state.append(age(activations4[(activations + offset) % 4])) }
    for offset in 0..<queueDepth {
      state.append(lastColumn - columns[(count + offset) % queueDepth])
    }
    return state
  }
}

extension DRAMTimings {
  /// A time after which no earlier command binds any later one.
  var horizon: Int {
    tRC + tRAS + tFAW + tRTW + tCWL + burst + tWR + tWTRLong + tCCDLong + tRRDLong + tRCDRead
      + tRCDWrite
  }
}
