internal import GraphIR

/// Loops over whole rows: a softmax or a norm is one of them, for each row is read once, reduced, and
/// used together with what its reductions brought.
extension FusionPlanner {
  /// What a loop that computes the value runs over: of a reduction its operand's elements.
  func indexSpace(of value: ValueID) -> [Int] {
    graph.instructions[value.index].operation.isReduction
      ? shape(of: operands(of: value)[0]) : shape(of: value)
  }

  /// Of a reduction of whole rows, the dimensions that are left; `nil` for other instructions, and where
  /// rows are not to be kept together.
  func rowRank(of value: ValueID) -> Int? {
    guard let rows = rules.rows, rules.reductions, rules.chains,
      case .reduce(_, let dimensions) = graph.instructions[value.index].operation
    else { return nil }
    let space = indexSpace(of: value)
    let rank = space.count - dimensions.count
    guard rank > 0, dimensions.sorted() == Array(rank..<space.count) else { return nil }
    let row = space[rank...].reduce(1, *)
    let elements = space.reduce(1, *)
    return elements >= rows.leastElements && row <= rows.mostRowElements && row > 1 ? rank : nil
  }

  /// Whether instructions can join a loop over rows: whole rows of its index space, or one value for
  /// each row. What the loop itself reduces they read row by row.
  func canJoin(_ values: [ValueID], _ index: Int, _ rowRank: Int, shape: [Int]) -> Bool {
    let space = groups[index].shape
    for value in values {
      let isOfRows = groups[index].hasOneElementForEachRow(self.shape(of: value))
      let isReduction = graph.instructions[value.index].operation.isReduction
      guard indexSpace(of: value) == space || (isOfRows && isElementwise(value)) else {
        return false
      }
      for operand in operands(of: value) {
        let base = bases[operand.index]
        guard groupOfValue[base.index] == index else { continue }
        if groups[index].hasOneElementForEachRow(self.shape(of: base)) {
          // A reduction of other dimensions may have the same shape.
          if graph.instructions[base.index].operation.isReduction, self.rowRank(of: base) != rowRank
          {
            return false
          }
          let isReadWhole = isReduction || !keepsRows(operand, rowRank)
          if isReadWhole { return false }
        } else if base != operand || graph.instructions[base.index].operation.isReduction {
          return false
        } else if self.shape(of: base) != space {
          return false
        }
      }
    }
    return !values.isEmpty
  }

  /// Whether a view of one value for each row has each in its own row.
  private func keepsRows(_ operand: ValueID, _ rowRank: Int) -> Bool {
    var view = operand
    while graph.instructions[view.index].operation.kind == .view {
      let source = operands(of: view)[0]
      let rows = shape(of: view).prefix(rowRank)
      guard rows == shape(of: source).prefix(rowRank) else { return false }
      if case .broadcastInDim(let dimensions) = graph.instructions[view.index].operation {
        guard dimensions.prefix(rowRank) == Array(0..<rowRank)[...] else { return false }
      }
      view = source
    }
    return true
  }
}
