internal import GraphIR

extension Formula {
  /// Without a difference of numbers that are nearly equal, and without a square that is infinite.
  mutating func inverseHyperbolicSine(_ x: ValueID) throws(GraphError) -> ValueID {
    let size = try magnitude(x)
    let square = try times(size, size)
    let root = try self.root(plus(1, square))
    let small = try unary(.logPlusOne, plus(size, over(square, plus(1, root))))
    let great = try plus(0.693_147_180_559_945_309_4, log(size))
    let isGreat = try compare(.ge, size, number(rootOfGreatest))
    return try times(unary(.sign, x), choose(isGreat, great, small))
  }

  mutating func hyperbolicSine(_ x: ValueID) throws(GraphError) -> ValueID {
    let half = try number(-0.693_147_180_559_945_309_4)
    let far = try minus(exp(plus(x, half)), exp(minus(half, x)))
    let e = try unary(.exponentialMinusOne, x)
    let near = try times(0.5, plus(e, over(e, plus(1, e))))
    return try choose(compare(.lt, magnitude(x), number(1)), near, far)
  }

  /// - Source: Giles, "Approximating the erfinv function", GPU Computing Gems, 2011, table 5: two
  ///   polynomials in single precision. In f64, two of Newton's steps from there.
  mutating func inverseErrorFunction(_ x: ValueID) throws(GraphError) -> ValueID {
    if isDouble {
      let single = try builder.convert(x, to: .f32)
      var narrow = Formula(builder: builder, like: single)
      let start = try narrow.inverseErrorFunction(single)
      builder = narrow.builder
      var y = try builder.convert(start, to: .f64)
      let first = y
      for _ in 0..<2 {
        // d/dy erf y = 2/√π · exp(−y²)
        let slope = try times(1.128_379_167_095_512_573_9, exp(negated(times(y, y))))
        y = try minus(y, over(minus(unary(.erf, y), x), slope))
      }
      // Infinite at ±1; NaN beyond.
      return try choose(unary(.isFinite, y), y, first)
    }
    let w = try negated(unary(.logPlusOne, times(negated(x), x)))
    let isNear = try compare(.lt, w, number(5))
    let near: [Double] = [
      2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
      -0.00125372503, -0.00417768164, 0.246640727, 1.50140941,
    ]
    let far: [Double] = [
      -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
      0.00943887047, 1.00167406, 2.83297682,
    ]
    let place = try choose(isNear, minus(w, number(2.5)), minus(root(w), number(3)))
    var sum = try choose(isNear, number(near[0]), number(far[0]))
    for index in 1..<near.count {
      sum = try plus(
        choose(isNear, number(near[index]), number(far[index])), times(sum, place))
    }
    let isEnd = try compare(.eq, magnitude(x), number(1))
    return try choose(isEnd, times(x, number(.infinity)), times(sum, x))
  }

  /// Beyond 1 in single precision by its own expansion: the difference to 1 would have no digits left.
  ///
  /// - Source: Moshier, Cephes, `ndtrf.c`.
  mutating func complementaryErrorFunction(_ x: ValueID) throws(GraphError) -> ValueID {
    let near = try minus(1, unary(.erf, x))
    if isDouble { return near }
    let size = try magnitude(x)
    let inverse = try over(1, size)
    let square = try times(inverse, inverse)
    let below: [Double] = [
      2.326819970068386e-2, -1.387039388740657e-1, 3.687424674597105e-1, -5.824733027278666e-1,
      6.210004621745983e-1, -4.944515323274145e-1, 3.404879937665872e-1, -2.741127028184656e-1,
      5.638259427386472e-1,
    ]
    let beyond: [Double] = [
      -1.047766399936249e+1, 1.297719955372516e+1, -7.495518717768503, 2.921019019210786,
      -1.015265279202700, 4.218463358204948e-1, -2.820767439740514e-1, 5.641895067754075e-1,
    ]
    let factor = try choose(
      compare(.lt, size, number(2)), polynomial(below, square), polynomial(beyond, square))
    let tail = try times(exp(negated(times(x, x))), times(inverse, factor))
    let far = try choose(compare(.lt, x, number(0)), minus(2, tail), tail)
    return try choose(compare(.lt, size, number(1)), near, far)
  }

