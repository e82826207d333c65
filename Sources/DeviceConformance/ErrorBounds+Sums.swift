internal import GraphIR

extension ErrorBounds {
  /// Operand bounds carried through, γₖ of the sum of magnitudes, and one rounding.
  func product(_ operation: Operation, _ literal: Literal, _ operands: [Bounded]) -> [Double] {
    let (lhs, rhs) = (productOperand(operands[0]), productOperand(operands[1]))
    guard let format = FloatFormat(literal.type.dtype) else {
      return integerBounds(literal, operands)
    }
    let terms = Self.terms(operation, lhs.type, rhs.type)
    let sums = Self.products(operation, lhs.magnitudes, rhs.magnitudes, literal.type)
    let largest =
      lhs.isExact && rhs.isExact
      ? sums : Self.products(operation, lhs.largest, rhs.largest, literal.type)
    // Sums of binary64 are as far from exact here as on the device.
    let isWide = literal.type.dtype == .f64
    let sum = isWide ? format : FloatFormat.binary32
    let relative = sum.accumulated(isWide ? 2 * terms : terms)
    let underflow = terms * sum.smallestNormal
    return sums.indices.map { index in
      let error = largest[index] - sums[index] + relative * largest[index] + underflow
      return defined(error + format.ulp(literal[index].magnitude + error))
    }
  }

  /// The operand rounded as the device rounds it, with what that makes of its bound.
  private func productOperand(_ operand: Bounded) -> Bounded {
    let rounded = evaluator.productOperand(operand.literal).elements
    guard let dtype = evaluator.productOperandType, operand.type.dtype == .f32 else {
      return operand
    }
    let bounds = operand.bounds.enumerated().map { index, bound in
      let x = operand.literal[index]
      return bound == 0
        ? 0
        : max(
          (dtype.rounding(x + bound) - rounded[index]).magnitude,
          (dtype.rounding(x - bound) - rounded[index]).magnitude)
    }
    // Every value of a narrower type is one of f32.
    return Bounded(Literal(operand.type.with(dtype: .f32), rounded), bounds: bounds.map(defined))
  }

  private static func products(
    _ operation: Operation, _ lhs: Tensor, _ rhs: Tensor, _ type: TensorType
  ) -> [Double] {
    switch operation {
    case .dotGeneral(let dot): ReferenceEvaluator.dotGeneral(dot, lhs, rhs, type.dtype)
    case .convolution(let conv): ReferenceEvaluator.convolution(conv, lhs, rhs, type)
    default: preconditionFailure("\(operation.name) is no product")
    }
  }

  /// The most products that one sum has.
  private static func terms(_ operation: Operation, _ lhs: TensorType, _ rhs: TensorType) -> Double
  {
    switch operation {
    case .dotGeneral(let dot):
      return Double(dot.lhsContracting.map { lhs.shape[$0] }.reduce(1, *))
    case .convolution(let conv):
      return Double(rhs.elementCount / max(rhs.shape[conv.dimensions.kernelOutputFeature], 1))
    default: preconditionFailure("\(operation.name) is no product")
    }
  }

  /// Integers are exact, or nothing is known.
  private func integerBounds(_ literal: Literal, _ operands: [Bounded]) -> [Double] {
    let bound = operands.allSatisfy(\.isExact) ? 0 : Double.infinity
    return [Double](repeating: bound, count: literal.type.elementCount)
  }

