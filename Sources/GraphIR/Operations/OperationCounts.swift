/// Elementwise operations by class, counted in elements: what a vector unit is asked to do.
package struct OperationCounts: Hashable, Sendable {
  /// Comparison, maximum, minimum, select, negation, logic, shifts, conversion, rounding, copy.
  package var compare: Int
  /// Addition, subtraction.
  package var add: Int
  package var multiply: Int
  package var divide: Int
  /// exp, log, tanh, square root, power and the like: one result of the special function unit.
  package var transcendental: Int

  package init(
    compare: Int = 0, add: Int = 0, multiply: Int = 0, divide: Int = 0, transcendental: Int = 0
  ) {
    self.compare = compare
    self.add = add
    self.multiply = multiply
    self.divide = divide
    self.transcendental = transcendental
  }

  package var total: Int { compare + add + multiply + divide + transcendental }

  package static func + (a: OperationCounts, b: OperationCounts) -> OperationCounts {
    var sum = a
    sum.compare += b.compare
    sum.add += b.add
    sum.multiply += b.multiply
    sum.divide += b.divide
    sum.transcendental += b.transcendental
    return sum
  }

  package static func * (n: Int, a: OperationCounts) -> OperationCounts {
    a.map { n * $0 }
  }

  package func map(_ transform: (Int) -> Int) -> OperationCounts {
    var result = OperationCounts()
    result.compare = transform(compare)
    result.add = transform(add)
    result.multiply = transform(multiply)
    result.divide = transform(divide)
    result.transcendental = transform(transcendental)
    return result
  }
}
