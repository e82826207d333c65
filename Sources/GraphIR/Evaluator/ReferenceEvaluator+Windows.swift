extension ReferenceEvaluator {
  /// Reduces in row-major order; `start` enters exactly once.
  package static func reduce(
    _ reducer: Reducer, _ dimensions: [Int], _ operand: Tensor, from start: Double
  ) -> [Double] {
    let kept = (0..<operand.type.rank).filter { !dimensions.contains($0) }
    let reduced = (0..<operand.type.rank).filter { dimensions.contains($0) }
    let members = StridedIndices.offsets(of: reduced, in: operand.type)
    let combine = reducer.operation.function(operand.type.dtype)
    return StridedIndices.offsets(of: kept, in: operand.type).map { base in
      members.reduce(start) { combine($0, operand.elements[base + $1]) }
    }
  }

  /// Reduces each window from `start`, which also fills padding and holes.
  package static func reduceWindow(
    _ reducer: Reducer, _ window: WindowAttributes, _ operand: Tensor, from start: Double
  ) -> [Double] {
    let placements = WindowPlacements(
      window.dimensions, extents: operand.type.shape, strides: operand.type.strides)
    let combine = reducer.operation.function(operand.type.dtype)
    return placements.windows.map { positions in
      positions.reduce(start) { partial, position in
        combine(partial, position.map { operand.elements[$0] } ?? start)
      }
    }
  }

  /// Adds each source element to where its window's first greatest element lies.
  ///
  /// Padding is never selected; a window that lies wholly on padding drops its source element.
  static func selectAndScatter(
    _ window: WindowAttributes, _ operand: Tensor, source: [Double], from start: Double
  ) -> [Double] {
    let placements = WindowPlacements(
      window.dimensions, extents: operand.type.shape, strides: operand.type.strides)
    var result = [Double](repeating: start, count: operand.elements.count)
    let add = BinaryOperation.add.function(operand.type.dtype)
    for (positions, addend) in zip(placements.windows, source) {
      guard let selected = selected(of: positions, in: operand) else { continue }
      result[selected] = add(result[selected], addend)
    }
    return result
  }

  /// The first position whose element is at least (`GE`) every later one.
  package static func selected(of positions: [Int?], in operand: Tensor) -> Int? {
    let isAtLeast = Comparison.ge.function(operand.type.dtype)
    let elements = operand.elements
    var selected: Int?
    for case .some(let position) in positions {
      if let current = selected, isAtLeast(elements[current], elements[position]) { continue }
      selected = position
    }
    return selected
  }
}
