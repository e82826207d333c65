internal import DeviceAPI

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
  private let counterBlock: UnsafeMutablePointer<Int>
  private let rateBlock: UnsafeMutablePointer<Double>
  /// For each stream, the end of a load for the next tile; `Int.min` for none.
  private let pending: UnsafeMutablePointer<Int>
  private(set) var state: TimelineState
  private let mostStreams: Int
  private let mostStores: Int
  private var histories = [LoopHistory](repeating: LoopHistory(), count: LoopNest.mostLevels)

  // By value: when all of it is in DRAM, when the last copy of it to VMEM has ended.
  private var stored: [Int]
  private var lastLoad: [Int]
  /// For each copy of a value to a buffer that the host fetches: when the buffer is free.
  private var resultFree: [Int]
  // By buffer: when what stays in it is there, and who brought it; and its last use.
  private var ready: [Int]
  private var readyCause: [StallCause]
  private(set) var lastUse: [Int]
  private var floor = 0
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
    let streams = program.groups.reduce(0) { max($0, $1.program.streams.count) }
    let stores = program.groups.reduce(0) { max($0, $1.program.stores.count) }
    (mostStreams, mostStores) = (streams, stores)
    let counters = Recorder.counterCount(units: ProgramUnit.allCases.count)
    let capacity = TimelineState.capacity(
      timing, recorderTimes: Recorder.timeCount, streams: streams, stores: stores)
    timeBlock = .allocate(capacity: capacity)
    timeBlock.initialize(repeating: 0, count: capacity)
    counterBlock = .allocate(capacity: max(1, counters))
    counterBlock.initialize(repeating: 0, count: max(1, counters))
    rateBlock = .allocate(capacity: UnitClocks.portRateCount)
    rateBlock.initialize(repeating: 0, count: UnitClocks.portRateCount)
    pending = .allocate(capacity: max(1, streams))
    pending.initialize(repeating: Int.min, count: max(1, streams))
    state = TimelineState(
      times: timeBlock, portRates: rateBlock, counters: counterBlock, timing,
      recorderTimes: Recorder.timeCount, recorderCounters: counters)
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
    let streams = other.groups.reduce(0) { max($0, $1.program.streams.count) }
    let stores = other.groups.reduce(0) { max($0, $1.program.stores.count) }
    guard streams <= mostStreams, stores <= mostStores, other.values.count == stored.count,
      other.buffers.count == ready.count, other.outfeeds.count == resultFree.count
    else { return false }
    program = other
    portCycles = other.portCycles(timing)
    return true
  }

  deinit {
    timeBlock.deallocate()
    counterBlock.deallocate()
    rateBlock.deallocate()
    pending.deallocate()
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
    recorder.begin(state, previousEnds: previousEnds ?? Array(repeating: floor, count: 8))
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
      recorder.record(.hostIn, op: infeed.op, time, infeed.duration, state)
      if let value = infeed.value { stored[value] = time.end }
    }
    for group in program.groups { run(group) }
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
    recorder.record(.sequencer, op: 0, time, timing.launch, state)
    floor = time.end
  }

  private func fetch(_ outfeed: HostTransfer) -> Int {
    var time = InstructionTime()
    time.wait(until: floor, .launch)
    if let value = outfeed.value { time.wait(until: stored[value], .dma) }
    recorder.enter(op: outfeed.op, unit: .hostOut, state)
    state.clocks.run(&time, on: .hostOut, outfeed.duration)
    recorder.record(.hostOut, op: outfeed.op, time, outfeed.duration, state)
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
  private var launched: InstructionTime {
    var time = InstructionTime()
    (time.issue, time.cause) = (floor, .launch)
    return time
  }

  private func acquired(_ buffer: Int) -> Int {
    var cycle = 0
    for other in program.predecessors[buffer] { cycle = max(cycle, lastUse[other]) }
    return cycle
  }

  private func load(_ load: WholeLoad, op: Int) {
    var time = launched
    time.wait(until: stored[load.value], .dma)
    time.wait(until: acquired(load.buffer), .memorySpace)
    state.clocks.copy(&time, on: load.unit, load.duration)
    recorder.touch(load.buffer, at: time.issue)
    recorder.record(load.unit, op: op, time, load.duration, state)
    ready[load.buffer] = time.end
    readyCause[load.buffer] = .dma
    lastUse[load.buffer] = time.end
    lastLoad[load.value] = max(lastLoad[load.value], time.end)
  }

  /// What one group's tiles have in common.
  private struct Frame {
    let group: ProgramGroup
    let streamCount: Int
    let storeCount: Int
    /// When operands that stay are there, for the arrays and for the vector unit; and who brought
    /// them.
    var operands = (ready: 0, cause: StallCause.dma)
    var inputs = (ready: 0, cause: StallCause.dma)
    /// When the memory of outputs that stay is free.
    var outputsFree = 0
    var lastMatmul = 0
    var lastVector = 0
    var hasTwoHalves: Bool
    var position = SIMD8<Int32>(repeating: 0)
    var edges: LoopEdges = 0
  }

  private func run(_ group: ProgramGroup) {
    let program = group.program
    recorder.enter(op: group.op, unit: self.program.ops[group.op].unit, state)
    for load in group.loadsBefore { self.load(load, op: group.op) }
    var frame = Frame(
      group: group, streamCount: program.streams.count, storeCount: program.stores.count,
      hasTwoHalves: program.mapping.hasTwoHalves)
    state.enter(streams: frame.streamCount, stores: frame.storeCount)
    prepare(&frame)
    frame.edges = program.nest.edges(frame.position)
    loadParts(frame, frame.edges)
    commitLoads(frame)
    turns(&frame, level: 0, work: stop.arrayCycles, workLeft: 0)
    finish(frame)
  }

  private func prepare(_ frame: inout Frame) {
    let group = frame.group
    let program = group.program
    for index in program.streams.indices {
      let times = state.stream(index)
      let free = acquired(group.inputs[program.streams[index].input].buffer)
      (times[1], times[2]) = (free, free)
    }
    for (index, input) in program.problem.inputs.enumerated() where input.place == .vmem {
      let buffer = group.inputs[index].buffer
      if input.role == .lhs || input.role == .rhs {
        if ready[buffer] > frame.operands.ready {
          frame.operands = (ready[buffer], readyCause[buffer])
        }
      } else if ready[buffer] > frame.inputs.ready {
        frame.inputs = (ready[buffer], readyCause[buffer])
      }
    }
    for (index, output) in program.problem.outputs.enumerated() {
      let free = acquired(group.outputs[index].buffer)
      if output.place == .vmem {
        frame.outputsFree = max(frame.outputsFree, free)
      } else if let store = program.stores.firstIndex(where: { $0.output == index }) {
        let times = state.store(store, streams: frame.streamCount)
        (times[0], times[1]) = (free, free)
      }
    }
    if let buffer = group.spillBuffer {
      let free = acquired(buffer)
      let times = state.spill(streams: frame.streamCount, stores: frame.storeCount)
      for index in 2..<6 { times[index] = free }
      frame.outputsFree = max(frame.outputsFree, free)
    }
    // The first tile may fill the accumulators beside the last one of the group before only where
    // both fit.
    if program.hasProduct {
      let capacity = timing.mxu.array(for: program.problem.operandType).accumulatorRows
      if rowsBefore + program.sumRows > capacity { state.emptied[0] = state.emptied[1] }
      if !frame.hasTwoHalves { state.emptied[0] = max(state.emptied[0], state.emptied[1]) }
      rowsBefore = program.sumRows
    }
  }

  private func finish(_ frame: Frame) {
    let group = frame.group
    let program = group.program
    for index in program.streams.indices {
      let times = state.stream(index)
      let place = group.inputs[program.streams[index].input]
      lastUse[place.buffer] = max(times[0], times[1], times[2])
      lastLoad[place.value] = max(lastLoad[place.value], times[0])
    }
    for (index, input) in program.problem.inputs.enumerated() where input.place == .vmem {
      let end = input.role == .lhs || input.role == .rhs ? frame.lastMatmul : frame.lastVector
      let buffer = group.inputs[index].buffer
      lastUse[buffer] = max(lastUse[buffer], end)
    }
    for (index, output) in program.problem.outputs.enumerated() where output.place == .vmem {
      let buffer = group.outputs[index].buffer
      ready[buffer] = frame.lastVector
      readyCause[buffer] = .vectorUnit
      lastUse[buffer] = max(lastUse[buffer], frame.lastVector)
    }
    for index in program.stores.indices {
      let times = state.store(index, streams: frame.streamCount)
      let place = group.outputs[program.stores[index].output]
      if program.stores[index].copies > 0 { stored[place.value] = times[1] }
      lastUse[place.buffer] = max(lastUse[place.buffer], frame.lastVector, times[1])
    }
    if let buffer = group.spillBuffer {
      let times = state.spill(streams: frame.streamCount, stores: frame.storeCount)
      lastUse[buffer] = max(frame.lastVector, times[1], times[5])
    }
  }

  // MARK: Loops

  /// Runs a loop. Its first turn may load what later ones find, and the last two run or load a last
  /// tile, which may be smaller; the turns between do the same things.
  ///
  /// - Parameters:
  ///   - work: cycles in which the loop's tiles occupy the arrays at least.
  ///   - workLeft: the same of all tiles after the loop.
  private func turns(_ frame: inout Frame, level: Int, work: Int, workLeft: Int) {
    let nest = frame.group.program.nest
    if level == nest.depth {
      step(&frame)
      return
    }
    let count = Int(nest.counts[level])
    // No turn but the last has less work than the others.
    let workOfTurn = work / count
    let skips = compresses && count >= 7
    if skips { histories[level].reset(times: state.timeCount, counters: state.counterCount) }
    var turn = 0
    while turn < count {
      frame.position[level] = Int32(truncatingIfNeeded: turn)
      let left = workLeft + max(0, count - turn - 2) * workOfTurn
      turns(&frame, level: level + 1, work: turn < count - 1 ? workOfTurn : 0, workLeft: left)
      if state.clocks.free(.mxu) > stop.after - left { isStopped = true }
      if isStopped { return }
      if skips && turn >= 1 && turn <= count - 3 {
        let skipped = histories[level].skip(&state, turnsLeft: count - 3 - turn)
        if skipped > 0 { catchUp(&frame) }
        turn += skipped
      }
      turn += 1
    }
  }

  /// The ends of the last product and the last vector instruction, after turns were left out.
  private func catchUp(_ frame: inout Frame) {
    frame.lastMatmul = max(frame.lastMatmul, state.clocks.lastEnd(.mxu))
    frame.lastVector = max(frame.lastVector, state.clocks.lastEnd(.vpu))
  }

  // MARK: Tiles

  private func step(_ frame: inout Frame) {
    let program = frame.group.program
    let edges = frame.edges
    var next = frame.position
    var nextEdges = edges
    let hasNext = program.nest.advance(&next, &nextEdges)
    if hasNext {
      loadParts(frame, nextEdges)
    } else {
      for load in frame.group.loadsAfter { self.load(load, op: frame.group.op) }
    }
    let begins = edges & program.firstBlock == program.firstBlock
    let completes = edges & program.lastBlock == program.lastBlock
    let spills = program.spill != nil
    // Sums of the next tile are put back while the arrays work on this one, into the other half.
    let putsNext = spills && hasNext && nextEdges & program.firstBlock != program.firstBlock
    let isEarly = putsNext && frame.hasTwoHalves && program.spill?.isInDRAM == false
    var sums = 0
    let kind = program.tiles.masks.kind(edges)
    let result = kind & GroupProgram.withoutBlock
    let putEnd = spills && !begins ? spillTimes(frame)[0] : 0
    if isEarly { putSums(frame, nextEdges) }
    if program.hasProduct { sums = multiply(&frame, kind, putEnd: putEnd) }
    if completes {
      compute(&frame, result, sums: sums, isLast: !hasNext)
    } else if spills {
      takeSums(&frame, result, sums: sums)
    }
    if putsNext && !isEarly { putSums(frame, nextEdges) }
    commitLoads(frame)
    frame.edges = nextEdges
  }

  private func spillTimes(_ frame: Frame) -> UnsafeMutablePointer<Int> {
    state.spill(streams: frame.streamCount, stores: frame.storeCount)
  }

  /// Loads what a tile needs and no slot holds.
  @inline(__always)
  private func loadParts(_ frame: Frame, _ edges: LoopEdges) {
    let group = frame.group
    group.program.streams.withUnsafeBufferPointer { streams in
      for index in streams.indices {
        guard edges & streams[index].loadEdges == streams[index].loadEdges else { continue }
        let duration = streams[index].durations[streams[index].sizes.masks.kind(edges)]
        guard duration.work > 0 else { continue }
        let times = state.stream(index)
        let place = group.inputs[streams[index].input]
        var time = launched
        time.wait(until: stored[place.value], .dma)
        time.wait(until: times[2], .memorySpace)
        state.clocks.copy(&time, on: streams[index].unit, duration)
        recorder.touch(place.buffer, at: time.issue)
        recorder.record(streams[index].unit, op: group.op, time, duration, state)
        pending[index] = time.end
      }
    }
    guard let spill = group.program.spill, spill.isInDRAM,
      edges & group.program.firstBlock != group.program.firstBlock
    else { return }
    // What the store before the last one, and all before it, left is complete in DRAM.
    let times = spillTimes(frame)
    let duration = spill.load[group.program.tiles.masks.kind(edges) & GroupProgram.withoutBlock]
    var time = launched
    time.wait(until: times[4], .dma)
    time.wait(until: times[2], .memorySpace)
    state.clocks.copy(&time, on: .dmaLoad, duration)
    recorder.record(.dmaLoad, op: group.op, time, duration, state)
    times[1] = time.end
  }

  /// The parts that were loaded for the next tile take the place of those in use.
  @inline(__always)
  private func commitLoads(_ frame: Frame) {
    for index in 0..<frame.streamCount where pending[index] != Int.min {
      let times = state.stream(index)
      times[0] = pending[index]
      if !frame.group.program.streams[index].keepsAll {
        times[2] = times[1]
        times[1] = 0
      }
      pending[index] = Int.min
    }
  }

  /// Waits for the inputs that the arrays, or the vector unit, read.
  @inline(__always)
  private func waitForParts(
    _ time: inout InstructionTime, _ frame: Frame, operands: Bool
  ) {
    frame.group.program.streams.withUnsafeBufferPointer { streams in
      for index in streams.indices where streams[index].isOperand == operands {
        time.wait(until: state.stream(index)[0], .dma)
      }
    }
    let staying = operands ? frame.operands : frame.inputs
    time.wait(until: staying.ready, staying.cause)
  }

  @inline(__always)
  private func markParts(_ frame: Frame, operands: Bool, usedUntil end: Int) {
    frame.group.program.streams.withUnsafeBufferPointer { streams in
      for index in streams.indices where streams[index].isOperand == operands {
        state.stream(index)[1] = max(state.stream(index)[1], end)
      }
    }
  }

  private func multiply(_ frame: inout Frame, _ kind: Int, putEnd: Int) -> Int {
    let program = frame.group.program
    let duration = program.matmul[kind]
    var time = launched
    waitForParts(&time, frame, operands: true)
    time.wait(until: putEnd, .vectorUnit)
    time.wait(until: state.emptied[frame.hasTwoHalves ? 0 : 1], .memorySpace)
    state.clocks.multiply(&time, duration)
    recorder.record(.mxu, op: frame.group.op, time, duration, state)
    markParts(frame, operands: true, usedUntil: time.end)
    frame.lastMatmul = max(frame.lastMatmul, time.end)
    return time.end
  }

  /// The vector unit takes the tile's sums, if it has any, and writes the results.
  private func compute(_ frame: inout Frame, _ kind: Int, sums: Int, isLast: Bool) {
    let group = frame.group
    let program = group.program
    let duration = program.vector[kind]
    var time = launched
    waitForParts(&time, frame, operands: false)
    time.wait(until: sums, .matrixUnit)
    time.wait(until: frame.outputsFree, .memorySpace)
    for index in program.stores.indices where program.stores[index].slots > 0 {
      let times = state.store(index, streams: frame.streamCount)
      time.wait(until: times[program.stores[index].slots > 1 ? 0 : 1], .memorySpace)
    }
    state.clocks.run(&time, on: .vpu, duration)
    recorder.record(.vpu, op: group.op, time, duration, state)
    for output in group.outputs { recorder.touch(output.buffer, at: time.issue) }
    markParts(frame, operands: false, usedUntil: time.end)
    frame.lastVector = max(frame.lastVector, time.end)
    if program.hasProduct { emptied(until: time.end) }
    for index in program.stores.indices where isLast || !program.stores[index].isWhole {
      store(frame, index, kind, after: time.end)
    }
  }

  /// The accumulators of a tile are free again.
  private func emptied(until end: Int) {
    state.emptied[0] = state.emptied[1]
    state.emptied[1] = end
  }

  private func store(_ frame: Frame, _ index: Int, _ kind: Int, after cycle: Int) {
    let group = frame.group
    group.program.stores.withUnsafeBufferPointer { stores in
      let duration = stores[index].durations[stores[index].isWhole ? 0 : kind]
      let times = state.store(index, streams: frame.streamCount)
      var end = cycle
      for copy in 0..<stores[index].copies where duration.work > 0 {
        var time = launched
        time.wait(until: cycle, .vectorUnit)
        let fetched = group.fetched[index][copy]
        if fetched >= 0 { time.wait(until: resultFree[fetched], .memorySpace) }
        state.clocks.copy(&time, on: stores[index].unit, duration)
        recorder.record(stores[index].unit, op: group.op, time, duration, state)
        end = time.end
      }
      times[0] = times[1]
      times[1] = end
    }
  }

  // MARK: Sums that wait

  private func takeSums(_ frame: inout Frame, _ kind: Int, sums: Int) {
    guard let spill = frame.group.program.spill else { return }
    let times = spillTimes(frame)
    var time = launched
    time.wait(until: sums, .matrixUnit)
    time.wait(until: spill.isInDRAM ? times[4] : frame.outputsFree, .memorySpace)
    state.clocks.run(&time, on: .vpu, spill.take[kind])
    recorder.record(.vpu, op: frame.group.op, time, spill.take[kind], state)
    if let buffer = frame.group.spillBuffer { recorder.touch(buffer, at: time.issue) }
    frame.lastVector = max(frame.lastVector, time.end)
    emptied(until: time.end)
    guard spill.isInDRAM else { return }
    var store = launched
    store.wait(until: time.end, .vectorUnit)
    state.clocks.copy(&store, on: .dmaStore, spill.store[kind])
    recorder.record(.dmaStore, op: frame.group.op, store, spill.store[kind], state)
    times[4] = times[5]
    times[5] = store.end
  }

  private func putSums(_ frame: Frame, _ edges: LoopEdges) {
    let program = frame.group.program
    guard let spill = program.spill else { return }
    let duration = spill.put[program.tiles.masks.kind(edges) & GroupProgram.withoutBlock]
    let times = spillTimes(frame)
    var time = launched
    if spill.isInDRAM { time.wait(until: times[1], .dma) }
    state.clocks.run(&time, on: .vpu, duration)
    recorder.record(.vpu, op: frame.group.op, time, duration, state)
    times[0] = time.end
    times[2] = times[3]
    times[3] = time.end
  }
}
