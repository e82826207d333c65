internal import Units

/// Chooses the tiles of one group.
///
/// The search knows capacities and the array, but no bandwidth: which plans are tried must not
/// depend on bandwidth, so that more of it can only make the best of them faster.
struct TileSearch {
  let group: LoweredGroup
  let values: [StoredValue]
  let mxu: MXUParameters
  /// For each input and output, whether tiles of it pass through slots in VMEM.
  let streamedInputs: [Bool]
  let streamedOutputs: [Bool]
  let options: PlanOptions

  /// The best tiling whose slots take at most `budget` bytes; `nil` if none does.
  func best(budget: Int) -> Tiling? {
    guard let product = group.product else { return loopTiling(budget: budget) }
    return productTiling(product, budget: budget)
  }

  /// Bytes of the slots that the group needs with these tiles.
  func workingBytes(_ tiling: Tiling) -> Int {
    var bytes = 0
    for (index, input) in group.inputs.enumerated() where streamedInputs[index] {
      bytes += slotCount(input, tiling) * slotBytes(input, tiling)
    }
    for (index, output) in group.outputs.enumerated() where streamedOutputs[index] {
      bytes += slotCount(output, tiling) * slotBytes(output, tiling)
    }
    return bytes
  }

  func slotBytes(_ input: GroupInput, _ tiling: Tiling) -> Int {
    let bytes = values[input.value].bytes
    let product = group.product
    let share: Share
    switch input.role {
    case .whole: share = .all
    case .tiled: share = outputShare(tiling)
    case .lhs:
      guard let product else { return bytes.alignedForVMEM }
      share = Share(
        part: tiling.batch * tiling.m * tiling.k, whole: product.batch * product.m * product.k)
    case .rhs:
      guard let product else { return bytes.alignedForVMEM }
      share = Share(
        part: tiling.batch * tiling.k * tiling.n, whole: product.batch * product.k * product.n)
    }
    return share.of(bytes).alignedForVMEM
  }

  func slotBytes(_ output: GroupOutput, _ tiling: Tiling) -> Int {
    (output.isWhole ? Share.all : outputShare(tiling)).of(values[output.value].bytes)
      .alignedForVMEM
  }

  /// Two slots where more than one piece passes through, so that a copy can work beside the
  /// computation; one where there is but one piece.
  func slotCount(_ input: GroupInput, _ tiling: Tiling) -> Int {
    guard let product = group.product else {
      return input.role == .whole || tiling.elements >= group.elements ? 1 : 2
    }
    let kBlocks = product.k > tiling.k
    let batches = product.batch > tiling.batch
    switch input.role {
    case .whole: return 1
    case .lhs: return product.m > tiling.m || kBlocks || batches ? 2 : 1
    case .rhs: return product.n > tiling.n || kBlocks || batches ? 2 : 1
    case .tiled: return product.m > tiling.m || product.n > tiling.n || batches ? 2 : 1
    }
  }

  func slotCount(_ output: GroupOutput, _ tiling: Tiling) -> Int {
    output.isWhole ? 1 : slotCount(GroupInput(value: output.value, role: .tiled), tiling)
  }

  private func outputShare(_ tiling: Tiling) -> Share {
    guard let product = group.product else {
      return Share(part: min(tiling.elements, group.elements), whole: group.elements)
    }
    return Share(
      part: tiling.batch * tiling.m * tiling.n, whole: product.batch * product.m * product.n)
  }

  // MARK: Loops

  private func loopTiling(budget: Int) -> Tiling? {
    let most = min(group.maximumTiles, max(1, group.elements))
    var tiles = min(options.minimumTiles, group.elements.dividedRoundingUp(by: 1024), most)
    tiles = max(1, tiles)
    while true {
      // Windows need tiles of whole planes: `maximumTiles` of equal size.
      let plane = max(1, group.elements / group.maximumTiles)
      let elements = group.elements.dividedRoundingUp(by: tiles).roundedUp(toMultipleOf: plane)
      let tiling = Tiling(elements: max(1, elements))
      if workingBytes(tiling) <= budget { return tiling }
      if tiles >= most { return nil }
      tiles = min(most, tiles * 2)
    }
  }

  // MARK: Products

  private func productTiling(_ product: ProductShape, budget: Int) -> Tiling? {
    let kSizes = blockSizes(product.k, multipleOf: mxu.rows)
    let mSizes = blockSizes(product.m, multipleOf: 1)
    let nSizes = blockSizes(product.n, multipleOf: 1)
    var best: Tiling?
    var bestCost = Double.infinity
    func consider(_ tiling: Tiling) {
      guard workingBytes(tiling) <= budget else { return }
      let cost = cost(of: tiling, product, bound: bestCost)
      if cost < bestCost { (best, bestCost) = (tiling, cost) }
    }
    for batch in blockSizes(product.batch, multipleOf: 1) {
      // A tile of several batch elements takes them whole.
      let isWhole = batch > 1
      for k in isWhole ? [product.k] : kSizes {
        for m in isWhole ? [product.m] : mSizes {
          for n in isWhole ? [product.n] : nSizes where allowed(m: m, n: n, k: k, product) {
            var tiling = Tiling(
              batch: max(1, batch), m: max(1, m), n: max(1, n), k: max(1, k), isRowMajor: true)
            consider(tiling)
            tiling.isRowMajor = false
            consider(tiling)
          }
        }
      }
    }
    return best
  }

