import CKernels
import Testing

/// An instruction and what it means for one element.
private struct Meaning: Sendable {
  let name: String
  let code: Int
  let evaluate: @Sendable (Float, Float, Float, Float) -> Float

  init(
    _ name: String, _ code: Int,
    _ evaluate: @escaping @Sendable (Float, Float, Float, Float) -> Float
  ) {
    (self.name, self.code, self.evaluate) = (name, code, evaluate)
  }
}

private func mask(_ condition: Bool) -> Float { condition ? 1 : 0 }

private func maximum(_ a: Float, _ b: Float) -> Float {
  if a.isNaN || b.isNaN { return .nan }
  if a == 0, b == 0 { return a.sign == .plus ? a : b }
  return a > b ? a : b
}

private func minimum(_ a: Float, _ b: Float) -> Float { -maximum(-a, -b) }

private func sign(_ a: Float) -> Float { a > 0 ? 1 : a < 0 ? -1 : a }

private let meanings: [Meaning] = [
  Meaning("copy", CK_COPY) { a, _, _, _ in a },
  Meaning("add", CK_ADD) { a, b, _, _ in a + b },
  Meaning("subtract", CK_SUBTRACT) { a, b, _, _ in a - b },
  Meaning("multiply", CK_MULTIPLY) { a, b, _, _ in a * b },
  Meaning("divide", CK_DIVIDE) { a, b, _, _ in a / b },
  Meaning("maximum", CK_MAXIMUM) { a, b, _, _ in maximum(a, b) },
  Meaning("minimum", CK_MINIMUM) { a, b, _, _ in minimum(a, b) },
  Meaning("negate", CK_NEGATE) { a, _, _, _ in -a },
  Meaning("absolute", CK_ABSOLUTE) { a, _, _, _ in a.magnitude },
  Meaning("sign", CK_SIGN) { a, _, _, _ in sign(a) },
  Meaning("floor", CK_FLOOR) { a, _, _, _ in a.rounded(.down) },
  Meaning("round", CK_ROUND_NEAREST_EVEN) { a, _, _, _ in
    a.rounded(.toNearestOrEven)
  },
  Meaning("square root", CK_SQUARE_ROOT) { a, _, _, _ in a.squareRoot() },
  Meaning("reciprocal square root", CK_RECIPROCAL_SQUARE_ROOT) { a, _, _, _ in 1 / a.squareRoot() },
  Meaning("equal", CK_EQUAL) { a, b, _, _ in mask(a == b) },
  Meaning("not equal", CK_NOT_EQUAL) { a, b, _, _ in mask(a != b) },
  Meaning("less", CK_LESS) { a, b, _, _ in mask(a < b) },
  Meaning("less or equal", CK_LESS_OR_EQUAL) { a, b, _, _ in mask(a <= b) },
  Meaning("greater", CK_GREATER) { a, b, _, _ in mask(a > b) },
  Meaning("greater or equal", CK_GREATER_OR_EQUAL) { a, b, _, _ in mask(a >= b) },
  Meaning("round to bfloat16", CK_ROUND_BF16) { a, _, _, _ in slowRoundedToBFloat16(a) },
  Meaning("relu", CK_RELU) { a, _, _, _ in maximum(a, 0) },
  Meaning("multiply add", CK_MULTIPLY_ADD) { a, b, c, _ in a * b + c },
  Meaning("sum of products", CK_SUM_OF_PRODUCTS) { a, b, c, d in a * b + c * d },
  Meaning("product plus scaled square", CK_PRODUCT_PLUS_SCALED_SQUARE) { a, b, c, d in
    a * b + c * (d * d)
  },
  Meaning("scaled square root plus", CK_SCALED_SQUARE_ROOT_PLUS) { a, b, c, _ in
    a.squareRoot() * b + c
  },
  Meaning("subtract scaled quotient", CK_SUBTRACT_SCALED_QUOTIENT) { a, b, c, d in
    a - b * (c / d)
  },
  Meaning("round and clamp", CK_ROUND_CLAMP) { a, b, c, _ in
    minimum(maximum(a.rounded(.toNearestOrEven), b), c)
  },
  Meaning("select greater", CK_SELECT_GREATER) { a, b, c, d in a > b ? c : d },
]

