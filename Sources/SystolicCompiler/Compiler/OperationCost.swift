internal import GraphIR
internal import SystolicModel
internal import Units

/// What instructions cost on the vector unit, VMEM traffic apart.
extension Graph {
  /// Operations for each element of an elementwise instruction's result.
  func operationsPerElement(of value: ValueID) -> OperationCounts {
    if case .perElement(let counts) = self[value].operation.descriptor.cost { return counts }
    return OperationCounts()
  }

  /// The whole work of an instruction that is neither elementwise nor a product.
  ///
  /// - `reduce`: one operation an input element; if the last dimension is reduced, log₂(lanes)
  ///   steps across a register for each register of rows.
  /// - `transpose`, `reverse`: every element passes the shuffle unit once.
  /// - `slice`, `pad`, `concatenate`: a copy of the result; only what is kept is read.
  /// - `random_bits`: one operation an element, for TPUs have a generator in their vector unit
  ///   (Pallas: `prng_random_bits`).
  /// - `reduce_window`: one operation a window element; every window is read from VMEM anew.
  /// - `gather`, `dynamic_slice`: every row of a slice passes the shuffle unit, whole registers' rows of
  ///   it; as much is read as is written, and the indices.
  /// - `scatter`, `dynamic_update_slice`: a copy of the operand; each row of an update passes the
  ///   shuffle unit on its way there, of a scatter also what it is combined with, on its way back.
  /// - `select_and_scatter`: a comparison and a select to find the greatest element, an addition
  ///   and a select to scatter, for each window element; the window is read, and read and written
  ///   again.
  /// - `sort`, `reduce` by a region: see `sortingWork` and `regionReductionWork`.
  ///
  /// - Validity: our own estimates; no source publishes vector code for these operations.
  func vectorWork(of value: ValueID, vpu: VPUParameters) -> VectorWork {
    let instruction = self[value]
    let result = instruction.type
    var work = VectorWork()
    work.writtenBytes = result.byteCount
    switch instruction.operation.descriptor.cost {
    case .reduction(let reducer, let dimensions):
      let operand = type(of: instruction.operands[0])
      work = reductionWork(reducer, operand, dimensions, vpu: vpu)
      work.readBytes = operand.byteCount
      work.writtenBytes = result.byteCount
    case .generation:
      work.operations.compare = result.elementCount
    case .shuffle(let permutation):
      work.shuffledElements = result.elementCount
      work.readBytes = result.byteCount
      work.scatter = permutation.flatMap { scatter(of: result, $0, vpu: vpu) }
    case .copy:
      work.operations.compare = result.elementCount
      work.readBytes = result.byteCount
    case .padding:
      work.operations.compare = result.elementCount
      work.readBytes = type(of: instruction.operands[0]).byteCount
    case .windows(let reducer, let window):
      let taps = result.elementCount * window.taps
      work.operations = taps * reducer.cost
      work.readBytes = taps * result.dtype.byteCount
    case .scatterByWindows(let window):
      let source = type(of: instruction.operands[1])
      let taps = source.elementCount * window.taps
      work.operations.compare = 3 * taps
      work.operations.add = taps
      work.readBytes = 2 * taps * result.dtype.byteCount + source.byteCount
      work.writtenBytes = taps * result.dtype.byteCount + result.byteCount
    case .slices: work = sliceWork(of: instruction, vpu: vpu)
    case .perElement(let counts): work.operations = result.elementCount * counts
    case .none: break
    case .sorting(let dimension): work = sortingWork(of: instruction, dimension, vpu: vpu)
    case .reductionByRegion(let dimensions):
      work = regionReductionWork(of: instruction, dimensions, vpu: vpu)
    case .control: preconditionFailure("\(instruction.operation.name) is no work of a unit")
    }
    return work
  }

  /// A `dynamic_update_slice` that leaves all but the update where it is.
  func updateWork(of value: ValueID, vpu: VPUParameters) -> VectorWork {
    let instruction = self[value]
    let update = type(of: instruction.operands[1])
    var work = sliceWork(of: instruction, vpu: vpu)
    work.operations = OperationCounts()
    work.readBytes -= instruction.type.byteCount
    work.writtenBytes = update.byteCount
    return work
  }

