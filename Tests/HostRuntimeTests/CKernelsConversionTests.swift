import CKernels
import Testing

/// Runs a load or store from elements of one type to elements of another.
private func convert<From, To>(_ code: Int, _ from: [From], to zero: To) -> [To] {
  var source = from
  var result = [To](repeating: zero, count: from.count)
  var op = ck_op()
  op.code = UInt16(code)
  (op.dst, op.a) = (1, 0)
  source.withUnsafeMutableBytes { source in
    result.withUnsafeMutableBytes { result in
      ck_run_block([op], 1, [source.baseAddress, result.baseAddress], 2, from.count)
    }
  }
  return result
}

extension CKernelsTests {
  @Test("All 65,536 halves and bfloat16 values widen exactly and narrow back")
  func narrowFloats() {
    let all = (UInt16.min...UInt16.max).map { $0 }
    let expected = all.map { Float(Float16(bitPattern: $0)) }
    forEachKernelLevel { _ in
      let halves = convert(CK_LOAD_F16, all, to: Float(0))
      #expect(zip(halves, expected).allSatisfy(sameFloat))
      let back = convert(CK_STORE_F16, halves, to: UInt16(0))
      #expect(zip(back, all).allSatisfy { $0 == $1 || Float16(bitPattern: $1).isNaN })
      let wide = convert(CK_LOAD_BF16, all, to: Float(0))
      #expect(zip(wide, all).allSatisfy { $0.bitPattern == UInt32($1) << 16 })
      let narrow = convert(CK_STORE_BF16, wide, to: UInt16(0))
      #expect(zip(narrow, wide).allSatisfy { $0 == $1.bitPattern >> 16 || $1.isNaN })
    }
  }

  @Test("Floats round to halves and to bfloat16 to nearest even, also near ties and limits")
  func roundingToNarrowFloats() {
    var inputs = kernelSpecialValues
    for bits in stride(from: UInt16(0), to: 0x7c00, by: 7) {
      // Both sides of the tie between one half and the next.
      let low = Double(Float(Float16(bitPattern: bits)))
      let high = bits == 0x7bff ? 65_536 : Double(Float(Float16(bitPattern: bits + 1)))
      let middle = Float((low + high) / 2)
      inputs += [middle, -middle, middle.nextUp, middle.nextDown]
    }
    inputs += [65_519.996, 65_520, 65_536, 1e30, 0x1p-25, (0x1p-25 as Float).nextUp]
    let asHalves = inputs.map { Float(Float16($0)) }
    forEachKernelLevel { _ in
      #expect(zip(runKernel(CK_ROUND_F16, [inputs]), asHalves).allSatisfy(sameFloat))
      let narrow = convert(CK_STORE_BF16, inputs, to: UInt16(0))
      for (half, input) in zip(narrow, inputs) {
        #expect(sameFloat(Float(bitPattern: UInt32(half) << 16), slowRoundedToBFloat16(input)))
      }
    }
  }

