import CKernels
import Testing

/// Sixteen interleaved partial results, then pairs 8, 4, 2, 1 apart, as `ck_reduce.h` defines it.
private func slowRow(
  _ row: ArraySlice<Float>, from start: Float, _ combine: (Float, Float) -> Float
) -> Float {
  var lanes = [Float](repeating: start, count: 16)
  for (index, element) in row.enumerated() {
    lanes[index % 16] = combine(lanes[index % 16], element)
  }
  for distance in [8, 4, 2, 1] {
    for lane in 0..<distance { lanes[lane] = combine(lanes[lane], lanes[lane + distance]) }
  }
  return lanes[0]
}

private func maximum(_ a: Float, _ b: Float) -> Float {
  if a.isNaN || b.isNaN { return .nan }
  if a == 0, b == 0 { return a.sign == .plus ? a : b }
  return a > b ? a : b
}

extension CKernelsTests {
  @Test("Row and column reductions follow their defined order on all levels")
  func reductions() {
    var random = KernelRandom(state: 31)
    for round in 0..<60 {
      let rows = 1 + Int(random.next() % 9), columns = Int(random.next() % 150)
      let stride = columns + Int(random.next() % 3)
      let x = (0..<rows * stride + 1).map { _ in
        random.float(specialOnceIn: round % 2 == 0 ? 0 : 30)
      }
      let slices = (0..<rows).map { x[($0 * stride)..<($0 * stride + columns)] }
      forEachKernelLevel { _ in
        var out = [Float](repeating: 5, count: rows)
        ck_sum_rows(x, rows, columns, stride, &out)
        let rowSums = slices.map { slowRow($0, from: 0, +) }
        #expect(zip(out, rowSums).allSatisfy(sameFloat))
        ck_max_rows(x, rows, columns, stride, &out)
        let greatest = slices.map { slowRow($0, from: -.infinity, maximum) }
        #expect(zip(out, greatest).allSatisfy(sameFloat))
        var sums = [Float](repeating: 5, count: columns)
        ck_sum_columns(x, rows, columns, stride, &sums)
        let expected = (0..<columns).map { c in
          (0..<rows).reduce(Float(0)) { $0 + x[$1 * stride + c] }
        }
        #expect(zip(sums, expected).allSatisfy(sameFloat))
        // In two pieces.
        var pieces = [Float](repeating: 0, count: columns)
        let first = rows / 2
        ck_add_columns(x, first, columns, stride, &pieces)
        x.withUnsafeBufferPointer { x in
          ck_add_columns(
            x.baseAddress.map { $0 + first * stride }, rows - first, columns, stride, &pieces)
        }
        #expect(zip(pieces, expected).allSatisfy(sameFloat))
        ck_max_columns(x, rows, columns, stride, &sums)
        let tallest = (0..<columns).map { c in
          (0..<rows).reduce(-Float.infinity) { maximum($0, x[$1 * stride + c]) }
        }
        #expect(zip(sums, tallest).allSatisfy(sameFloat))
      }
    }
  }

  @Test("A transposition moves every element and touches nothing else")
  func transposition() {
    var random = KernelRandom(state: 32)
    for (rows, columns) in [(1, 1), (3, 40), (16, 16), (33, 17), (50, 5)] {
      let from = (0..<rows * (columns + 2)).map { _ in random.float(specialOnceIn: 0) }
      forEachKernelLevel { _ in
        var to = [Float](repeating: 9, count: columns * (rows + 3))
        ck_transpose(from, rows, columns, columns + 2, &to, rows + 3)
        for c in 0..<columns {
          for r in 0..<rows { #expect(to[c * (rows + 3) + r] == from[r * (columns + 2) + c]) }
          #expect(to[(c * (rows + 3) + rows)..<((c + 1) * (rows + 3))].allSatisfy { $0 == 9 })
        }
      }
    }
  }

  @Test("A strided copy broadcasts, reverses and permutes; too many dimensions are refused")
  func stridedCopies() {
    let from: [Float] = [1, 2, 3, 4, 5, 6]
    var to = [Float](repeating: 0, count: 6)
    #expect(ck_copy_strided(2, [3, 2], from, [1, 3], &to, [2, 1]) == 0)
    #expect(to == [1, 4, 2, 5, 3, 6])
    #expect(ck_copy_strided(2, [2, 3], from, [0, 1], &to, [3, 1]) == 0)
    #expect(to == [1, 2, 3, 1, 2, 3])
    from.withUnsafeBufferPointer { from in
      let last = from.baseAddress.map { $0 + 5 }
      #expect(ck_copy_strided(1, [6], last, [-1], &to, [1]) == 0)
    }
    #expect(to == [6, 5, 4, 3, 2, 1])
    #expect(ck_copy_strided(0, [1], from, [0], &to, [0]) == 0)
    #expect(to[0] == 1)
    let nine = [Int](repeating: 1, count: 9)
    #expect(ck_copy_strided(9, nine, from, nine, &to, nine) == -1)
  }
}
