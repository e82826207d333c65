import TestSupport
import GraphIR
import Testing

/// Examples marked "specification" are those of the StableHLO specification, "Ops".
@Suite struct EvaluatorElementwiseTests {
  @Test("integers wrap around in two's complement")
  func wrapping() throws {
    // 2³¹ − 1 + 1 = −2³¹; 2¹⁶ · 2¹⁵ = 2³¹; −2³¹ / −1 = 2³¹; 65537² = 2³² + 2¹⁷ + 1.
    let largest = vector(.i32, [2_147_483_647, 65536, 65537])
    let sum = try evaluate(largest, vector(.i32, [1, 0, 0])) { try $0.add($1[0], $1[1]) }
    #expect(sum.elements == [-2_147_483_648, 65536, 65537])
    let product = try evaluate(largest, vector(.i32, [2, 32768, 65537])) {
      try $0.multiply($1[0], $1[1])
    }
    #expect(product.elements == [-2, -2_147_483_648, 131073])
    let quotient = try evaluate(vector(.i32, [-2_147_483_648]), vector(.i32, [-1])) {
      try $0.divide($1[0], $1[1])
    }
    #expect(quotient.elements == [-2_147_483_648])
    // 200 + 100 − 256; 100 + 100 − 256.
    let bytes = try evaluate(vector(.ui8, [200]), vector(.ui8, [100])) {
      try $0.add($1[0], $1[1])
    }
    #expect(bytes.elements == [44])
    let signed = try evaluate(vector(.i8, [100, -128])) { try $0.add($1[0], $1[0]) }
    #expect(signed.elements == [-56, 0])
    #expect(try evaluate(vector(.i8, [-128])) { try $0.unary(.abs, $1[0]) }.elements == [-128])
  }

