extension SeededGenerator {
  /// A whole number in `0..<bound`, each equally likely.
  ///
  /// - Source: Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019,
  ///   algorithm 5: multiply, and reject the few products that would favour a result.
  package mutating func next(below bound: UInt64) -> UInt64 {
    precondition(bound > 0, "a choice among at least one number")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let rejected = (0 &- bound) % bound
      while product.low < rejected {
        product = next().multipliedFullWidth(by: bound)
      }
    }
    return product.high
  }

  /// A number in [0, 1), a multiple of 2^-53, each equally likely.
  package mutating func nextUniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number from the normal distribution of mean 0 and standard deviation 1.
  ///
  /// The second deviate of each pair is dropped, so that the four words stay the whole state.
  /// Only additions, multiplications, divisions and square roots are used, which IEEE 754 rounds
  /// in one way: the same seed gives the same bits on every machine.
  ///
  /// - Source: Marsaglia, Bray, "A convenient method for generating normal variables", SIAM
  ///   Review 6(3), 1964 (the polar method).
  package mutating func nextNormal() -> Double {
    while true {
      let x = 2 * nextUniform() - 1
      let y = 2 * nextUniform() - 1
      let square = x * x + y * y
      if square > 0 && square < 1 {
        return x * (-2 * Self.logarithm(square) / square).squareRoot()
      }
    }
  }

  /// The natural logarithm of a positive, normal `value`, within 4 units of the last place away
  /// from 1.
  ///
  /// With value = 2^e m, m in [1/sqrt 2, sqrt 2): ln value = e ln 2 + 2 artanh t where
  /// t = (m - 1) / (m + 1), |t| < 0.172. The series of artanh is cut after t^21 / 21, which
  /// leaves less than 2^-60 of the sum.
  static func logarithm(_ value: Double) -> Double {
    var exponent = Double(value.exponent)
    var mantissa = value.significand
    if mantissa > 2.0.squareRoot() {
      mantissa /= 2
      exponent += 1
    }
    let t = (mantissa - 1) / (mantissa + 1)
    let square = t * t
    var series = 0.0
    for power in stride(from: 21, through: 1, by: -2) {
      series = series * square + 1 / Double(power)
    }
    return exponent * 0x1.62e42fefa39efp-1 + 2 * t * series
  }
}

extension Array {
  /// Brings the elements into an order in which each is equally likely.
  ///
  /// - Source: Durstenfeld, "Algorithm 235: random permutation", CACM 7(7), 1964
  ///   (Fisher-Yates).
  mutating func shuffle(with generator: inout SeededGenerator) {
    for last in stride(from: count - 1, to: 0, by: -1) {
      swapAt(last, Int(generator.next(below: UInt64(last + 1))))
    }
  }
}
