import CKernels
import Testing

/// One product, its operands, and the slow answer.
private struct Product {
  var m: Int, n: Int, k: Int, kTile: Int
  var aTransposed = false, bTransposed = false
  var aNarrow = false, bNarrow = false
  var roundsA = true, roundsB = true
  var padding = 0
  var a: [Float] = [], b: [Float] = []

  init(
    _ m: Int, _ k: Int, _ n: Int, kTile: Int, specialOnceIn rarity: UInt64,
    using random: inout KernelRandom
  ) {
    (self.m, self.k, self.n, self.kTile) = (m, k, n, kTile)
    let choices = random.next()
    aTransposed = choices & 1 != 0
    bTransposed = choices & 2 != 0
    aNarrow = choices & 4 != 0 && choices & 8 != 0
    bNarrow = choices & 16 != 0 && choices & 8 != 0
    (roundsA, roundsB) = (choices & 96 != 0, choices & 192 != 0)
    padding = choices & 128 != 0 ? 0 : Int(choices >> 8) & 3
    a = (0..<aRows * lda).map { _ in random.float(specialOnceIn: rarity) }
    b = (0..<bRows * ldb).map { _ in random.float(specialOnceIn: rarity) }
  }

  var aRows: Int { aTransposed ? k : m }
  var bRows: Int { bTransposed ? n : k }
  var lda: Int { (aTransposed ? m : k) + padding }
  var ldb: Int { (bTransposed ? k : n) + padding }
  var ldc: Int { n + padding }

  /// What the array sees of an operand.
  private func operand(_ x: Float, narrow: Bool, rounds: Bool) -> Float {
    if narrow { return Float(bitPattern: x.bitPattern & 0xffff_0000) }
    return rounds ? slowRoundedToBFloat16(x) : x
  }

  /// The definition: one chain a k tile, tiles added in order.
  func slowResult() -> [Float] {
    let a = a.map { operand($0, narrow: aNarrow, rounds: roundsA) }
    let b = b.map { operand($0, narrow: bNarrow, rounds: roundsB) }
    var c = [Float](repeating: 0, count: m * n)
    for row in 0..<m {
      for column in 0..<n {
        var total: Float?
        for begin in stride(from: 0, to: k, by: kTile) {
          var sum: Float = 0
          for step in begin..<min(begin + kTile, k) {
            let x = aTransposed ? a[step * lda + row] : a[row * lda + step]
            let y = bTransposed ? b[column * ldb + step] : b[step * ldb + column]
            sum = sum.addingProduct(x, y)
          }
          total = total.map { $0 + sum } ?? sum
        }
        c[row * n + column] = total ?? 0
      }
    }
    return c
  }

  /// The kernel's answer for the given parts, with canaries around C's rows and the scratch memory.
  func fastResult(parts: [(rows: Range<Int>, columns: Range<Int>)]) -> [Float] {
    let canary: Float = 12345
    var c = [Float](repeating: canary, count: m * ldc + 1)
    let aHalves = a.map { UInt16($0.bitPattern >> 16) }
    let bHalves = b.map { UInt16($0.bitPattern >> 16) }
    a.withUnsafeBytes { aWide in
      b.withUnsafeBytes { bWide in
        aHalves.withUnsafeBytes { aHalf in
          bHalves.withUnsafeBytes { bHalf in
            c.withUnsafeMutableBufferPointer { c in
              let args = ck_gemm_args(
                m: m, n: n, k: k, k_tile: kTile,
                a: aNarrow ? aHalf.baseAddress : aWide.baseAddress, lda: lda,
                a_type: aNarrow ? CK_BF16 : CK_F32, a_transposed: aTransposed ? 1 : 0,
                b: bNarrow ? bHalf.baseAddress : bWide.baseAddress, ldb: ldb,
                b_type: bNarrow ? CK_BF16 : CK_F32, b_transposed: bTransposed ? 1 : 0,
                c: c.baseAddress, ldc: ldc,
                round_operands: (roundsA ? CK_ROUND_A : 0) | (roundsB ? CK_ROUND_B : 0))
              run(args, parts: parts)
            }
          }
        }
      }
    }
    #expect(c[m * ldc] == canary)
    return (0..<m).flatMap { row in
      #expect(c[(row * ldc + n)..<((row + 1) * ldc)].allSatisfy { $0 == canary })
      return c[(row * ldc)..<(row * ldc + n)]
    }
  }

  private func run(_ args: ck_gemm_args, parts: [(rows: Range<Int>, columns: Range<Int>)]) {
    withUnsafePointer(to: args) { args in
      let bytes = ck_gemm_scratch_bytes(args)
      var scratch = [UInt8](repeating: 0xa5, count: bytes + 64)
      scratch.withUnsafeMutableBytes { scratch in
        for part in parts {
          ck_gemm_part(
            args, part.rows.lowerBound, part.rows.upperBound, part.columns.lowerBound,
            part.columns.upperBound, scratch.baseAddress)
        }
      }
      #expect(scratch[bytes...].allSatisfy { $0 == 0xa5 })
    }
  }