private func operands(_ count: Int, _ random: inout KernelRandom) -> [[Float]] {
  (0..<4).map { _ in (0..<count).map { _ in random.float(specialOnceIn: 4) } }
}

extension CKernelsTests {
  @Test("Each instruction gives the bits of its operations, each rounded by itself, at any length")
  func meaningsOfInstructions() {
    var random = KernelRandom(state: 11)
    for meaning in meanings {
      for count in [1, 3, 8, 17, 31, 64, 333] {
        let inputs = operands(count, &random)
        let expected = (0..<count).map {
          meaning.evaluate(inputs[0][$0], inputs[1][$0], inputs[2][$0], inputs[3][$0])
        }
        forEachKernelLevel { level in
          let actual = runKernel(meaning.code, inputs)
          for index in 0..<count where !sameFloat(actual[index], expected[index]) {
            Issue.record(
              """
              \(meaning.name), level \(level), element \(index) of \(count): \(actual[index]), \
              expected \(expected[index]) of \(inputs.map { $0[index] })
              """)
          }
        }
      }
    }
  }

  @Test("Rounding takes ties to the even integer and keeps large values and the sign of zero")
  func roundings() {
    let halves = (-4200...4200).map { Float($0) * 0.5 }
    let others: [Float] = [8_388_607.5, -8_388_607.5, 8_388_608, 0x1.fffffep-2, -0.25, .infinity]
    let inputs = halves + halves.map(\.nextUp) + halves.map(\.nextDown) + others
    let expected = inputs.map { $0.rounded(.toNearestOrEven).bitPattern }
    forEachKernelLevel { _ in
      #expect(runKernel(CK_ROUND_NEAREST_EVEN, [inputs]).map(\.bitPattern) == expected)
    }
  }

  @Test("Masks combine, and select takes the second operand where the mask is 1")
  func masks() {
    let a: [Float] = [0, 0, 1, 1], b: [Float] = [0, 1, 0, 1], c: [Float] = [5, -0.0, .nan, 7]
    forEachKernelLevel { _ in
      #expect(runKernel(CK_AND, [a, b]) == [0, 0, 0, 1])
      #expect(runKernel(CK_OR, [a, b]) == [0, 1, 1, 1])
      #expect(runKernel(CK_XOR, [a, b]) == [0, 1, 1, 0])
      #expect(runKernel(CK_NOT, [a]) == [1, 1, 0, 0])
      #expect(runKernel(CK_SELECT, [b, a, c])[0...1] == [5, 0])
      #expect(runKernel(CK_SELECT, [b, a, c])[2].isNaN)
      #expect(runKernel(CK_SELECT, [b, a, c])[3] == 1)
    }
  }

  @Test("Operands may be a scalar register or an immediate, in any place")
  func scalarOperands() {
    var random = KernelRandom(state: 12)
    let inputs = operands(45, &random)
    let splat = { (x: Float) in [Float](repeating: x, count: 45) }
    forEachKernelLevel { _ in
      for code in [CK_SUBTRACT, CK_DIVIDE, CK_SUM_OF_PRODUCTS, CK_SELECT_GREATER] {
        for kinds in UInt16(0)..<256 {
          let spread = (0..<4).map { place in
            switch kinds >> (2 * place) & 3 {
            case 0: inputs[place]
            case 1: splat(inputs[place][0])
            case 2: splat(0.75)
            default: splat(-3)
            }
          }
          let actual = runKernel(code, inputs, kinds: kinds, immediates: (0.75, -3))
          let expected = runKernel(code, spread)
          #expect(zip(actual, expected).allSatisfy(sameFloat), "code \(code), kinds \(kinds)")
        }
      }
    }
  }

