import CKernels
import Foundation
import Testing

/// Every `step`th float pattern, all exponents and both signs, and the special values.
private func sampledFloats(step: UInt32) -> [Float] {
  stride(from: UInt32(0), to: UInt32.max - step, by: Int(step)).map { Float(bitPattern: $0) }
    + kernelSpecialValues
}

/// Distance from the exact result in units in its last place.
private func error(of actual: Float, from exact: Double) -> Double {
  if exact.isNaN { return actual.isNaN ? 0 : .infinity }
  let nearest = Float(exact)
  if actual == nearest || (actual.isInfinite && nearest.isInfinite && actual == nearest) {
    return 0
  }
  guard actual.isFinite, nearest.isFinite else { return .infinity }
  return abs(Double(actual) - exact) / Double(nearest.ulp)
}

extension CKernelsTests {
  @Test("exp, log, sine and the like stay within 2 ulp, with the same bits on all levels")
  func accuracy() {
    let functions: [(String, Int, (Double) -> Double)] = [
      ("exp", CK_EXPONENTIAL, { exp($0) }), ("log", CK_LOGARITHM, { log($0) }),
      ("tanh", CK_TANH, { tanh($0) }), ("logistic", CK_LOGISTIC, { 1 / (1 + exp(-$0)) }),
      ("expm1", CK_EXPONENTIAL_MINUS_ONE, { expm1($0) }), ("log1p", CK_LOG_PLUS_ONE, { log1p($0) }),
      ("sine", CK_SINE, { sin($0) }), ("cosine", CK_COSINE, { cos($0) }),
      ("erf", CK_ERROR_FUNCTION, { erf($0) }), ("cbrt", CK_CUBE_ROOT, { cbrt($0) }),
    ]
    let inputs = sampledFloats(step: 99_991)
    for (name, code, exact) in functions {
      let expected = inputs.map { exact(Double($0)) }
      var first: [Float]?
      forEachKernelLevel { level in
        let actual = runKernel(code, [inputs])
        let worst = inputs.indices.max {
          error(of: actual[$0], from: expected[$0]) < error(of: actual[$1], from: expected[$1])
        }
        if let worst {
          #expect(
            error(of: actual[worst], from: expected[worst]) <= 2,
            "\(name)(\(inputs[worst])) is \(actual[worst]) at level \(level)")
        }
        if let first { #expect(zip(first, actual).allSatisfy(sameFloat), "\(name)") }
        first = actual
      }
    }
  }

  @Test("rounding to integers and finiteness are exact for all kinds of floats")
  func rounding() {
    let ties: [Float] = [0.5, -0.5, 1.5, -1.5, 2.5, 0.499_999_97, -0.499_999_97, 8_388_607.5]
    let inputs = sampledFloats(step: 99_991) + ties
    let functions: [(Int, (Float) -> Float)] = [
      (CK_CEIL, { $0.rounded(.up) }), (CK_FLOOR, { $0.rounded(.down) }),
      (CK_ROUND_NEAREST_AWAY, { $0.rounded(.toNearestOrAwayFromZero) }),
      (CK_ROUND_NEAREST_EVEN, { $0.rounded(.toNearestOrEven) }),
      (CK_IS_FINITE, { $0.isFinite ? 1 : 0 }),
    ]
    for (code, exact) in functions {
      forEachKernelLevel { level in
        let actual = runKernel(code, [inputs])
        let wrong = inputs.indices.first { !sameFloat(actual[$0], exact(inputs[$0])) }
        #expect(wrong == nil, "\(code) of \(wrong.map { inputs[$0] } ?? 0) at level \(level)")
      }
    }
  }

  @Test("angles of all quadrants and special values are within 1 ulp, remainders exact")
  func pairs() {
    let values = kernelSpecialValues + sampledFloats(step: 50_000_017)
    let first = values.flatMap { y in values.map { _ in y } }
    let second = values.flatMap { _ in values }
    let angles = zip(first, second).map { atan2(Double($0), Double($1)) }
    let rests = zip(first, second).map { $0.truncatingRemainder(dividingBy: $1) }
    forEachKernelLevel { _ in
      let actual = runKernel(CK_ATAN2, [first, second])
      let rest = runKernel(CK_REMAINDER, [first, second])
      for index in first.indices {
        #expect(
          error(of: actual[index], from: angles[index]) <= 1
            && (actual[index].isNaN || actual[index].sign == angles[index].sign),
          "atan2(\(first[index]), \(second[index])) is \(actual[index])")
        #expect(
          sameFloat(rest[index], rests[index]),
          "\(first[index]) % \(second[index]) is \(rest[index])")
      }
    }
  }

  @Test("Square roots are rounded to nearest: sampled floats and the edges of the fast path")
  func squareRoots() {
    var inputs = sampledFloats(step: 65_521)
    for exponent in [-126, -101, -100, -99, 0, 1, 99, 100, 127] {
      for offset in -300...300 {
        let bits = Int(Float(sign: .plus, exponent: exponent, significand: 1).bitPattern) + offset
        inputs.append(Float(bitPattern: UInt32(bits)))
      }
    }
    // One exponent at a time, so that whole vectors take the fast path.
    inputs += (0..<20_000).map { Float(bitPattern: 0x3f80_0000 + UInt32($0) * 838) }
    let expected = inputs.map { $0.squareRoot() }
    forEachKernelLevel { _ in
      let actual = runKernel(CK_SQUARE_ROOT, [inputs])
      let wrong = inputs.indices.first { !sameFloat(actual[$0], expected[$0]) }
      #expect(wrong == nil, "sqrt(\(wrong.map { inputs[$0] } ?? 0))")
    }
  }

  @Test("pow stays within 1 ulp and follows IEEE 754 for special values")
  func powers() {
    var random = KernelRandom(state: 21)
    var bases: [Float] = [], exponents: [Float] = []
    let special = kernelSpecialValues + [2, -2, 3, -3, 0.5, -0.5, 16_777_215, 16_777_218]
    for base in special {
      for exponent in special {
        bases.append(base)
        exponents.append(exponent)
      }
    }
    for _ in 0..<2_000 {
      bases.append(random.float(specialOnceIn: 0) * 40)
      exponents.append((random.float(specialOnceIn: 0) * 20).rounded() * 0.5)
    }
    let expected = zip(bases, exponents).map { pow(Double($0), Double($1)) }
    forEachKernelLevel { _ in
      let actual = runKernel(CK_POWER, [bases, exponents])
      for index in bases.indices {
        #expect(
          error(of: actual[index], from: expected[index]) <= 1
            && (actual[index].isNaN || actual[index].sign == expected[index].sign),
          "pow(\(bases[index]), \(exponents[index])) is \(actual[index])")
      }
    }
  }
}
