internal import Units

extension MXUParameters {
  /// What `gemm` costs on all arrays of a core together.
  package func cost(of gemm: GEMMShape, type: OperandType = .bf16) -> ArrayCost {
    array(for: type).cost(of: gemm, arrays: count)
  }
}

extension SystolicArray {
  /// What `gemm` costs on `arrays` arrays like this one, in constant time.
  ///
  /// A run of F folds of T steps each on R rows and C columns, from the first load to the last
  /// result, takes the following cycles. `Docs/model.md` derives them; the golden model has none.
  ///
  /// Operand stationary (weights or inputs): the load takes R; the stream T; the last value needs
  /// R + C - 2 more to cross the array.
  ///
  ///     none            F (R + T + R + C - 2)
  ///     doubleBuffered  R + F (T + R + C - 2)
  ///     pipelined       R + (F - 1) max(T, R) + T + R + C - 2
  ///
  /// Output stationary (T = k): the same stream without a load; then the results leave, R.
  ///
  ///     none            F (T + R + C - 2 + R)
  ///     doubleBuffered  F (T + R + C - 2) + R
  ///     pipelined       (F - 1) max(T, R) + T + R + C - 2 + R
  ///
  /// With operands stationary a stream is cut into chunks that the accumulators hold. Loop order:
  /// column fold, chunk, k fold; so each result takes its k folds in ascending order. Arrays share
  /// the column folds, the stream, or both, whichever is fastest. A stream of T values takes
  /// T / `streamRate` cycles, rounded up, in place of T.
  /// With results stationary arrays share the folds.
  ///
  /// With `compatibility` to SCALE-Sim 3 a fold of an output stationary array pays no drain:
  /// T + R + C - 2.
  ///
  /// - Source: Samajdar et al., ISPASS 2020, for a single fold.
  /// - Validity: operands arrive in time; each fold takes the whole array, also at the edges.
  package func cost(of gemm: GEMMShape, arrays: Int = 1) -> ArrayCost {
    precondition(arrays > 0, "a core has at least one array")
    guard gemm.macs > 0 else { return .zero }
    let mapping = dataflow.mapping(of: gemm)
    return switch dataflow {
    case .weightStationary, .inputStationary: stationaryOperandCost(of: mapping, arrays: arrays)
    case .outputStationary: stationaryResultCost(of: mapping, arrays: arrays)
    }
  }

  /// Cycles from a fold's last step to its last result: R + C - 2.
  private var crossing: Int { rows + columns - 2 }

  /// Tries each way to divide the arrays between column folds and stream; the fastest wins, and of
  /// equals the one that divides the columns most, which loads fewest operands.
  private func stationaryOperandCost(of mapping: SpatialMapping, arrays: Int) -> ArrayCost {
    let columnFolds = mapping.columns.dividedRoundingUp(by: columns)
    var columnParts = min(arrays, columnFolds)
    var best = stationaryOperandCost(of: mapping, columnParts: columnParts, arrays: arrays)
    while columnParts > 1 {
      columnParts -= 1
      let streamParts = arrays / columnParts
      // Fewer columns at once pay only if the stream is divided further.
      if streamParts == arrays / (columnParts + 1) { continue }
      let other = stationaryOperandCost(of: mapping, columnParts: columnParts, arrays: arrays)
      if other.total < best.total { best = other }
    }
    return best
  }

  private func stationaryOperandCost(
    of mapping: SpatialMapping, columnParts: Int, arrays: Int
  ) -> ArrayCost {
    let kFolds = mapping.rows.dividedRoundingUp(by: rows)
    let columnFolds = mapping.columns.dividedRoundingUp(by: columns)
    let columnShares = EvenSplit(columnFolds, parts: columnParts)
    let streamShares = EvenSplit(mapping.steps, parts: arrays / columnShares.count)

    let chunks = EvenSplit(streamShares.longest, capacity: accumulatorRows)
    let passes = columnShares.longest * kFolds
    let folds = passes * chunks.count
    let compute = passes * chunks.sum { streamCycles($0) }
    let load: Int
    switch overlap {
    case .none: load = folds * rows
    case .doubleBuffered: load = rows
    case .pipelined:
      // A stream shorter than the next load makes it wait; the last fold, a shorter one, has no next.
      load = rows + passes * chunks.sum { wait($0) } - wait(chunks.shorter)
    }
    let allChunks = streamShares.sum { EvenSplit($0, capacity: accumulatorRows).count }
    var cost = ArrayCost(
      compute: Cycles(compute),
      fillDrain: Cycles(overlap == .pipelined ? crossing : folds * crossing),
      weightLoad: Cycles(load),
      arrays: columnShares.count * streamShares.count,
      folds: columnFolds * kFolds * allChunks,
      macs: mapping.rows * mapping.columns * mapping.steps,
      stationaryElements: mapping.rows * mapping.columns * allChunks,
      streamedElements: mapping.rows * mapping.steps * columnFolds,
      accumulatorWrites: mapping.columns * mapping.steps * kFolds,
      accumulatorReads: mapping.columns * mapping.steps * (kFolds - 1))
    cost.sumRows = columnShares.longest * streamShares.longest
    if overlap == .pipelined {
      (cost.head, cost.tail) = (Cycles(rows), Cycles(crossing))
      cost.pause = Cycles(wait(chunks.shorter))
    }
    return cost
  }

  private func stationaryResultCost(of mapping: SpatialMapping, arrays: Int) -> ArrayCost {
    let rowFolds = mapping.rows.dividedRoundingUp(by: rows)
    let columnFolds = mapping.columns.dividedRoundingUp(by: columns)
    let shares = EvenSplit(rowFolds * columnFolds, parts: arrays)
    let folds = shares.longest
    let fillDrain =
      switch overlap {
      case .none: folds * (crossing + (compatibility == .scalesim ? 0 : rows))
      case .doubleBuffered: folds * crossing + rows
      case .pipelined: crossing + rows + (folds - 1) * wait(mapping.steps)
      }
    var cost = ArrayCost(
      compute: Cycles(folds * streamCycles(mapping.steps)), fillDrain: Cycles(fillDrain),
      weightLoad: .zero,
      arrays: shares.count, folds: rowFolds * columnFolds,
      macs: mapping.rows * mapping.columns * mapping.steps,
      stationaryElements: 0,
      streamedElements: mapping.steps
        * (mapping.rows * columnFolds + mapping.columns * rowFolds),
      accumulatorWrites: mapping.rows * mapping.columns, accumulatorReads: 0)
    cost.sumRows = folds * min(rows, mapping.rows)
    if overlap == .pipelined {
      cost.tail = Cycles(crossing + rows)
      cost.pause = Cycles(wait(mapping.steps))
    }
    return cost
  }

  /// Cycles that a pipelined stream of `steps` leaves the array's edge idle: one column passes R
  /// stationary operands in, or R results out, in each fold.
  private func wait(_ steps: Int) -> Int { max(rows - streamCycles(steps), 0) }

  /// Cycles in which `steps` values enter.
  private func streamCycles(_ steps: Int) -> Int {
    streamRate == 1 ? steps : Int((Double(steps) / streamRate - 1e-9).rounded(.up))
  }
}