  @Test("A program runs in order, in place, and like its superinstructions")
  func program() {
    var random = KernelRandom(state: 13)
    // Registers: p, m, v, g, two temporaries, learning rate.
    let registers =
      (0..<4).map { _ in (0..<100).map { _ in abs(random.float(specialOnceIn: 0)) } }
      + [[Float](repeating: 0, count: 100), [Float](repeating: 0, count: 100)]
      + [[Float](repeating: 0.125, count: 100)]
    func op(
      _ code: Int, _ dst: UInt16, _ sources: [UInt16], _ kinds: [UInt16], _ imm0: Float = 0,
      _ imm1: Float = 0
    ) -> ck_op {
      let s = sources + [0, 0, 0, 0, 0], k = kinds + [0, 0, 0, 0, 0]
      return ck_op(
        code: UInt16(code), kinds: k[0] | k[1] << 2 | k[2] << 4 | k[3] << 6 | k[4] << 8, dst: dst,
        a: s[0], b: s[1], c: s[2], d: s[3], e: s[4], imm0: imm0, imm1: imm1)
    }
    let fused = [
      op(CK_SUM_OF_PRODUCTS, 1, [1, 0, 3, 0], [0, 2, 0, 3], 0.9, 0.1),
      op(CK_PRODUCT_PLUS_SCALED_SQUARE, 2, [2, 0, 0, 3], [0, 2, 3, 0], 0.999, 0.001),
      op(CK_SCALED_SQUARE_ROOT_PLUS, 4, [2], [0, 2, 3], 0.5, 1e-8),
      op(CK_SUBTRACT_SCALED_QUOTIENT, 0, [0, 6, 1, 4], [0, 1]),
    ]
    let inOne =
      fused.prefix(2) + [
        op(CK_SUBTRACT_QUOTIENT_BY_ROOT, 0, [0, 6, 1, 2, 0], [0, 1, 0, 0, 2], 0.5, 1e-8)
      ]
    let plain = [
      op(CK_MULTIPLY, 4, [1], [0, 2], 0.9), op(CK_MULTIPLY, 5, [3], [0, 2], 0.1),
      op(CK_ADD, 1, [4, 5], []), op(CK_MULTIPLY, 4, [2], [0, 2], 0.999),
      op(CK_MULTIPLY, 5, [3, 3], []), op(CK_MULTIPLY, 5, [5], [0, 2], 0.001),
      op(CK_ADD, 2, [4, 5], []), op(CK_SQUARE_ROOT, 4, [2], []),
      op(CK_MULTIPLY, 4, [4], [0, 2], 0.5), op(CK_ADD, 4, [4], [0, 2], 1e-8),
      op(CK_DIVIDE, 5, [1, 4], []), op(CK_MULTIPLY, 5, [6, 5], [1]),
      op(CK_SUBTRACT, 0, [0, 5], []),
    ]
    let expected = runKernelProgram(plain, registers: registers)
    forEachKernelLevel { _ in
      for program in [fused, Array(inOne)] {
        let actual = runKernelProgram(program, registers: registers)
        for register in 0..<3 { #expect(actual[register] == expected[register]) }
      }
    }
  }

  @Test("Flushing to zero takes hold in a block program and ends with the former mode")
  func flushing() {
    let tiny = [Float](repeating: 0x1p-100, count: 20)
    forEachKernelLevel { _ in
      let mode = ck_enter_flush_to_zero()
      let flushed = runKernel(CK_MULTIPLY, [tiny, tiny.map { $0 * 0x1p+60 }])
      ck_restore(mode)
      #expect(flushed.allSatisfy { $0.bitPattern == 0 })
      let kept = runKernel(CK_MULTIPLY, [tiny, tiny.map { $0 * 0x1p+60 }])
      #expect(kept.allSatisfy { $0 == 0x1p-140 })
    }
  }
}