  private func sliceWork(of instruction: Instruction, vpu: VPUParameters) -> VectorWork {
    let operands = instruction.operands.map { type(of: $0) }
    let result = instruction.type
    var work = VectorWork()
    /// Elements that pass the shuffle unit for so many elements in slices.
    func shuffled(_ elements: Int, slice: [Int]) -> Int {
      let row = slice.last { $0 != 1 } ?? 1
      return row == 0
        ? 0 : elements.dividedRoundingUp(by: row) * row.roundedUp(toMultipleOf: vpu.lanes)
    }
    let indices = operands.dropFirst().reduce(0) { $0 + $1.byteCount }
    switch instruction.operation {
    case .gather(_, let sizes), .dynamicSlice(let sizes):
      work.shuffledElements = shuffled(result.elementCount, slice: sizes)
      work.readBytes = result.byteCount + indices
      work.writtenBytes = result.byteCount
    case .dynamicUpdateSlice:
      let update = operands[1]
      work.operations.compare = result.elementCount
      work.shuffledElements = shuffled(update.elementCount, slice: update.shape)
      work.readBytes = result.byteCount + indices
      work.writtenBytes = result.byteCount
    case .scatter(let slices, let body):
      let updates = operands[2]
      let window = slices.windowDimensions.map { updates.shape[$0] }
      work.operations = updates.elementCount * body.operationsOfRun
      work.operations.compare += result.elementCount
      work.shuffledElements = 2 * shuffled(updates.elementCount, slice: window)
      work.readBytes = result.byteCount + indices + updates.byteCount
      work.writtenBytes = result.byteCount + updates.byteCount
    default: break
    }
    return work
  }

  /// What one register's write touches when a transpose fills its result.
  ///
  /// A register is read along the operand's rows. If the last dimension moves, the shuffle unit turns
  /// blocks of `lanes` elements, and a register holds `sublanes` pieces of the result's rows, as far
  /// apart as neighbours in the operand's row come to lie. If it stays, whole rows move.
  private func scatter(
    of result: TensorType, _ permutation: [Int], vpu: VPUParameters
  ) -> TransferPattern? {
    guard let last = permutation.last, result.elementCount > 0 else { return nil }
    let strides = result.shape.indices.map { index in
      result.shape[(index + 1)...].reduce(1, *)
    }
    let row = result.shape[result.rank - 1]
    let moved = last == result.rank - 1 ? result.rank - 2 : result.rank - 1
    guard moved >= 0, let place = permutation.firstIndex(of: moved) else { return nil }
    let isTurned = last != result.rank - 1
    let piece = min(row, isTurned ? vpu.lanes : vpu.registerElements)
    let pieces = isTurned ? vpu.sublanes : vpu.registerElements / piece
    let size = result.dtype.byteCount
    return TransferPattern(
      rows: min(pieces, result.shape[place]), bytesPerRow: piece * size,
      strideBytes: strides[place] * size)
  }

  /// The arithmetic of a reduction, without its traffic.
  func reductionWork(
    _ reducer: Reducer, _ operand: TensorType, _ dimensions: [Int], vpu: VPUParameters
  ) -> VectorWork {
    var work = VectorWork()
    work.operations = operand.elementCount * reducer.cost
    if dimensions.contains(operand.rank - 1) {
      // Registers whose elements end in one result are combined before lanes are.
      let rows = operand.shape.indices.reduce(1) {
        dimensions.contains($1) ? $0 : $0 * operand.shape[$1]
      }
      work.crossLaneSteps =
        rows.dividedRoundingUp(by: vpu.sublanes) * (vpu.lanes - 1).bitWidthInUse
    }
    return work
  }
}

extension Int {
  /// Binary digits of a non-negative number: ⌈log₂(n + 1)⌉.
  var bitWidthInUse: Int { Int.bitWidth - leadingZeroBitCount }
}

extension WindowAttributes {
  /// Elements of one window.
  var taps: Int { dimensions.reduce(1) { $0 * $1.size } }
}

extension Reducer {
  /// Of one step.
  fileprivate var cost: OperationCounts { operation.descriptor.cost }
}