  @Test("integer division truncates, and a remainder has the dividend's sign")
  func division() throws {
    let (a, b) = (vector(.i32, [17, -17, 17, -17]), vector(.i32, [3, 3, -3, -3]))
    // specification
    #expect(
      try evaluate(a, b) { try $0.binary(.remainder, $1[0], $1[1]) }.elements == [2, -2, 2, -2])
    #expect(try evaluate(a, b) { try $0.divide($1[0], $1[1]) }.elements == [5, -5, -5, 5])
    // 17.5 = 5 · 3 + 2.5
    let floats = try evaluate(vector([17.5, -17.5]), vector([3, -3])) {
      try $0.binary(.remainder, $1[0], $1[1])
    }
    #expect(floats.elements == [2.5, -2.5])
  }

  @Test("an integer to a power multiplies, and truncates the reciprocal of a negative one")
  func integerPower() throws {
    let power = try evaluate(
      vector(.i32, [3, -2, 7, 2, -1, -1, 2]), vector(.i32, [4, 3, 0, -1, -3, -2, 31])
    ) { try $0.binary(.power, $1[0], $1[1]) }
    #expect(power.elements == [81, -8, 1, 0, -1, 1, -2_147_483_648])
  }

  @Test("powers of floats follow IEEE 754")
  func power() throws {
    // specification, but for the place where f32 rounds.
    let power = try evaluate(
      vector([-2, -0.0, -36, 5, 3, 10000]), vector([2, 2, 1.1, 2, -1, 10])
    ) { try $0.binary(.power, $1[0], $1[1]) }
    #expect(power[0] == 4 && power[1] == 0 && power[2].isNaN && power[3] == 25)
    #expect(power[4] == Double(Float(1) / 3) && power[5] == Double(Float(1e40)))
  }

  @Test("maximum and minimum propagate NaN and order the zeros")
  func maximum() throws {
    let (a, b) = (vector([1, .nan, 3, -0.0, 0]), vector([2, 1, .nan, 0, -0.0]))
    let greater = try evaluate(a, b) { try $0.maximum($1[0], $1[1]) }
    #expect(greater[0] == 2 && greater[1].isNaN && greater[2].isNaN)
    #expect(greater[3].sign == .plus && greater[4].sign == .plus)
    let less = try evaluate(a, b) { try $0.binary(.minimum, $1[0], $1[1]) }
    #expect(less[0] == 1 && less[1].isNaN && less[2].isNaN)
    #expect(less[3].sign == .minus && less[4].sign == .minus)
  }

  @Test("every comparison with a NaN is false but NE")
  func comparison() throws {
    let (a, b) = (vector([1, 3, .nan, 2]), vector([1.5, 2.5, .nan, 2]))
    let expected: [Comparison: [Double]] = [
      .eq: [0, 0, 0, 1], .ne: [1, 1, 1, 0], .lt: [1, 0, 0, 0], .le: [1, 0, 0, 1],
      .gt: [0, 1, 0, 0], .ge: [0, 1, 0, 1],
    ]
    for (direction, outcome) in expected {
      let got = try evaluate(a, b) { try $0.compare(direction, $1[0], $1[1]) }
      #expect(got == vector(.i1, outcome), "\(direction)")
    }
  }

  @Test("on truth values add and maximum are or, multiply and minimum are and")
  func truth() throws {
    let (a, b) = (vector(.i1, [0, 0, 1, 1]), vector(.i1, [0, 1, 0, 1]))
    let expected: [BinaryOperation: [Double]] = [
      .add: [0, 1, 1, 1], .maximum: [0, 1, 1, 1], .or: [0, 1, 1, 1], .multiply: [0, 0, 0, 1],
      .minimum: [0, 0, 0, 1], .and: [0, 0, 0, 1], .xor: [0, 1, 1, 0],
    ]
    for (op, outcome) in expected {
      #expect(
        try evaluate(a, b) { try $0.binary(op, $1[0], $1[1]) }.elements == outcome, "\(op)")
    }
    #expect(try evaluate(a) { try $0.unary(.not, $1[0]) }.elements == [1, 1, 0, 0])
    #expect(try evaluate(vector(.i8, [5])) { try $0.unary(.not, $1[0]) }.elements == [-6])
  }

  @Test("a maximum over truth values starts from false, a minimum from true")
  func truthReductions() throws {
    let none = vector(.i1, [0, 0])
    #expect(try evaluate(none) { try $0.reduce(.maximum, $1[0], dimensions: [0]) }.elements == [0])
    let all = vector(.i1, [1, 1])
    #expect(try evaluate(all) { try $0.reduce(.minimum, $1[0], dimensions: [0]) }.elements == [1])
  }

  @Test("shifts bring in zeros or signs, and by too many bits nothing else is left")
  func shifts() throws {
    func shifted(
      _ op: BinaryOperation, _ dtype: DType, _ x: [Double], by bits: [Double]
    ) throws -> [Double] {
      try evaluate(vector(dtype, x), vector(dtype, bits)) { try $0.binary(op, $1[0], $1[1]) }
        .elements
    }
    // specification: -1 << 1, 0 << 2, 1 << 3; beyond the width and below 0.
    #expect(
      try shifted(.shiftLeft, .i32, [-1, 0, 1, 1, 1, 3], by: [1, 2, 3, 31, 32, -1])
        == [-2, 0, 8, -2_147_483_648, 0, 0])
    #expect(try shifted(.shiftLeft, .ui8, [200, 1], by: [1, 8]) == [144, 0])
    // specification: -1 >> 1, 0 >> 2, 8 >> 3.
    #expect(
      try shifted(.shiftRightArithmetic, .i32, [-1, 0, 8, -7, 7, -7], by: [1, 2, 3, 1, 40, 40])
        == [-1, 0, 1, -4, 0, -1])
    // The sign of an unsigned number is its highest bit.
    #expect(try shifted(.shiftRightArithmetic, .ui8, [0x80, 0x40], by: [1, 1]) == [0xC0, 0x20])
    #expect(
      try shifted(.shiftRightLogical, .i32, [-1, 0, 8, -1, -1], by: [1, 2, 3, 31, 32])
        == [2_147_483_647, 0, 1, 1, 0])
    #expect(try shifted(.shiftRightLogical, .i8, [-128, -1], by: [7, 4]) == [1, 15])
  }

  @Test("clamp takes bounds of its shape or scalars, and the greatest value has the last word")
  func clamp() throws {
    let x = vector([-1, 2, 5])
    func clamped(_ low: Literal, _ high: Literal) throws -> [Double] {
      try evaluate(low, x, high) { try $0.clamp($1[0], $1[1], $1[2]) }.elements
    }
    #expect(try clamped(tensor([], [0]), tensor([], [3])) == [0, 2, 3])
    #expect(try clamped(vector([0, 3, 0]), tensor([], [4])) == [0, 3, 4])
    #expect(try clamped(tensor([], [9]), vector([1, 7, 9])) == [1, 7, 9])
  }

  @Test("what is finite is neither infinite nor a NaN, and the answer is a truth value")
  func finite() throws {
    let x = vector([1, -0.0, .infinity, -.infinity, .nan, 3e38])
    let finite = try evaluate(x) { try $0.unary(.isFinite, $1[0]) }
    #expect(finite == vector(.i1, [1, 1, 0, 0, 0, 1]))
  }

  @Test("functions agree with values from tables")
  func functions() throws {
    // Abramowitz and Stegun, tables 4.6 (sin 1), 7.1 (erf 0.5) and 4.14 (arctan 1).
    let expected: [(UnaryOperation, Double, Double)] = [
      (.sine, 1, 0.8414709848), (.cosine, 1, 0.5403023059), (.erf, 0.5, 0.5204998778),
      (.cbrt, -27, -3), (.exponentialMinusOne, 1e-10, 1e-10), (.logPlusOne, 1e-10, 1e-10),
      (.roundNearestAway, 2.5, 3), (.roundNearestAway, -0.5, -1), (.roundNearestEven, 2.5, 2),
    ]
    for (op, x, y) in expected {
      let got = try evaluate(vector([x])) { try $0.unary(op, $1[0]) }[0]
      #expect((got - y).magnitude <= 1e-7 * y.magnitude, "\(op)")
    }
    let angles = try evaluate(vector([1, 1, -1, 0, -0.0]), vector([1, -1, -1, -1, -1])) {
      try $0.binary(.atan2, $1[0], $1[1])
    }
    let pi = Double(Float.pi.nextUp)  // to nearest, where `Float.pi` is towards zero
    for (got, quarters) in zip(angles.elements, [1.0, 3, -3, 4, -4]) {
      #expect((got - quarters * pi / 4).magnitude < 1e-6)
    }
  }

  @Test("unary operations agree with the specification's examples")
  func unary() throws {
    // specification; its ceil keeps the sign of a zero.
    let ceil = try evaluate(vector([-0.8166, -0.2530, 0.2530, 0.8166, 2])) {
      try $0.unary(.ceil, $1[0])
    }
    #expect(ceil == vector([-0.0, -0.0, 1, 1, 2]))
    let exponential = try evaluate(vector([0, 1, 2, 3])) { try $0.unary(.exponential, $1[0]) }
    #expect(
      exponential
        == vector([1, 2.7182818284590451, 7.3890560989306504, 20.085536923187668]))
    let rsqrt = try evaluate(vector([1, 4, 9, 25])) { try $0.unary(.rsqrt, $1[0]) }
    #expect(rsqrt == vector([1, 0.5, 1.0 / 3, 0.2]))
    let sign = try evaluate(vector([-3, -0.0, 0, 7, .nan])) { try $0.unary(.sign, $1[0]) }
    #expect(sign == vector([-1, -0.0, 0, 1, .nan]))
    // log 1 = 0, tanh 0 = 0, 1 / (1 + e⁰) = 1/2, √6.25 = 2.5.
    #expect(try evaluate(vector([1])) { try $0.unary(.log, $1[0]) }.elements == [0])
    #expect(try evaluate(vector([0])) { try $0.unary(.tanh, $1[0]) }.elements == [0])
    #expect(try evaluate(vector([0])) { try $0.unary(.logistic, $1[0]) }.elements == [0.5])
    #expect(try evaluate(vector([6.25])) { try $0.unary(.sqrt, $1[0]) }.elements == [2.5])
  }

  @Test("arithmetic of f32 has the bits of the processor's binary32")
  func correctRounding() throws {
    let floats = words(2000).map { Float(bitPattern: $0 % 0x7F80_0000) }
    let a = vector(floats.map { Double($0) })
    let b = vector(floats.reversed().map { Double(-$0) })
    let operations: [(BinaryOperation, (Float, Float) -> Float)] = [
      (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }),
      (.divide, { $0 / $1 }),
    ]
    for (op, native) in operations {
      let expected = zip(floats, floats.reversed()).map { Double(native($0, -$1)) }
      #expect(try evaluate(a, b) { try $0.binary(op, $1[0], $1[1]) } == vector(expected))
    }
    #expect(
      try evaluate(a) { try $0.unary(.sqrt, $1[0]) }
        == vector(floats.map { Double($0.squareRoot()) }))
  }

  @Test("conversions to integers truncate and saturate, conversions to i1 ask for zero")
  func conversion() throws {
    let x = vector([2.9, -2.9, 300, -300, .nan])
    #expect(try evaluate(x) { try $0.convert($1[0], to: .i8) }.elements == [2, -2, 127, -128, 0])
    #expect(try evaluate(x) { try $0.convert($1[0], to: .ui8) }.elements == [2, 0, 255, 0, 0])
    let truth = try evaluate(vector([0, -0.0, 0.1, .nan])) { try $0.convert($1[0], to: .i1) }
    #expect(truth.elements == [0, 0, 1, 1])
  }

  @Test("a scalar predicate selects for all elements")
  func selection() throws {
    let (a, b) = (vector([1, 2, 3]), vector([4, 5, 6]))
    let each = try evaluate(vector(.i1, [1, 0, 1]), a, b) { try $0.select($1[0], $1[1], $1[2]) }
    #expect(each.elements == [1, 5, 3])
    let all = try evaluate(Literal(.scalar(.i1), splat: 0), a, b) {
      try $0.select($1[0], $1[1], $1[2])
    }
    #expect(all == b)
  }
}
