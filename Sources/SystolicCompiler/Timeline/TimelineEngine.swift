internal import DeviceAPI
package import SystolicModel

/// Runs a program on the time axis: every unit, and the DRAM's bus, serves instructions in program
/// order, each as soon as what it waits for is there.
///
/// Loops are followed until their turns repeat, and the rest of them is multiplied out; so the cost
/// grows with the number of distinct tiles, not with that of tiles.
package final class TimelineEngine<Recorder: TimelineRecorder> {
  private(set) var program: Program
  let timing: ChipTiming
  package var recorder: Recorder
  /// Multiply repeated turns out; without it every tile is run.
  let compresses: Bool
  /// Cycles that the core takes at least because of VMEM's ports: the launch, then all their bytes.
  package private(set) var portCycles: Int

  private let timeBlock: UnsafeMutablePointer<Int>
  private let countBlock: UnsafeMutablePointer<Int>
  private let rateBlock: UnsafeMutablePointer<Double>
  private(set) var state: TimelineState
  /// What the tiles of the group that runs have in common.
  var loop: TileLoop
  private var histories: [LoopHistory]

  // By value: when all of it is in DRAM, when the last copy of it to VMEM has ended.
  private(set) var stored: [Int]
  private var lastLoad: [Int]
  /// For each copy of a value to a buffer that the host fetches: when the buffer is free.
  private(set) var resultFree: [Int]
  // By buffer: when what stays in it is there, and who brought it; and its last use.
  private var ready: [Int]
  private var readyCause: [StallCause]
  private(set) var lastUse: [Int]
  private(set) var floor = 0
  /// Sums below a column that the last group's tiles take.
  private var rowsBefore = 0
  /// A program of one group need not be followed once it must end after so many cycles; and cycles in
  /// which the group's tiles occupy the arrays.
  private var stop = (after: Int.max, arrayCycles: 0)
  private var isStopped = false

  package init(
    _ program: Program, _ timing: ChipTiming, recorder: Recorder, compresses: Bool = true
  ) {
    self.program = program
    self.timing = timing
    self.recorder = recorder
    self.compresses = compresses
    loop = TileLoop(room: TileLoop.Room(program))
    let counters = Recorder.counterCount(units: ProgramUnit.allCases.count)
    let capacity = TimelineState.capacity(
      timing, recorderTimes: Recorder.timeCount, streams: loop.room.streams,
      stores: loop.room.stores)
    timeBlock = .allocate(capacity: capacity)
    timeBlock.initialize(repeating: 0, count: capacity)
    let counts = UnitClocks.unitCount + counters
    countBlock = .allocate(capacity: counts)
    countBlock.initialize(repeating: 0, count: counts)
    rateBlock = .allocate(capacity: UnitClocks.portRateCount)
    rateBlock.initialize(repeating: 0, count: UnitClocks.portRateCount)
    state = TimelineState(
      times: timeBlock, portRates: rateBlock, counts: countBlock, timing,
      recorderTimes: Recorder.timeCount, recorderCounters: counters)
    histories = (0..<LoopNest.mostLevels).map { _ in
      LoopHistory(timeCapacity: capacity, countCapacity: counts)
    }
    stored = [Int](repeating: 0, count: program.values.count)
    lastLoad = stored
    resultFree = [Int](repeating: 0, count: program.outfeeds.count)
    ready = [Int](repeating: 0, count: program.buffers.count)
    readyCause = [StallCause](repeating: .dma, count: program.buffers.count)
    lastUse = ready
    portCycles = program.portCycles(timing)
  }

  /// Runs another program from now on, of as many values and buffers.
  ///
  /// - Returns: `false` if it needs more room.
  func adopt(_ other: Program) -> Bool {
    guard loop.room.holds(TileLoop.Room(other)), other.values.count == stored.count,
      other.buffers.count == ready.count, other.outfeeds.count == resultFree.count
    else { return false }
    program = other
    portCycles = other.portCycles(timing)
    return true
  }

  deinit {
    timeBlock.deallocate()
    countBlock.deallocate()
    rateBlock.deallocate()
    loop.deallocate()
    for history in histories { history.deallocate() }
  }

  /// The cycles from an execution's start to its end.
  ///
  /// - Parameters:
  ///   - machine: what the execution before left; becomes what this one leaves.
  ///   - previousEnds: by unit, its last busy cycle of the execution before, plus one.
  package func execute(_ machine: inout MachineState, previousEnds: [Int]? = nil) {
    floor = machine.boundary
    rowsBefore = 0
    state.clocks.start(at: floor, hostIn: machine.hostInFree, hostOut: machine.hostOutFree)
    state.emptied[0] = floor
    state.emptied[1] = floor
    state.enter(streams: 0, stores: 0)
    recorder.begin(
      state, previousEnds: previousEnds ?? Array(repeating: floor, count: UnitClocks.unitCount))
    for index in stored.indices { stored[index] = 0 }
    for index in lastLoad.indices { lastLoad[index] = Int.min }
    for index in ready.indices { (ready[index], lastUse[index]) = (0, 0) }
    launch(machine)
    for (index, infeed) in program.infeeds.enumerated() {
      // The link may run ahead of the execution, by as much as it is free.
      var time = InstructionTime()
      time.issue = .min / 4
      time.wait(until: machine.infeeds[index].before, .memorySpace)
      recorder.enter(op: infeed.op, unit: .hostIn, state)
      state.clocks.run(&time, on: .hostIn, infeed.duration)
      recorder.record(
        .hostIn, op: infeed.op, value: infeed.value ?? -1, time, infeed.duration, state)
      if let value = infeed.value { stored[value] = time.end }
    }
    for index in program.groups.indices { run(index) }
    var fetched = [Int](repeating: floor, count: program.outfeeds.count)
    for (index, outfeed) in program.outfeeds.enumerated() {
      fetched[index] = fetch(outfeed)
      // What the host sends and fetches again is in use until it has it.
      if let value = outfeed.value { lastLoad[value] = max(lastLoad[value], fetched[index]) }
    }
    machine.advance(self, launchEnd: floor, fetched: fetched)
  }

  private func launch(_ machine: MachineState) {
    var time = InstructionTime()
    time.issue = floor
    for (index, outfeed) in program.outfeeds.enumerated() {
      resultFree[index] = machine.outfeeds[index].before
      // A result that nothing stores holds the whole program back.
      if !outfeed.isStored { time.wait(until: resultFree[index], .memorySpace) }
    }
    recorder.enter(op: 0, unit: .sequencer, state)
    state.clocks.run(&time, on: .sequencer, timing.launch)
    recorder.launched(at: time.end)
    recorder.record(.sequencer, op: 0, value: -1, time, timing.launch, state)
    floor = time.end
  }

  private func fetch(_ outfeed: HostTransfer) -> Int {
    var time = InstructionTime()
    time.wait(until: floor, .launch)
    if let value = outfeed.value { time.wait(until: stored[value], .dma) }
    recorder.enter(op: outfeed.op, unit: .hostOut, state)
    state.clocks.run(&time, on: .hostOut, outfeed.duration)
    recorder.record(
      .hostOut, op: outfeed.op, value: outfeed.value ?? -1, time, outfeed.duration, state)
    return time.end
  }

  /// When the last copy of a value to VMEM, or else to the host, ended.
  func lastLoad(of value: Int) -> Int? { lastLoad[value] == Int.min ? nil : lastLoad[value] }

  /// The end of the last instruction of the first execution; `nil` if it is after so many cycles.
  ///
  /// - Parameters:
  ///   - limit: for a program of one group.
  ///   - arrayCycles: in which the group's tiles occupy the arrays.
  func coldCycles(limit: Int = .max, arrayCycles: Int = 0) -> Int? {
    stop = (limit, arrayCycles)
    isStopped = false
    defer { stop = (.max, 0) }
    var machine = MachineState(program)
    execute(&machine)
    if isStopped { return nil }
    let cycles = max(portCycles, lastEnds.reduce(0, max))
    return cycles > limit ? nil : cycles
  }

  // MARK: Groups

  /// An instruction that nothing but the launch holds back yet.
  @inline(__always)
  var launched: InstructionTime {
    var time = InstructionTime()
    (time.issue, time.cause) = (floor, .launch)
    return time
  }

  private func acquired(_ buffer: Int) -> Int {
    var cycle = 0
    for other in program.predecessors[buffer] { cycle = max(cycle, lastUse[other]) }
    return cycle
  }

  func load(_ load: WholeLoad) {
    var time = launched
    time.wait(until: stored[load.value], .dma)
    time.wait(until: acquired(load.buffer), .memorySpace)
    state.clocks.copy(&time, on: load.unit, load.duration)
    recorder.touch(load.buffer, at: time.issue)
    recorder.record(load.unit, op: load.op, value: load.value, time, load.duration, state)
    ready[load.buffer] = time.end
    readyCause[load.buffer] = .dma
    lastUse[load.buffer] = time.end
    lastLoad[load.value] = max(lastLoad[load.value], time.end)
  }

  private func run(_ index: Int) {
    let group = program.groups[index]
    recorder.enter(op: group.op, unit: program.ops[group.op].unit, state)
    for load in group.loadsBefore { self.load(load) }
    loop.enter(group, at: index)
    state.enter(streams: loop.streamCount, stores: loop.storeCount)
    prepare(group)
    loop.edges = group.program.nest.firstEdges
    loadParts(loop.edges)
    commitLoads()
    turns(level: 0, work: stop.arrayCycles, workLeft: 0)
    finish(group)
  }

  private func prepare(_ group: ProgramGroup) {
    let program = group.program
    for index in 0..<loop.streamCount {
      let times = state.stream(index)
      let free = acquired(loop.streams[index].buffer)
      (times[1], times[2]) = (free, free)
    }
    for (index, input) in program.problem.inputs.enumerated() where input.place == .vmem {
      let buffer = group.inputs[index].buffer
      if input.role == .lhs || input.role == .rhs {
        if ready[buffer] > loop.operands.ready {
          loop.operands = (ready[buffer], readyCause[buffer])
        }
      } else if ready[buffer] > loop.inputs.ready {
        loop.inputs = (ready[buffer], readyCause[buffer])
      }
    }
    for (index, output) in program.problem.outputs.enumerated() {
      let free = acquired(group.outputs[index].buffer)
      if output.place == .vmem {
        loop.outputsFree = max(loop.outputsFree, free)
      } else if let store = program.stores.firstIndex(where: { $0.output == index }) {
        let times = state.store(store, streams: loop.streamCount)
        (times[0], times[1]) = (free, free)
      }
    }
    if let buffer = group.spillBuffer {
      let free = acquired(buffer)
      for index in 2..<6 { spillTimes[index] = free }
      loop.outputsFree = max(loop.outputsFree, free)
    }
    // The first tile may fill the accumulators beside the last one of the group before only where
    // both fit.
    if program.hasProduct {
      let capacity = timing.mxu.array(for: program.problem.operandType).accumulatorRows
      if rowsBefore + program.sumRows > capacity { state.emptied[0] = state.emptied[1] }
      if !loop.hasTwoHalves { state.emptied[0] = max(state.emptied[0], state.emptied[1]) }
      rowsBefore = program.sumRows
    }
  }

  private func finish(_ group: ProgramGroup) {
    let program = group.program
    for index in 0..<loop.streamCount {
      let times = state.stream(index)
      let (value, buffer) = (loop.streams[index].value, loop.streams[index].buffer)
      lastUse[buffer] = max(times[0], times[1], times[2])
      lastLoad[value] = max(lastLoad[value], times[0])
    }
    for (index, input) in program.problem.inputs.enumerated() where input.place == .vmem {
      let end = input.role == .lhs || input.role == .rhs ? loop.lastMatmul : loop.lastVector
      let buffer = group.inputs[index].buffer
      lastUse[buffer] = max(lastUse[buffer], end)
    }
    for (index, output) in program.problem.outputs.enumerated() where output.place == .vmem {
      let buffer = group.outputs[index].buffer
      ready[buffer] = loop.lastVector
      readyCause[buffer] = .vectorUnit
      lastUse[buffer] = max(lastUse[buffer], loop.lastVector)
    }
    for index in program.stores.indices {
      let times = state.store(index, streams: loop.streamCount)
      let place = group.outputs[program.stores[index].output]
      if program.stores[index].copies > 0 { stored[place.value] = times[1] }
      lastUse[place.buffer] = max(lastUse[place.buffer], loop.lastVector, times[1])
    }
    if let buffer = group.spillBuffer {
      lastUse[buffer] = max(loop.lastVector, spillTimes[1], spillTimes[5])
    }
  }

  // MARK: Loops

  /// Runs a loop. Its first turn may load what later ones find, and the last two run or load a last
  /// tile, which may be smaller; the turns between do the same things.
  ///
  /// - Parameters:
  ///   - work: cycles in which the loop's tiles occupy the arrays at least.
  ///   - workLeft: the same of all tiles after the loop.
  private func turns(level: Int, work: Int, workLeft: Int) {
    if level == loop.depth {
      step()
      return
    }
    let count = loop.counts[level]
    // No turn but the last has less work than the others.
    let workOfTurn = work / count
    let skips = compresses && count >= 7
    if skips { histories[level].reset() }
    var turn = 0
    while turn < count {
      loop.position[level] = turn
      let left = workLeft + max(0, count - turn - 2) * workOfTurn
      turns(level: level + 1, work: turn < count - 1 ? workOfTurn : 0, workLeft: left)
      if state.clocks.free(.mxu) > stop.after - left { isStopped = true }
      if isStopped { return }
      if skips && turn >= 1 && turn <= count - 3 {
        let skipped = histories[level].skip(state, turnsLeft: count - 3 - turn)
        if skipped > 0 { loop.catchUp(state.clocks) }
        turn += skipped
      }
      turn += 1
    }
  }
}