  /// A sum over several blocks of `k` stays in the array if results are stationary: then an output
  /// tile must be a single fold.
  private func allowed(m: Int, n: Int, k: Int, _ product: ProductShape) -> Bool {
    if k < product.k && mxu.dataflow == .outputStationary {
      return m <= mxu.rows && n <= mxu.columns
    }
    return true
  }

  /// The whole extent, and powers of two times `unit` below it, descending.
  private func blockSizes(_ extent: Int, multipleOf unit: Int) -> [Int] {
    var sizes = [extent]
    var size = unit
    while size < extent {
      sizes.insert(size, at: 1)
      size *= 2
    }
    return sizes
  }

  /// An estimate in array cycles, with DRAM traffic at a rate that `options` assumes.
  private func cost(of tiling: Tiling, _ product: ProductShape, bound: Double) -> Double {
    let batches = product.batch.dividedRoundingUp(by: tiling.batch)
    let rows = product.m.dividedRoundingUp(by: tiling.m)
    let columns = product.n.dividedRoundingUp(by: tiling.n)
    let blocks = product.k.dividedRoundingUp(by: tiling.k)
    let tiles = batches * rows * columns * blocks
    var cost = 64 * Double(tiles)
    // With too few tiles the vector unit and the stores do not overlap with the array.
    let wanted = min(options.minimumTiles, group.elements.dividedRoundingUp(by: 4096))
    cost += 1e6 * Double(max(0, wanted - batches * rows * columns))
    for (index, input) in group.inputs.enumerated() where streamedInputs[index] {
      let passes =
        switch input.role {
        case .lhs: passes(tiling.isRowMajor, across: columns, blocks: blocks, own: rows)
        case .rhs: passes(!tiling.isRowMajor, across: rows, blocks: blocks, own: columns)
        case .tiled, .whole: 1
        }
      cost += Double(passes) * Double(values[input.value].bytes) / options.assumedBytesPerCycle
    }
    guard cost < bound else { return cost }
    let gemm = GEMMShape(
      m: min(tiling.m, product.m), n: min(tiling.n, product.n), k: min(tiling.k, product.k))
    return cost + Double(tiles)
      * Double(
        mxu.cost(of: gemm, batch: tiling.batch, type: group.operandType).total.count)
  }

  /// How often all of an operand is read: `isOuter` says that its own dimension is the outer loop.
  private func passes(_ isOuter: Bool, across: Int, blocks: Int, own: Int) -> Int {
    // Two slots keep a piece (or two) from one use to the next.
    isOuter ? (blocks <= 2 ? 1 : across) : (own * blocks <= 2 ? 1 : across)
  }
}

extension Int {
  /// VMEM is handed out in words of 64 bytes.
  var alignedForVMEM: Int { roundedUp(toMultipleOf: 64) }
}

extension MXUParameters {
  /// What `batch` products of one shape cost on all arrays: each product on all arrays, one after
  /// another, or each array with products of its own, whichever is faster.
  func cost(of gemm: GEMMShape, batch: Int, type: OperandType = .bf16) -> ArrayCost {
    let together = cost(of: gemm, type: type)
    if batch == 1 { return together }
    let alone = array(for: type).cost(of: gemm, arrays: 1)
    let rounds = batch.dividedRoundingUp(by: count)
    return rounds * alone.total.count < batch * together.total.count
      ? alone.repeated(batch, rounds: rounds) : together.repeated(batch, rounds: batch)
  }
}

extension ArrayCost {
  /// `count` products like this one, of which `count / rounds` run at the same time.
  fileprivate func repeated(_ count: Int, rounds: Int) -> ArrayCost {
    var cost = ArrayCost(
      compute: rounds * compute, fillDrain: (rounds - 1) * (fillDrain - tail + pause) + fillDrain,
      weightLoad: (rounds - 1) * (weightLoad - head) + weightLoad,
      arrays: arrays, folds: count * folds, macs: count * macs,
      stationaryElements: count * stationaryElements, streamedElements: count * streamedElements,
      accumulatorWrites: count * accumulatorWrites, accumulatorReads: count * accumulatorReads)
    (cost.head, cost.tail, cost.pause) = (head, tail, pause)
    return cost
  }
}
