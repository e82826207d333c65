extension ProductTimeline {
  /// The slots of one operand.
  struct Slots {
    /// The slot of the step that comes next, and when its load ends; 0 if it was loaded before.
    var slot = 0
    var loadEnd = 0
    /// Loads so far; they go to the slots in turn.
    private(set) var loads = 0
    /// The last use of each slot, where there are two.
    var lastRead = SIMD2<Int>(0, 0)
    /// The slots of pieces with even and odd number.
    private var slotOfPiece = SIMD2<Int>(0, 0)
    /// When the slot of the coming load was free.
    private(set) var freeSince = 0

    /// Moves on to the next step's piece.
    mutating func next(piece: Int, isLoaded: Bool, slots: Int) {
      loadEnd = 0
      if isLoaded {
        slot = slots > 1 ? loads & 1 : 0
        freeSince = slots == 2 ? lastRead[slot] : 0
        slotOfPiece[piece & 1] = slot
        loads += 1
      } else {
        slot = slotOfPiece[piece & 1]
      }
    }

    mutating func read(slot: Int, end: Int) { lastRead[slot] = end }

    /// Where the next load goes.
    var parity: Int { loads & 1 }
  }

  /// Everything that one step leaves to the next.
  struct State {
    var clocks: UnitClocks
    var lhs = Slots()
    var rhs = Slots()
    /// When the vector unit last emptied each half of the accumulators.
    var emptied = SIMD2<Int>(0, 0)
    var half = 0
    /// When the last store from each output slot ended.
    var storeEnds = SIMD2<Int>(0, 0)
    var output = 0
    /// When the last operand of the last product entered the arrays, and its last result left.
    var fed = 0
    var drained = 0
    /// As `Result.exposed`.
    var exposed = SIMD2<Int>(0, 0)
    /// Cycles for which the matrix unit waited, by cause.
    var stalls = SIMD8<Int>(repeating: 0)

    init(copiesInFlight: Int) { clocks = UnitClocks(copiesInFlight: copiesInFlight) }
  }
}

extension ProductTimeline.State {
  /// Where things are in `times`.
  enum Layout {
    static let mxu = 0
    static let vpu = 1
    static let load = 2..<4
    static let store = 4..<6
    static let bus = 6
    static let slots = 7..<17
    static let arrays = 17..<19
    static let cmem = 19..<21
    static let ring = 21
  }

  /// Writes all points in time, in an order that does not depend on which slot is which.
  func write(to times: UnsafeMutableBufferPointer<Int>) {
    times[0] = clocks.free[ProgramUnit.mxu.rawValue]
    times[1] = clocks.free[ProgramUnit.vpu.rawValue]
    times[2] = clocks.free[ProgramUnit.dmaLoad.rawValue]
    times[3] = clocks.lastIssue[ProgramUnit.dmaLoad.rawValue]
    times[4] = clocks.free[ProgramUnit.dmaStore.rawValue]
    times[5] = clocks.lastIssue[ProgramUnit.dmaStore.rawValue]
    times[6] = clocks.busFree
    times[7] = lhs.lastRead[lhs.parity]
    times[8] = lhs.lastRead[1 - lhs.parity]
    times[9] = rhs.lastRead[rhs.parity]
    times[10] = rhs.lastRead[1 - rhs.parity]
    times[11] = emptied[half]
    times[12] = emptied[1 - half]
    times[13] = storeEnds[output]
    times[14] = storeEnds[1 - output]
    times[15] = lhs.loadEnd
    times[16] = rhs.loadEnd
    times[17] = fed
    times[18] = drained
    times[19] = clocks.free[ProgramUnit.dmaCMEM.rawValue]
    times[20] = clocks.lastIssue[ProgramUnit.dmaCMEM.rawValue]
    let queues = clocks.copyEnds.count
    var place = clocks.nextSlot
    for index in 0..<queues {
      times[Layout.ring + index] = clocks.copyEnds[place]
      place += 1
      if place == queues { place = 0 }
    }
  }

  /// The inverse of `write`.
  mutating func read(from times: UnsafeMutableBufferPointer<Int>) {
    clocks.free[ProgramUnit.mxu.rawValue] = times[0]
    clocks.free[ProgramUnit.vpu.rawValue] = times[1]
    clocks.free[ProgramUnit.dmaLoad.rawValue] = times[2]
    clocks.lastIssue[ProgramUnit.dmaLoad.rawValue] = times[3]
    clocks.free[ProgramUnit.dmaStore.rawValue] = times[4]
    clocks.lastIssue[ProgramUnit.dmaStore.rawValue] = times[5]
    clocks.busFree = times[6]
    lhs.lastRead[lhs.parity] = times[7]
    lhs.lastRead[1 - lhs.parity] = times[8]
    rhs.lastRead[rhs.parity] = times[9]
    rhs.lastRead[1 - rhs.parity] = times[10]
    emptied[half] = times[11]
    emptied[1 - half] = times[12]
    storeEnds[output] = times[13]
    storeEnds[1 - output] = times[14]
    lhs.loadEnd = times[15]
    rhs.loadEnd = times[16]
    fed = times[17]
    drained = times[18]
    clocks.free[ProgramUnit.dmaCMEM.rawValue] = times[19]
    clocks.lastIssue[ProgramUnit.dmaCMEM.rawValue] = times[20]
    let queues = clocks.copyEnds.count
    var place = clocks.nextSlot
    for index in 0..<queues {
      clocks.copyEnds[place] = times[Layout.ring + index]
      place += 1
      if place == queues { place = 0 }
    }
  }

  var timeCount: Int { Layout.ring + clocks.copyEnds.count }

  /// What is no point in time: which slot the next step reads, seen from the slot that is loaded
  /// next.
  var places: Int { (lhs.slot ^ lhs.parity) | (rhs.slot ^ rhs.parity) << 1 }
}
