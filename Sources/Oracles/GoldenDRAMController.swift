package import SystolicModel

/// One DRAM channel and its controller, stepped cycle by cycle: the reference of `ChannelSchedule`.
///
/// Rows stay open. `queueDepth` accesses are known; one enters for each that left in the cycle
/// before. In a cycle the controller issues at most one column command, one activation, and any
/// precharges that are allowed, each only if every distance that `DRAMTimings` names is kept: plain
/// rules over lists of past commands. When a refresh is due, no access enters until the queue is
/// empty, the banks are precharged and the refresh is over (JEDEC allows to postpone it that long).
package struct GoldenDRAMController {
  /// Which access goes first.
  package enum Order {
    /// Column commands and activations in the order of the accesses.
    case inOrder
    /// The oldest access whose row is open goes first; a row stays open while one in the queue
    /// wants it (FR-FCFS, Rixner et al., ISCA 2000).
    case firstReady
  }

  /// One access of the channel: where, and which way.
  package struct Access: Hashable, Sendable {
    package var place: AddressMap.Place
    package var isWrite: Bool

    package init(place: AddressMap.Place, isWrite: Bool) {
      self.place = place
      self.isWrite = isWrite
    }
  }

  struct Bank {
    var row: Int?
    var activation: Int?
    var precharge: Int?
    var lastRead: Int?
    var lastWrite: Int?
  }

  struct Column {
    var time: Int
    var group: Int
    var isWrite: Bool
  }

  let timings: DRAMTimings
  let queueDepth: Int
  let order: Order
  let refreshes: Bool
  var banks: [Bank]
  var columns: [Column] = []
  package var activations: [(time: Int, group: Int)] = []
  var refreshEnd = 0
  package private(set) var refreshCount = 0
  /// The column command of each access.
  package private(set) var times: [Int]

  package init(
    _ timings: DRAMTimings, banks: Int, queueDepth: Int, order: Order, refreshes: Bool = false
  ) {
    self.timings = timings
    self.queueDepth = queueDepth
    self.order = order
    self.refreshes = refreshes
    self.banks = [Bank](repeating: Bank(), count: banks)
    times = []
  }

  /// Cycles from the first column command to the end of the last data.
  package var busCycles: Int {
    guard let first = times.min(), let last = times.max() else { return 0 }
    return last - first + timings.burst
  }

  /// Runs all accesses.
  package mutating func run(_ accesses: [Access]) {
    times = [Int](repeating: -1, count: accesses.count)
    var queue: [Int] = []
    var next = 0
    var done = 0
    var cycle = 0
    while done < accesses.count {
      let isDue = refreshes && cycle >= (refreshCount + 1) * timings.tREFI
      if isDue && queue.isEmpty {
        refresh(from: cycle)
      } else if !isDue && cycle >= refreshEnd {
        while queue.count < queueDepth && next < accesses.count {
          queue.append(next)
          next += 1
        }
      }
      let column = chooseColumn(queue, accesses, at: cycle)
      issueRowCommands(queue, accesses, at: cycle)
      if let column {
        issueColumn(accesses[queue[column]], at: cycle)
        times[queue[column]] = cycle
        queue.remove(at: column)
        done += 1
      }
      cycle += 1
    }
  }

  private mutating func issueColumn(_ access: Access, at cycle: Int) {
    columns.append(Column(time: cycle, group: access.place.group, isWrite: access.isWrite))
    if access.isWrite {
      banks[access.place.bank].lastWrite = cycle
    } else {
      banks[access.place.bank].lastRead = cycle
    }
  }

  /// Precharges all banks as soon as each may be, then refreshes.
  private mutating func refresh(from cycle: Int) {
    var ready = cycle
    for index in banks.indices where banks[index].row != nil {
      var time = cycle
      while !mayPrecharge(index, at: time) { time += 1 }
      banks[index].row = nil
      banks[index].precharge = time
      ready = max(ready, time + timings.tRP)
    }
    refreshEnd = ready + timings.tRFC
    refreshCount += 1
  }

  // MARK: Rules

  func isFar(_ earlier: Int?, _ distance: Int, at cycle: Int) -> Bool {
    earlier.map { cycle >= $0 + distance } ?? true
  }

  func mayPrecharge(_ bank: Int, at cycle: Int) -> Bool {
    let state = banks[bank]
    return isFar(state.activation, timings.tRAS, at: cycle)
      && isFar(state.lastRead, timings.tRTP, at: cycle)
      && isFar(state.lastWrite, timings.tCWL + timings.burst + timings.tWR, at: cycle)
  }

  func mayActivate(_ place: AddressMap.Place, at cycle: Int) -> Bool {
    let inGroup = activations.last { $0.group == place.group }?.time
    let fourBefore = activations.count >= 4 ? activations[activations.count - 4].time : nil
    return cycle >= refreshEnd
      && isFar(banks[place.bank].precharge, timings.tRP, at: cycle)
      && isFar(activations.last?.time, timings.tRRDShort, at: cycle)
      && isFar(inGroup, timings.tRRDLong, at: cycle)
      && isFar(fourBefore, timings.tFAW, at: cycle)
  }

  func mayAccess(_ access: Access, at cycle: Int) -> Bool {
    let bank = banks[access.place.bank]
    guard bank.row == access.place.row else { return false }
    guard
      isFar(
        bank.activation, access.isWrite ? timings.tRCDWrite : timings.tRCDRead, at: cycle)
    else { return false }
    // Nothing older than this many commands can bind.
    for column in columns.suffix(64) {
      let sameGroup = column.group == access.place.group
      let distance: Int
      switch (column.isWrite, access.isWrite) {
      case (false, false), (true, true):
        distance = sameGroup ? timings.tCCDLong : timings.tCCDShort
      case (false, true): distance = timings.tRTW
      case (true, false):
        distance =
          timings.tCWL + timings.burst + (sameGroup ? timings.tWTRLong : timings.tWTRShort)
      }
      if cycle < column.time + distance { return false }
    }
    return true
  }

  // MARK: Choices

  private func chooseColumn(_ queue: [Int], _ accesses: [Access], at cycle: Int) -> Int? {
    switch order {
    case .inOrder:
      guard let first = queue.first, mayAccess(accesses[first], at: cycle) else { return nil }
      return 0
    case .firstReady: return queue.firstIndex { mayAccess(accesses[$0], at: cycle) }
    }
  }

  private mutating func issueRowCommands(_ queue: [Int], _ accesses: [Access], at cycle: Int) {
    // The row that each bank will have open when the accesses before have been served.
    var claimed = [Int?](repeating: nil, count: banks.count)
    var mayActivateNow = true
    for index in queue {
      let place = accesses[index].place
      if let row = claimed[place.bank] {
        if row != place.row && order == .inOrder { mayActivateNow = false }
        continue
      }
      claimed[place.bank] = place.row
      if banks[place.bank].row == place.row { continue }
      if banks[place.bank].row != nil {
        let isWanted =
          order == .firstReady
          && queue.contains {
            accesses[$0].place.bank == place.bank
              && accesses[$0].place.row == banks[place.bank].row
          }
        if !isWanted && mayPrecharge(place.bank, at: cycle) {
          banks[place.bank].row = nil
          banks[place.bank].precharge = cycle
        }
        if order == .inOrder { mayActivateNow = false }
      } else if mayActivateNow && mayActivate(place, at: cycle) {
        banks[place.bank].row = place.row
        banks[place.bank].activation = cycle
        activations.append((cycle, place.group))
        mayActivateNow = false
      } else if order == .inOrder {
        mayActivateNow = false
      }
    }
  }
}