  @Test(
    "Around each of the 65,536 values of a narrow format, rounding picks the nearest, ties even")
  func roundingAroundEveryValue() {
    func around(_ value: Float, _ next: Float) -> [Float] {
      guard value.isFinite, next.isFinite else { return [value] }
      let tie = Float((Double(value) + Double(next)) / 2)
      return [value, tie.nextDown, tie, tie.nextUp]
    }
    // Neighbours of equal sign have neighbouring patterns in both formats.
    let halves = (UInt16.min..<UInt16.max).flatMap {
      around(Float(Float16(bitPattern: $0)), Float(Float16(bitPattern: $0 + 1)))
    }
    let brains = (UInt16.min..<UInt16.max).flatMap {
      around(Float(bitPattern: UInt32($0) << 16), Float(bitPattern: UInt32($0 + 1) << 16))
    }
    let asHalves = halves.map { Float(Float16($0)) }
    let asBrains = brains.map { slowRoundedToBFloat16($0) }
    forEachKernelLevel { _ in
      #expect(zip(runKernel(CK_ROUND_F16, [halves]), asHalves).allSatisfy(sameFloat))
      let narrow = convert(CK_STORE_F16, halves, to: UInt16(0))
      #expect(
        zip(narrow, asHalves).allSatisfy { sameFloat(Float(Float16(bitPattern: $0)), $1) })
      #expect(zip(runKernel(CK_ROUND_BF16, [brains]), asBrains).allSatisfy(sameFloat))
      let stored = convert(CK_STORE_BF16, brains, to: UInt16(0))
      #expect(
        zip(stored, asBrains).allSatisfy { sameFloat(Float(bitPattern: UInt32($0) << 16), $1) })
    }
  }

  @Test("Stochastic rounding adds the low 16 bits of a word below what stays, at all levels")
  func stochasticRounding() {
    var random = KernelRandom(state: 5)
    let inputs = (0..<4099).map { _ in random.float(specialOnceIn: 4) }
    let words = (0..<4099).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
    let expected = zip(inputs, words).map { x, word -> Float in
      // By arithmetic: up if the part that is cut off, in units of 2^-16 of the gap, carries over.
      let low = Float(bitPattern: x.bitPattern & 0xffff_0000)
      if !x.isFinite { return x }
      let cut = x.bitPattern - low.bitPattern
      return cut + (word.bitPattern & 0xffff) > 0xffff
        ? Float(bitPattern: low.bitPattern + 0x1_0000) : low
    }
    forEachKernelLevel { _ in
      #expect(zip(runKernel(CK_STOCHASTIC_BF16, [inputs, words]), expected).allSatisfy(sameFloat))
    }
  }

  @Test("Random words are the same at all levels, and in whatever ranges they are computed")
  func randomWords() {
    for count in [1, 2, 5, 33, 100] {
      var whole: [UInt32] = []
      forEachKernelLevel { _ in
        var words = [UInt32](repeating: 9, count: count + 1)
        let blocks = (count + 1) / 2
        ck_random_bits([7, 8], 3, blocks / 3, blocks, count, &words)
        ck_random_bits([7, 8], 3, 0, blocks / 3, count, &words)
        #expect(words[count] == 9)
        if whole.isEmpty { whole = words }
        #expect(words == whole)
      }
    }
    // Counter (0, 0) and key (0, 0): the generator's published answer.
    var words: [UInt32] = [0, 0]
    ck_random_bits([0, 0], 0, 0, 1, 2, &words)
    #expect(words == [0x6b20_0159, 0x99ba_4efe])
  }

  @Test("Signed bytes load exactly; storing and to_i8 go toward zero, clamped, NaN to 0")
  func signedBytes() {
    let bytes = (Int8.min...Int8.max).map { $0 }
    let floats: [Float] =
      (-1100...1100).map { Float($0) * 0.125 } + [
        0x1p-149, -0.0, .infinity, -.infinity, .nan, -.nan, 127.99, -128.99, 1e30, -1e30,
        .leastNormalMagnitude,
      ]
    let expected = floats.map { $0.isNaN ? 0 : Int8(max(-128, min(127, $0))) }
    forEachKernelLevel { _ in
      #expect(convert(CK_LOAD_I8, bytes, to: Float(0)) == bytes.map { Float($0) })
      #expect(convert(CK_STORE_I8, floats, to: Int8(9)) == expected)
      #expect(runKernel(CK_TO_I8, [floats]) == expected.map { Float($0) })
    }
  }

  @Test("Integers load exactly rounded and store toward zero, clamped")
  func integers() {
    let bytes = (UInt8.min...UInt8.max).map { $0 }
    let words: [Int32] = [0, 1, -1, 16_777_217, 16_777_219, .max, .min, -33_554_435, 5]
    let floats: [Float] = [
      0, -0.0, 0.99, -0.99, 254.9, 255, 256, 1e9, -7.5, 3e9, -3e9, .infinity, -.infinity, .nan, 7,
      0x1p31, -0x1p31, 0x1.fffffep30, 100.5,
    ]
    let asWords = floats.map { $0.isNaN ? 0 : Int32(max(-0x1p31, min(0x1p31 - 1, Double($0)))) }
    let asBytes = floats.map { $0.isNaN ? 0 : UInt8(max(0, min(255, $0))) }
    forEachKernelLevel { _ in
      #expect(convert(CK_LOAD_U8, bytes, to: Float(0)) == bytes.map { Float($0) })
      #expect(convert(CK_LOAD_I32, words, to: Float(0)) == words.map { Float($0) })
      #expect(convert(CK_STORE_I32, floats, to: Int32(9)) == asWords)
      #expect(convert(CK_STORE_U8, floats, to: UInt8(9)) == asBytes)
    }
  }
}