  /// - Source: Moshier, Cephes, `i1f.c`: I₁(x) · exp(−|x|) by Chebyshev polynomials.
  mutating func besselI1e(_ x: ValueID) throws(GraphError) -> ValueID {
    let size = try magnitude(x)
    let near: [Double] = [
      9.38153738649577178388e-9, -4.44505912879632808065e-8, 2.00329475355213526229e-7,
      -8.56872026469545474066e-7, 3.47025130813767847674e-6, -1.32731636560394358279e-5,
      4.78156510755005422638e-5, -1.61760815825896745588e-4, 5.12285956168575772895e-4,
      -1.51357245063125314899e-3, 4.15642294431288815669e-3, -1.05640848946261981558e-2,
      2.47264490306265168283e-2, -5.29459812080949914269e-2, 1.02643658689847095384e-1,
      -1.76416518357834055153e-1, 2.52587186443633654823e-1,
    ]
    let far: [Double] = [
      -3.83538038596423702205e-9, -2.63146884688951950684e-8, -2.51223623787020892529e-7,
      -3.88256480887769039346e-6, -1.10588938762623716291e-4, -9.76109749136146840777e-3,
      7.78576235018280120474e-1,
    ]
    let inner = try times(size, chebyshev(near, minus(times(0.5, size), number(2))))
    let outer = try over(chebyshev(far, minus(over(32, size), number(2))), root(size))
    let positive = try choose(compare(.le, size, number(8)), inner, outer)
    return try times(unary(.sign, x), positive)
  }

  // MARK: Gamma and zeta

  /// Of Lanczos' approximation with g = 7.
  private static let lanczos: [Double] = [
    676.520368121885098567009190444019, -1259.13921672240287047156078755283,
    771.3234287776530788486528258894, -176.61502916214059906584551354,
    12.507343278686904814458936853, -0.13857109526572011689554707, 9.984369578019570859563e-6,
    1.50563273514931155834e-7,
  ]

  /// Where `x` is below 1/2, of `1 − x`; the sum of Lanczos and its derivative there.
  private mutating func lanczosSum(
    _ x: ValueID
  ) throws(GraphError) -> (isReflected: ValueID, z: ValueID, sum: ValueID, slope: ValueID) {
    let isReflected = try compare(.lt, x, number(0.5))
    let z = try choose(isReflected, negated(x), minus(x, number(1)))
    var (sum, slope) = (try number(0.99999999999980993227684700473478), try number(0))
    for (index, coefficient) in Self.lanczos.enumerated() {
      let denominator = try plus(Double(index + 1), z)
      let term = try over(coefficient, denominator)
      sum = try plus(sum, term)
      slope = try minus(slope, over(term, denominator))
    }
    return (isReflected, z, sum, slope)
  }

  /// The logarithm of `z + 7.5`.
  private mutating func logOfShifted(_ z: ValueID) throws(GraphError) -> ValueID {
    try plus(2.014_903_020_542_264_8, unary(.logPlusOne, over(z, number(7.5))))
  }