  func reduction(_ operation: Operation, _ literal: Literal, _ operands: [Bounded]) -> [Double] {
    let (reducer, terms) = Self.reducer(operation, operands[0].type)
    guard let format = FloatFormat(literal.type.dtype) else {
      return integerBounds(literal, operands)
    }
    let start = operands[1].literal[0]
    switch reducer {
    case .maximum, .minimum:
      return Self.reduce(
        operation, .maximum, Tensor(operands[0].type, operands[0].bounds),
        from: operands[1].bounds[0])
    case .add, .multiply:
      let first = start.magnitude + operands[1].bounds[0]
      let sums = Self.reduce(operation, reducer, operands[0].magnitudes, from: start.magnitude)
      let largest = Self.reduce(operation, reducer, operands[0].largest, from: first)
      let isNeutral = operands[1].bounds[0] == 0 && start == reducer.neutralElement(.f32)
      let once = isNeutral ? max(terms - 1, 0) : terms
      let roundings = literal.type.dtype == .f64 ? 2 * once : once
      return sums.indices.map { index in
        let carried = largest[index] - sums[index]
        if roundings == 0 && carried == 0 { return 0 }
        let error =
          carried + format.accumulated(roundings) * largest[index]
          + roundings * format.smallestNormal
        return defined(error + format.ulp(literal[index].magnitude + error))
      }
    }
  }

  /// The reducer and how many elements one result takes.
  private static func reducer(_ operation: Operation, _ type: TensorType) -> (Reducer, Double) {
    switch operation {
    case .reduce(let reducer, let dimensions):
      return (reducer, Double(dimensions.map { type.shape[$0] }.reduce(1, *)))
    case .reduceWindow(let reducer, let window):
      return (reducer, Double(window.dimensions.map(\.size).reduce(1, *)))
    default: preconditionFailure("\(operation.name) is no reduction")
    }
  }

  /// The same reduction by another reducer.
  private static func reduce(
    _ operation: Operation, _ reducer: Reducer, _ operand: Tensor, from start: Double
  ) -> [Double] {
    switch operation {
    case .reduce(_, let dimensions):
      ReferenceEvaluator.reduce(reducer, dimensions, operand, from: start)
    case .reduceWindow(_, let window):
      ReferenceEvaluator.reduceWindow(reducer, window, operand, from: start)
    default: preconditionFailure("\(operation.name) is no reduction")
    }
  }

  /// Where bounds leave open which element a window selects, each candidate may get the source.
  func selectAndScatter(
    _ window: WindowAttributes, _ literal: Literal, _ operands: [Bounded]
  ) -> [Double] {
    let (operand, source, start) = (operands[0], operands[1], operands[2])
    guard let format = FloatFormat(literal.type.dtype) else {
      return integerBounds(literal, operands)
    }
    let placements = WindowPlacements(
      window.dimensions, extents: operand.type.shape, strides: operand.type.strides)
    let elements = operand.literal.elements
    var bounds = [Double](repeating: start.bounds[0], count: elements.count)
    var sums = [Double](repeating: start.literal[0].magnitude, count: elements.count)
    var terms = [Double](repeating: start.literal[0] == 0 ? -1 : 0, count: elements.count)
    for (index, positions) in placements.windows.enumerated() {
      guard let selected = ReferenceEvaluator.selected(of: positions, in: Tensor(operand.literal))
      else {
        continue
      }
      let addend = source.literal[index].magnitude
      bounds[selected] += source.bounds[index]
      sums[selected] += addend + source.bounds[index]
      terms[selected] += 1
      let reach = operand.bounds[selected]
      let rivals = positions.compactMap { $0 }.filter {
        $0 != selected && operand.bounds[$0] + reach > 0
          && !(elements[$0] + operand.bounds[$0] < elements[selected] - reach)
      }
      if rivals.isEmpty { continue }
      for candidate in rivals + [selected] {
        bounds[candidate] += addend + source.bounds[index]
        sums[candidate] += addend + source.bounds[index]
        terms[candidate] += 1
      }
    }
    return bounds.indices.map { index in
      let roundings = max(terms[index], 0)
      if roundings == 0 { return bounds[index] }
      let error =
        bounds[index] + format.accumulated(roundings) * sums[index]
        + roundings * format.smallestNormal
      return defined(error + format.ulp(literal[index].magnitude + error))
    }
  }
}
