import TestSupport
import GraphIR
import Testing

/// Examples marked "specification" are those of the StableHLO specification, "Ops".
@Suite struct EvaluatorShapeTests {
  let six = tensor([3, 2], .i32, [1, 2, 3, 4, 5, 6])

  @Test("reverse, reshape and concatenate agree with the specification's examples")
  func specification() throws {
    #expect(
      try evaluate(six) { try $0.append(.reverse(dimensions: [1]), [$1[0]]) }
        == tensor([3, 2], .i32, [2, 1, 4, 3, 6, 5]))
    #expect(
      try evaluate(six) { try $0.reshape($1[0], to: [2, 3]) }
        == tensor([2, 3], .i32, [1, 2, 3, 4, 5, 6]))
    #expect(
      try evaluate(six, tensor([1, 2], .i32, [7, 8])) {
        try $0.append(.concatenate(dimension: 0), [$1[0], $1[1]])
      } == tensor([4, 2], .i32, [1, 2, 3, 4, 5, 6, 7, 8]))
  }

  @Test("concatenate along the last dimension interleaves rows")
  func concatenateColumns() throws {
    #expect(
      try evaluate(six, tensor([3, 1], .i32, [7, 8, 9])) {
        try $0.append(.concatenate(dimension: 1), [$1[0], $1[1]])
      }.elements == [1, 2, 7, 3, 4, 8, 5, 6, 9])
  }

  @Test("pad adds, cuts off and spreads")
  func pad() throws {
    func padded(_ low: [Int], _ high: [Int], _ interior: [Int]) throws -> Literal {
      try evaluate(tensor([2, 3], .i32, [1, 2, 3, 4, 5, 6]), Literal(.scalar(.i32), splat: 0)) {
        try $0.append(.pad(low: low, high: high, interior: interior), [$1[0], $1[1]])
      }
    }
    // specification
    #expect(
      try padded([0, 1], [2, 1], [1, 2])
        == tensor(
          [5, 9], .i32,
          [0, 1, 0, 0, 2, 0, 0, 3, 0] + [Double](repeating: 0, count: 9)
            + [0, 4, 0, 0, 5, 0, 0, 6, 0] + [Double](repeating: 0, count: 18)))
    #expect(try padded([0, -1], [-1, 0], [0, 0]) == tensor([1, 2], .i32, [2, 3]))
    // Interior first: 1 0 2 0 3, then one cut off at either end.
    #expect(
      try padded([0, -1], [0, -1], [0, 1]) == tensor([2, 3], .i32, [0, 2, 0, 0, 5, 0]))
  }

  @Test("slice starts, stops and strides")
  func slice() throws {
    // Rows 1 and 2, columns 1 and 3 of 0...11 in rows of 4.
    let x = tensor([3, 4], .i32, (0..<12).map { Double($0) })
    #expect(
      try evaluate(x) {
        try $0.append(.slice(start: [1, 1], limit: [3, 4], strides: [1, 2]), [$1[0]])
      } == tensor([2, 2], .i32, [5, 7, 9, 11]))
  }

  @Test("transpose takes result dimension i from operand dimension permutation[i]")
  func transpose() throws {
    let x = tensor([2, 3, 2], .i32, (1...12).map { Double($0) })
    // result[k, j, i] = x[i, j, k] and result[k, i, j] = x[i, j, k]
    #expect(
      try evaluate(x) { try $0.transpose($1[0], permutation: [2, 1, 0]) }
        == tensor([2, 3, 2], .i32, [1, 7, 3, 9, 5, 11, 2, 8, 4, 10, 6, 12]))
    #expect(
      try evaluate(x) { try $0.transpose($1[0], permutation: [2, 0, 1]) }
        == tensor([2, 2, 3], .i32, [1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12]))
  }

  @Test("broadcast_in_dim places operand dimensions and stretches those of size 1")
  func broadcast() throws {
    // specification
    #expect(
      try evaluate(tensor([1, 3], .i32, [1, 2, 3])) {
        try $0.broadcast($1[0], to: [2, 3, 2], dimensions: [2, 1])
      } == tensor([2, 3, 2], .i32, [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3]))
    #expect(
      try evaluate(Literal(.scalar(.i32), splat: 7)) {
        try $0.broadcast($1[0], to: [2, 1], dimensions: [])
      } == tensor([2, 1], .i32, [7, 7]))
  }

  @Test("iota counts along its dimension")
  func iota() throws {
    #expect(
      try evaluate { b, _ in try b.iota(TensorType([2, 3], .i32), dimension: 0) }.elements
        == [0, 0, 0, 1, 1, 1])
    #expect(
      try evaluate { b, _ in try b.iota(TensorType([2, 3], .bf16), dimension: 1) }.elements
        == [0, 1, 2, 0, 1, 2])
  }

  @Test("tensors without elements are evaluated too")
  func empty() throws {
    let none = tensor([0, 3], [])
    #expect(
      try evaluate(none) { try $0.reduce(.add, $1[0], dimensions: [0]) } == vector([0, 0, 0]))
    #expect(try evaluate(none) { try $0.append(.reverse(dimensions: [0]), [$1[0]]) } == none)
  }
}