  /// - Source: Lanczos, "A precision approximation of the gamma function", 1964; Euler's reflection.
  mutating func logOfGamma(_ x: ValueID) throws(GraphError) -> ValueID {
    let (isReflected, z, sum, _) = try lanczosSum(x)
    let logT = try logOfShifted(z)
    // (z + 1/2 − t / log t) · log t
    let inner = try minus(plus(0.5, z), over(plus(7.5, z), logT))
    let upper = try plus(
      plus(0.918_938_533_204_672_741_8, times(inner, logT)), log(sum))
    let size = try magnitude(x)
    let fraction = try minus(size, unary(.floor, size))
    let reduced = try choose(
      compare(.gt, fraction, number(0.5)), minus(1, fraction), fraction)
    let logSine = try log(unary(.sine, times(.pi, reduced)))
    let reflected = try minus(minus(1.144_729_885_849_400_174_1, logSine), upper)
    let lower = try choose(unary(.isFinite, logSine), reflected, negated(logSine))
    let value = try choose(isReflected, lower, upper)
    return try choose(compare(.eq, size, number(.infinity)), number(.infinity), value)
  }

  mutating func digamma(_ x: ValueID) throws(GraphError) -> ValueID {
    let (isReflected, z, sum, slope) = try lanczosSum(x)
    let upper = try minus(
      plus(logOfShifted(z), over(slope, sum)), over(7, plus(7.5, z)))
    let angle = try times(.pi, plus(x, magnitude(unary(.floor, plus(0.5, x)))))
    let reflected = try minus(
      upper, over(times(.pi, unary(.cosine, angle)), unary(.sine, angle)))
    let value = try choose(isReflected, reflected, upper)
    let isPole = try builder.binary(
      .and, compare(.le, x, number(0)), compare(.eq, x, unary(.floor, x)))
    return try choose(isPole, number(.nan), value)
  }

  /// Hurwitz' zeta function: nine terms, and the rest by Euler and Maclaurin.
  mutating func zeta(_ x: ValueID, _ q: ValueID) throws(GraphError) -> ValueID {
    // (2k)! / B₂ₖ
    let coefficients: [Double] = [
      12, -720, 30240, -1_209_600, 47_900_160, -1.892_437_580_318_379_160_6e9, 7.47242496e10,
      -2.950_130_727_918_164_224e12, 1.164_678_281_435_006_724_9e14,
      -4.597_978_722_407_472_610_5e15, 1.815_210_540_194_354_677_3e17,
      -7.166_165_256_175_667_011_3e18,
    ]
    let exponent = try negated(x)
    var a = q
    var sum = try power(q, exponent)
    for _ in 0..<9 {
      a = try plus(1, a)
      sum = try plus(sum, power(a, exponent))
    }
    a = try plus(1, a)
    let last = try power(a, exponent)
    sum = try plus(sum, over(times(last, a), minus(x, number(1))))
    let square = try times(a, a)
    var rest = try number(1 / coefficients[11])
    for k in stride(from: 12, to: 1, by: -1) {
      let factors = try times(plus(Double(2 * k - 3), x), plus(Double(2 * k - 2), x))
      rest = try plus(1 / coefficients[k - 2], over(times(factors, rest), square))
    }
    let value = try plus(sum, times(last, plus(0.5, times(over(x, a), rest))))
    let isBelow = try compare(.lt, x, number(1))
    let isPole = try builder.binary(
      .and, compare(.le, q, number(0)), compare(.eq, q, unary(.floor, q)))
    let known = try choose(isPole, number(.infinity), choose(isBelow, number(.nan), value))
    return try choose(compare(.eq, x, number(1)), number(.infinity), known)
  }

  /// `(−1)ⁿ⁺¹ · n! · ζ(n + 1, x)`; that of 0 is digamma.
  mutating func polygamma(_ n: ValueID, _ x: ValueID) throws(GraphError) -> ValueID {
    let order = try plus(1, n)
    let size = try times(exp(logOfGamma(order)), zeta(order, x))
    let half = try times(0.5, order)
    let isEven = try compare(.eq, half, unary(.floor, half))
    let value = try choose(isEven, size, negated(size))
    let isFirst = try compare(.eq, n, number(0))
    let isOrder = try builder.binary(
      .and, compare(.eq, n, unary(.floor, n)), compare(.ge, n, number(0)))
    return try choose(
      isFirst, digamma(x), choose(isOrder, value, number(.nan)))
  }
}
