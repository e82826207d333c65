internal import GraphIR
internal import SystolicModel
internal import Units

/// What the vector unit does for operations whose regions it runs element by element.
extension Graph {
  /// Operations of a region over scalars, run once.
  var operationsOfRun: OperationCounts {
    values.reduce(OperationCounts()) { $0 + operationsPerElement(of: $1) }
  }

  /// A bitonic network over each line, which is padded to 2^L elements: L merges of 1, 2, ..., L stages;
  /// a stage of a merge compares, and may exchange, elements 2^j apart, the greatest distance first.
  ///
  /// - **Arithmetic.** L (L + 1) / 2 stages of half as many exchanges as elements. Such a network does not
  ///   keep the order of equal elements, and `sort` does; so their places are sorted with them, as one
  ///   tensor more: the comparator is run both ways, and places decide where it tells nothing (3
  ///   comparisons). An exchange is 2 selects a tensor.
  /// - **Shuffles.** Along the last dimension elements less than `lanes` apart are in one row of a
  ///   register; for each such stage every element of every tensor passes the shuffle unit once.
  /// - **VMEM.** Tensors are read and written once a stage; the last stages of a merge along the last
  ///   dimension, whose distances are within a row, together.
  ///
  /// - Source: Batcher, "Sorting networks and their applications", AFIPS 1968, for the network; XLA's
  ///   `StableSortExpander` for the places.
  /// - Validity: our own estimate; no source publishes the code of a TPU's sort. VMEM for the places is
  ///   not planned for.
  func sortingWork(
    of instruction: Instruction, _ dimension: Int, vpu: VPUParameters
  ) -> VectorWork {
    guard case .sort(_, let comparator) = instruction.operation else { return VectorWork() }
    let type = instruction.type
    let length = type.shape[dimension]
    let merges = length > 1 ? (length - 1).bitWidthInUse : 0
    let padded = length == 0 ? 0 : (type.elementCount / length) << merges
    let stages = merges * (merges + 1) / 2
    let tensors = instruction.operands.count + 1
    var exchange = 2 * comparator.operationsOfRun
    exchange.compare += 3 + 2 * tensors
    var work = VectorWork()
    work.operations = (stages * padded / 2) * exchange
    let rowStages = dimension == type.rank - 1 ? min(merges, (vpu.lanes - 1).bitWidthInUse) : 0
    work.shuffledElements = (0..<rowStages).reduce(0) { $0 + merges - $1 } * padded * tensors
    // Merges with a stage within a row have their other stages, and one pass for all of those.
    let passes =
      rowStages == 0
      ? stages : (1...merges).reduce(0) { $0 + max(0, $1 - rowStages) + 1 }
    let bytes = instruction.operands.reduce(4) { $0 + self.type(of: $1).dtype.byteCount }
    work.readBytes = max(1, passes) * padded * bytes
    work.writtenBytes = work.readBytes
    return work
  }

  /// The body once an element of the tensors; where the last dimension is reduced, as of a `reduce`,
  /// log2(lanes) steps for each register of rows, each of which moves every tensor's partial results
  /// within the register and runs the body on them.
  ///
  /// - Validity: our own estimate, as of `reduce`; equal to it where the body is one operation.
  func regionReductionWork(
    of instruction: Instruction, _ dimensions: [Int], vpu: VPUParameters
  ) -> VectorWork {
    guard case .reduceByRegion(_, let body) = instruction.operation else { return VectorWork() }
    let tensors = instruction.operands.prefix(instruction.operands.count / 2).map {
      type(of: $0)
    }
    guard let first = tensors.first else { return VectorWork() }
    let run = body.operationsOfRun
    var work = reductionWork(.add, first, dimensions, vpu: vpu)
    work.operations = first.elementCount * run
    let special = run.special * vpu.registerElements
    work.crossLaneSteps *=
      tensors.count - 1
      + max(
        1, run.arithmetic.dividedRoundingUp(by: vpu.alusPerSublane),
        special.dividedRoundingUp(by: vpu.transcendentalsPerCycle))
    work.readBytes = tensors.reduce(0) { $0 + $1.byteCount }
    work.writtenBytes = tensors.reduce(0) {
      $0 + instruction.type.elementCount * $1.dtype.byteCount
    }
    return work
  }
}

extension Graph {
  /// Updates that are written into the memory of the parameter that the result takes the place of,
  /// and nowhere else: nothing reads what was there later than the update.
  ///
  /// - Parameter order: the place of a value among the groups; `nil` for views and the like.
  func updatesInPlace(order: (ValueID) -> Int?) -> Set<ValueID> {
    let hasUpdate = instructions.contains {
      if case .dynamicUpdateSlice = $0.operation { true } else { false }
    }
    guard hasUpdate else { return [] }
    let live = liveValues()
    let users = users()
    var timesReturned = [Int](repeating: 0, count: instructions.count)
    for result in results { timesReturned[result.value.index] += 1 }
    /// Whether all else that reads a value does so before the update.
    func isReadBefore(_ value: ValueID, _ update: ValueID) -> Bool {
      guard let last = order(update) else { return false }
      return users[value.index].allSatisfy { user in
        if user == update || !live[user.index] { return true }
        guard let place = order(user) else { return false }
        return place < last
      }
    }
    var all: Set<ValueID> = []
    for result in results {
      guard let donated = result.donatedParameter else { continue }
      var chain: [ValueID] = []
      var value = result.value
      while case .dynamicUpdateSlice = self[value].operation {
        let operand = self[value].operands[0]
        guard timesReturned[value.index] == (chain.isEmpty ? 1 : 0), isReadBefore(operand, value)
        else { break }
        chain.append(value)
        value = operand
      }
      if case .parameter(let index) = self[value].operation, index == donated,
        timesReturned[value.index] == 0
      {
        all.formUnion(chain)
      }
    }
    return all
  }
}
