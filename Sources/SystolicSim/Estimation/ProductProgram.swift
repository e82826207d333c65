internal import DeviceAPI

/// A product as the compiler's emitter programs it under a plan of the estimator: every tile an
/// instruction. The long way to the times that `ProductTimeline` takes a short one to.
struct ProductProgram {
  let problem: ProductProblem
  let plan: ProductPlan

  func program() throws(GraphError) -> Program {
    let product = problem.product
    var builder = GraphBuilder(name: "product")
    let x = builder.parameter("x", TensorType([product.batch, product.m, product.k], .bf16))
    let w = builder.parameter("w", TensorType([product.batch, product.k, product.n], .bf16))
    let y = try builder.dotGeneral(
      x, w,
      DotDimensions(
        lhsBatching: [0], rhsBatching: [0], lhsContracting: [2], rhsContracting: [1]))
    builder.result("y", y)
    let graph = try builder.build()
    let lowered = self.lowered(product)
    var emitter = Emitter(graph, lowered, memoryPlan())
    return emitter.run()
  }

  /// Values 0, 1 and 2 are the operands and the result.
  private func lowered(_ product: ProductShape) -> LoweredGraph {
    func value(
      _ index: Int, _ bytes: Int, _ home: StoredValue.Home, _ operand: ResidentOperands
    ) -> StoredValue {
      StoredValue(
        id: ValueID(index), bytes: bytes, elements: bytes, home: home,
        uses: index < 2 ? [0] : [], results: index < 2 ? [] : [0],
        isHeld: problem.resident.contains(operand), isInCMEM: problem.inCMEM.contains(operand))
    }
    let whole = ProductTiles(
      product, Tiling(batch: product.batch, m: product.m, n: product.n, k: product.k))
    var group = LoweredGroup(
      name: "product", kind: "dot_general", product: product,
      elements: product.batch * product.m * product.n, maximumTiles: 1)
    group.lhsElementBytes = problem.operandType.byteCount
    group.rhsElementBytes = problem.operandType.byteCount
    group.operandType = problem.operandType
    group.inputs = [GroupInput(value: 0, role: .lhs), GroupInput(value: 1, role: .rhs)]
    group.outputs = [GroupOutput(value: 2, isWhole: false)]
    group.work = problem.vector(whole, 0)
    return LoweredGraph(
      values: [
        value(0, problem.lhsBytes, .dram, .inputs), value(1, problem.rhsBytes, .dram, .weights),
        value(2, problem.outputBytes, .group(0), .outputs),
      ], groups: [group], resultValues: [2])
  }

  private func memoryPlan() -> MemoryPlan {
    let grid = TileGrid(problem.product, plan.tiling)
    let tile = plan.tiling
    var lifetimes: [MemoryPlan.Lifetime] = []
    func place(_ slots: Int, _ slotBytes: Int, whole: Int) -> MemoryPlan.Placement {
      let first = lifetimes.count
      let bytes = (slots == 0 ? whole : slotBytes).alignedForVMEM
      for _ in 0..<max(1, slots) {
        lifetimes.append(.init(label: "", bytes: bytes, first: 0, last: 0))
      }
      return slots == 0 ? .resident(buffer: first) : .slots(Array(first..<first + slots))
    }
    let inputs = [
      place(
        problem.lhsSlots(plan, grid), problem.lhsShare(batch: tile.batch, m: tile.m, k: tile.k),
        whole: problem.lhsBytes),
      place(
        problem.rhsSlots(plan, grid), problem.rhsShare(batch: tile.batch, k: tile.k, n: tile.n),
        whole: problem.rhsBytes),
    ]
    let output = place(
      problem.outputSlots(grid), problem.outputShare(batch: tile.batch, m: tile.m, n: tile.n),
      whole: problem.outputBytes)
    let (addresses, peak) = Allocator.place(lifetimes)
    return MemoryPlan(
      tilings: [tile], inputs: [inputs], outputs: [[output]], lifetimes: lifetimes, loads: [[]],
      addresses: addresses, peakBytes: peak)
  }
}
