internal import DeviceAPI

/// Tiles, one after another.
extension TimelineEngine {
  func step() {
    let edges = loop.edges
    let next = loop.nextEdges()
    if let next {
      loadParts(next)
    } else if loop.loadsAfter {
      for load in program.groups[loop.group].loadsAfter { self.load(load) }
    }
    let (begins, completes) = (loop.begins(edges), loop.completes(edges))
    // Sums of the next tile are put back while the arrays work on this one, into the other half.
    let putsNext = loop.spills && next.map { !loop.begins($0) } ?? false
    let isEarly = putsNext && loop.hasTwoHalves && !loop.spillsToDRAM
    var sums = 0
    let kind = loop.kind(edges)
    let result = kind & GroupProgram.withoutBlock
    let putEnd = loop.spills && !begins ? spillTimes[0] : 0
    if let next, isEarly { putSums(next) }
    if loop.hasProduct { sums = multiply(kind, putEnd: putEnd) }
    if completes {
      compute(result, sums: sums, isLast: next == nil)
    } else if loop.spills {
      takeSums(result, sums: sums)
    }
    if let next, putsNext && !isEarly { putSums(next) }
    commitLoads()
    if let next { loop.edges = next }
  }

  var spillTimes: UnsafeMutablePointer<Int> {
    state.spill(streams: loop.streamCount, stores: loop.storeCount)
  }

  /// Loads what a tile needs and no slot holds.
  @inline(__always)
  func loadParts(_ edges: LoopEdges) {
    for index in 0..<loop.streamCount {
      let stream = loop.streams + index
      guard edges & stream.pointee.loadEdges == stream.pointee.loadEdges else { continue }
      let duration = stream.pointee.durations + stream.pointee.masks.kind(edges)
      guard duration.pointee.work > 0 else { continue }
      var time = launched
      time.wait(until: stored[stream.pointee.value], .dma)
      time.wait(until: state.stream(index)[2], .memorySpace)
      state.clocks.copy(&time, on: stream.pointee.unit, duration.pointee)
      recorder.touch(stream.pointee.buffer, at: time.issue)
      recorder.record(
        stream.pointee.unit, op: loop.op, value: stream.pointee.value, time, duration.pointee, state
      )
      stream.pointee.pending = time.end
    }
    guard loop.spills, loop.spillsToDRAM, !loop.begins(edges) else { return }
    // What the store before the last one, and all before it, left is complete in DRAM.
    let times = spillTimes
    let duration = loop.spill.load + (loop.kind(edges) & GroupProgram.withoutBlock)
    var time = launched
    time.wait(until: times[4], .dma)
    time.wait(until: times[2], .memorySpace)
    state.clocks.copy(&time, on: .dmaLoad, duration.pointee)
    recorder.record(.dmaLoad, op: loop.op, value: -1, time, duration.pointee, state)
    times[1] = time.end
  }

  /// The parts that were loaded for the next tile take the place of those in use.
  @inline(__always)
  func commitLoads() {
    for index in 0..<loop.streamCount where loop.streams[index].pending != Int.min {
      let times = state.stream(index)
      times[0] = loop.streams[index].pending
      if !loop.streams[index].keepsAll {
        times[2] = times[1]
        times[1] = 0
      }
      loop.streams[index].pending = Int.min
    }
  }

  /// Waits for the inputs that the arrays, or the vector unit, read.
  @inline(__always)
  private func waitForParts(_ time: inout InstructionTime, operands: Bool) {
    for index in 0..<loop.streamCount where loop.streams[index].isOperand == operands {
      time.wait(until: state.stream(index)[0], .dma)
    }
    let staying = operands ? loop.operands : loop.inputs
    time.wait(until: staying.ready, staying.cause)
  }

  @inline(__always)
  private func markParts(operands: Bool, usedUntil end: Int) {
    for index in 0..<loop.streamCount where loop.streams[index].isOperand == operands {
      let times = state.stream(index)
      times[1] = max(times[1], end)
    }
  }

  @inline(__always)
  private func multiply(_ kind: Int, putEnd: Int) -> Int {
    let duration = loop.matmul + kind
    var time = launched
    waitForParts(&time, operands: true)
    time.wait(until: putEnd, .vectorUnit)
    time.wait(until: state.emptied[loop.hasTwoHalves ? 0 : 1], .memorySpace)
    state.clocks.multiply(&time, duration.pointee)
    recorder.record(.mxu, op: loop.op, value: -1, time, duration.pointee, state)
    markParts(operands: true, usedUntil: time.end)
    loop.lastMatmul = max(loop.lastMatmul, time.end)
    return time.end
  }

