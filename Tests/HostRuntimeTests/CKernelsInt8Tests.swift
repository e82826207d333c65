import CKernels
import Testing

/// One product of bytes, its operands, and the slow answer.
private struct Int8Product {
  let m: Int, n: Int, k: Int
  let aTransposed: Bool, bTransposed: Bool
  let padding: Int
  var a: [Int8] = [], b: [Int8] = []

  init(_ m: Int, _ k: Int, _ n: Int, using random: inout KernelRandom) {
    (self.m, self.k, self.n) = (m, k, n)
    let choices = random.next()
    aTransposed = choices & 1 != 0
    bTransposed = choices & 2 != 0
    padding = choices & 4 != 0 ? 0 : Int(choices >> 8) & 3
    // Now and then only extremes: what 16 bits or sums that saturate would not hold.
    let isExtreme = choices & 0x70 == 0
    let draw = { (random: inout KernelRandom) -> Int8 in
      let word = random.next()
      return isExtreme ? (word & 3 == 0 ? 127 : -128) : Int8(truncatingIfNeeded: word >> 20)
    }
    a = (0..<(aTransposed ? k : m) * lda).map { _ in draw(&random) }
    b = (0..<(bTransposed ? n : k) * ldb).map { _ in draw(&random) }
  }

  var lda: Int { (aTransposed ? m : k) + padding }
  var ldb: Int { (bTransposed ? k : n) + padding }
  var ldc: Int { n + padding }

  func slowResult() -> [Int32] {
    var c: [Int32] = []
    for row in 0..<m {
      for column in 0..<n {
        var sum: Int32 = 0
        for step in 0..<k {
          let x = aTransposed ? a[step * lda + row] : a[row * lda + step]
          let y = bTransposed ? b[column * ldb + step] : b[step * ldb + column]
          sum &+= Int32(x) * Int32(y)
        }
        c.append(sum)
      }
    }
    return c
  }

  /// The kernel's answer for the given parts, with canaries around C's rows and the scratch memory.
  func fastResult(parts: [(rows: Range<Int>, columns: Range<Int>)]) -> [Int32] {
    let canary: Int32 = 12345
    var c = [Int32](repeating: canary, count: m * ldc + 1)
    var args = ck_gemm_int8_args()
    (args.m, args.n, args.k) = (m, n, k)
    (args.lda, args.ldb, args.ldc) = (lda, ldb, ldc)
    args.a_transposed = aTransposed ? 1 : 0
    args.b_transposed = bTransposed ? 1 : 0
    let bytes = ck_gemm_int8_scratch_bytes(&args)
    var scratch = [UInt8](repeating: 0xa5, count: bytes + 64)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        c.withUnsafeMutableBufferPointer { c in
          (args.a, args.b, args.c) = (a.baseAddress, b.baseAddress, c.baseAddress)
          for part in parts {
            ck_gemm_int8_part(
              &args, part.rows.lowerBound, part.rows.upperBound, part.columns.lowerBound,
              part.columns.upperBound, &scratch)
          }
        }
      }
    }
    #expect(scratch[bytes...].allSatisfy { $0 == 0xa5 })
    #expect(c[m * ldc] == canary)
    return (0..<m).flatMap { row in
      #expect(c[(row * ldc + n)..<((row + 1) * ldc)].allSatisfy { $0 == canary })
      return c[(row * ldc)..<(row * ldc + n)]
    }
  }

  func check() {
    let expected = slowResult()
    forEachInt8Kernel { name in
      let actual = fastResult(parts: [(0..<m, 0..<n)])
      let wrong = expected.indices.first { actual[$0] != expected[$0] }
      #expect(
        wrong == nil,
        """
        \(name), \(m)x\(k)x\(n), transposed \(aTransposed) \(bTransposed): element \(wrong ?? 0) is \
        \(actual[wrong ?? 0]), expected \(expected[wrong ?? 0])
        """)
    }
  }
}

/// Runs `body` with each kernel for bytes that this processor has, portable first.
func forEachInt8Kernel(_ body: (String) throws -> Void) rethrows {
  defer { ck_force_int8_kernel(-1) }
  for kernel in 0..<Int32(CK_INT8_COUNT) where ck_force_int8_kernel(kernel) == kernel {
    try body(String(cString: ck_int8_kernel_name(kernel)))
  }
}

extension CKernelsTests {
  @Test("A product of bytes on random shapes and layouts is exact with every kernel")
  func int8Products() {
    var random = KernelRandom(state: 41)
    for _ in 0..<120 {
      Int8Product(
        1 + Int(random.next() % 40), 1 + Int(random.next() % 140), 1 + Int(random.next() % 70),
        using: &random
      ).check()
    }
  }

  @Test(
    "Blocks of rows, columns and k leave no trace in sums of bytes",
    arguments: [
      (3, 511, 20), (3, 513, 33), (2, 1025, 17), (513, 5, 9), (520, 64, 3), (9, 1600, 31),
      (33, 130, 49), (64, 600, 64), (47, 63, 32), (16, 65, 90),
    ])
  func int8Blocking(m: Int, k: Int, n: Int) {
    for seed in 0..<3 {
      var random = KernelRandom(state: UInt64(200 + seed))
      Int8Product(m, k, n, using: &random).check()
    }
  }

  @Test("Any division of a product of bytes into ranges gives the whole; no k gives zero")
  func int8Parts() {
    var random = KernelRandom(state: 43)
    for _ in 0..<10 {
      let product = Int8Product(37, 29, 53, using: &random)
      let row = 1 + Int(random.next() % 36), column = 1 + Int(random.next() % 52)
      let expected = product.slowResult()
      forEachInt8Kernel { _ in
        let divided = product.fastResult(parts: [
          (row..<37, column..<53), (0..<row, 0..<column), (row..<37, 0..<column),
          (0..<row, column..<53), (5..<5, 0..<53),
        ])
        #expect(divided == expected)
      }
    }
    let empty = Int8Product(2, 0, 3, using: &random)
    #expect(empty.fastResult(parts: [(0..<2, 0..<3)]) == [0, 0, 0, 0, 0, 0])
  }

  @Test("The kernel for bytes follows the level, and one that there is not is not taken")
  func int8KernelChoice() {
    forEachKernelLevel { level in
      let kernel = ck_int8_kernel()
      switch level {
      case CK_LEVEL_PORTABLE: #expect(kernel == CK_INT8_PORTABLE)
      case CK_LEVEL_AVX2: #expect(kernel == CK_INT8_AVX2 || kernel == CK_INT8_AVX_VNNI)
      default: #expect([CK_INT8_AVX512, CK_INT8_AVX512_VNNI, CK_INT8_AMX].contains(kernel))
      }
      let before = ck_int8_kernel()
      #expect(ck_force_int8_kernel(99) == before)
    }
    #expect(String(cString: ck_int8_kernel_name(99)) == "none")
  }
}