  func check(level: Int32, expected: [Float]) {
    let actual = fastResult(parts: [(0..<m, 0..<n)])
    let wrong = expected.indices.first { index in
      let bits = expected[index].isNaN ? 0x7fc0_0000 : expected[index].bitPattern
      return actual[index].bitPattern != bits
    }
    #expect(
      wrong == nil,
      """
      level \(level), \(m)x\(k)x\(n), k tile \(kTile), transposed \(aTransposed) \(bTransposed), \
      bf16 \(aNarrow) \(bNarrow), rounds \(roundsA) \(roundsB): element \(wrong ?? 0) is \
      \(actual[wrong ?? 0]), expected \(expected[wrong ?? 0])
      """)
  }
}

extension CKernelsTests {
  @Test("A product on random shapes and layouts has the bits of the chain of fused multiply-adds")
  func randomShapes() {
    var random = KernelRandom(state: 1)
    for round in 0..<120 {
      let m = 1 + Int(random.next() % 40)
      let k = 1 + Int(random.next() % 50)
      let n = 1 + Int(random.next() % 70)
      let kTile = random.next() % 2 == 0 ? k : 1 + Int(random.next() % UInt64(k))
      let product = Product(
        m, k, n, kTile: kTile, specialOnceIn: round % 3 == 0 ? 0 : 40, using: &random)
      let expected = product.slowResult()
      forEachKernelLevel { product.check(level: $0, expected: expected) }
    }
  }

  @Test(
    "Blocks of rows, columns and k leave no trace in the bits",
    arguments: [
      (3, 600, 20, 600), (3, 700, 33, 290), (2, 290, 1040, 280), (530, 5, 9, 5), (521, 40, 3, 32),
      (18, 272, 5, 272), (32, 64, 10, 16), (5, 1000, 17, 128),
      (37, 50, 300, 16), (19, 290, 260, 290), (131, 150, 70, 128), (530, 40, 65, 20),
      (97, 140, 1030, 140), (600, 300, 17, 280), (7, 64, 64, 64), (14, 33, 47, 33), (33, 20, 31, 8),
    ])
  func blocking(m: Int, k: Int, n: Int, kTile: Int) {
    for seed in 0..<4 {
      var random = KernelRandom(state: UInt64(100 + seed))
      let product = Product(m, k, n, kTile: kTile, specialOnceIn: 0, using: &random)
      let expected = product.slowResult()
      forEachKernelLevel { product.check(level: $0, expected: expected) }
    }
  }

  @Test("Any division into row and column ranges gives the bits of the whole")
  func parts() {
    var random = KernelRandom(state: 7)
    for _ in 0..<10 {
      let product = Product(37, 29, 53, kTile: 8, specialOnceIn: 0, using: &random)
      let row = 1 + Int(random.next() % 36)
      let column = 1 + Int(random.next() % 52)
      forEachKernelLevel { _ in
        let whole = product.fastResult(parts: [(0..<37, 0..<53)])
        let divided = product.fastResult(parts: [
          (row..<37, column..<53), (0..<row, 0..<column), (row..<37, 0..<column),
          (0..<row, column..<53), (5..<5, 0..<53),
        ])
        #expect(whole.map(\.bitPattern) == divided.map(\.bitPattern))
      }
    }
  }

  @Test("Products keep denormals although the caller flushes them, and give the mode back")
  func denormals() {
    var random = KernelRandom(state: 3)
    var product = Product(1, 1, 1, kTile: 1, specialOnceIn: 0, using: &random)
    (product.roundsA, product.roundsB) = (false, false)
    (product.aNarrow, product.bNarrow) = (false, false)
    product.a[0] = 0x1p-100
    product.b[0] = 0x1p-40
    forEachKernelLevel { _ in
      let mode = ck_enter_flush_to_zero()
      let result = product.fastResult(parts: [(0..<1, 0..<1)])
      let flushed = product.a[0] * 0x1p-30
      ck_restore(mode)
      #expect(result[0].bitPattern == Float(0x1p-140).bitPattern)
      #expect(flushed.bitPattern == 0)
      #expect((product.a[0] * 0x1p-30).bitPattern == Float(0x1p-130).bitPattern)
    }
  }

  @Test("A product over no k is zero")
  func emptyChain() {
    var random = KernelRandom(state: 3)
    let product = Product(2, 1, 3, kTile: 1, specialOnceIn: 0, using: &random)
    var empty = product
    empty.k = 0
    #expect(empty.fastResult(parts: [(0..<2, 0..<3)]).map(\.bitPattern) == [0, 0, 0, 0, 0, 0])
  }
}
