extension Comparison {
  /// The comparison of two words of a type.
  package func function(_ dtype: DType) -> @Sendable (Double, Double) -> Bool {
    guard dtype.isWide else { return { holds($0, $1) } }
    return { a, b in
      let (a, b) = (dtype.integer(a), dtype.integer(b))
      // Where neither precedes the other, they are equal.
      return holds(dtype.precedes(b, a) ? 1 : 0, dtype.precedes(a, b) ? 1 : 0)
    }
  }

  private func holds(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .eq: a == b
    case .ne: a != b
    case .lt: a < b
    case .le: a <= b
    case .gt: a > b
    case .ge: a >= b
    }
  }
}

extension DType {
  /// The word of a number that counts something, its low bits where the type has no more.
  func counted(_ count: Int) -> Double {
    isFloatingPoint ? rounding(Double(count)) : word(wrapping: count)
  }

  /// `Σ a[i] · b[i]` as a product of this result type accumulates it.
  func sumOfProducts(_ a: [Double], _ b: [Double]) -> Double {
    if isFloatingPoint {
      var sum = 0.0
      var i = 0
      // A loop that is fast enough without optimisation too: tests spend their time here.
      while i < a.count {
        sum += a[i] * b[i]
        i += 1
      }
      return sum
    }
    if self == .i1 { return zip(a, b).contains { $0 != 0 && $1 != 0 } ? 1 : 0 }
    var sum = 0
    var i = 0
    while i < a.count {
      sum &+= integer(a[i]) &* integer(b[i])
      i += 1
    }
    return word(wrapping: sum)
  }
}