  /// The vector unit takes the tile's sums, if it has any, and writes the results.
  @inline(__always)
  private func compute(_ kind: Int, sums: Int, isLast: Bool) {
    let duration = loop.vector + kind
    var time = launched
    waitForParts(&time, operands: false)
    time.wait(until: sums, .matrixUnit)
    time.wait(until: loop.outputsFree, .memorySpace)
    for index in 0..<loop.storeCount where loop.stores[index].slots > 0 {
      let times = state.store(index, streams: loop.streamCount)
      time.wait(until: times[loop.stores[index].slots > 1 ? 0 : 1], .memorySpace)
    }
    state.clocks.run(&time, on: .vpu, duration.pointee)
    recorder.record(.vpu, op: loop.op, value: -1, time, duration.pointee, state)
    loop.forEachOutput { recorder.touch($0, at: time.issue) }
    markParts(operands: false, usedUntil: time.end)
    loop.lastVector = max(loop.lastVector, time.end)
    if loop.hasProduct { emptied(until: time.end) }
    for index in 0..<loop.storeCount where isLast || !loop.stores[index].isWhole {
      store(index, kind, after: time.end)
    }
  }

  /// The accumulators of a tile are free again.
  @inline(__always)
  private func emptied(until end: Int) {
    state.emptied[0] = state.emptied[1]
    state.emptied[1] = end
  }

  @inline(__always)
  private func store(_ index: Int, _ kind: Int, after cycle: Int) {
    let store = loop.stores + index
    let duration = store.pointee.durations + (store.pointee.isWhole ? 0 : kind)
    let times = state.store(index, streams: loop.streamCount)
    var end = cycle
    if duration.pointee.work > 0 {
      for copy in 0..<store.pointee.copies {
        var time = launched
        time.wait(until: cycle, .vectorUnit)
        if loop.isFetched { waitForHost(&time, store: index, copy) }
        state.clocks.copy(&time, on: store.pointee.unit, duration.pointee)
        recorder.record(
          store.pointee.unit, op: loop.op, value: store.pointee.value, time, duration.pointee, state
        )
        end = time.end
      }
    }
    times[0] = times[1]
    times[1] = end
  }

  /// Waits for the buffer of a result that the host fetches.
  private func waitForHost(_ time: inout InstructionTime, store: Int, _ copy: Int) {
    let fetched = program.groups[loop.group].fetched[store][copy]
    if fetched >= 0 { time.wait(until: resultFree[fetched], .memorySpace) }
  }

  // MARK: Sums that wait

  private func takeSums(_ kind: Int, sums: Int) {
    let times = spillTimes
    let duration = loop.spill.take + kind
    var time = launched
    time.wait(until: sums, .matrixUnit)
    time.wait(until: loop.spillsToDRAM ? times[4] : loop.outputsFree, .memorySpace)
    state.clocks.run(&time, on: .vpu, duration.pointee)
    recorder.record(.vpu, op: loop.op, value: -1, time, duration.pointee, state)
    if let buffer = loop.spillBuffer { recorder.touch(buffer, at: time.issue) }
    loop.lastVector = max(loop.lastVector, time.end)
    emptied(until: time.end)
    guard loop.spillsToDRAM else { return }
    let copied = loop.spill.store + kind
    var store = launched
    store.wait(until: time.end, .vectorUnit)
    state.clocks.copy(&store, on: .dmaStore, copied.pointee)
    recorder.record(.dmaStore, op: loop.op, value: -1, store, copied.pointee, state)
    times[4] = times[5]
    times[5] = store.end
  }

  private func putSums(_ edges: LoopEdges) {
    let times = spillTimes
    let duration = loop.spill.put + (loop.kind(edges) & GroupProgram.withoutBlock)
    var time = launched
    if loop.spillsToDRAM { time.wait(until: times[1], .dma) }
    state.clocks.run(&time, on: .vpu, duration.pointee)
    recorder.record(.vpu, op: loop.op, value: -1, time, duration.pointee, state)
    times[0] = time.end
    times[2] = times[3]
    times[3] = time.end
  }
}
