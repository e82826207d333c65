import TestSupport
import GraphIR
import Testing

/// Examples marked "specification" are those of the StableHLO specification, "Ops".
@Suite struct EvaluatorWindowTests {
  @Test("reduce sums the named dimensions")
  func reduce() throws {
    // specification
    let x = tensor([1, 6], .i32, [0, 1, 2, 3, 4, 5])
    #expect(try evaluate(x) { try $0.reduce(.add, $1[0], dimensions: [1]) } == vector(.i32, [15]))
    let y = tensor([2, 3], [1, -2, 3, 4, 5, -6])
    #expect(try evaluate(y) { try $0.reduce(.add, $1[0], dimensions: [0]) } == vector([5, 3, -3]))
    #expect(try evaluate(y) { try $0.reduce(.maximum, $1[0], dimensions: [1]) } == vector([3, 5]))
    #expect(
      try evaluate(y) { try $0.reduce(.minimum, $1[0], dimensions: [0]) } == vector([1, -2, -6]))
    // 1 · −2 · 3 · 4 · 5 · −6
    #expect(
      try evaluate(y) { try $0.reduce(.multiply, $1[0], dimensions: [1, 0]) }.elements == [720])
  }

  @Test("reduce_window fills padding and holes with its start")
  func reduceWindow() throws {
    // specification
    let x = tensor([3, 2], .i32, [1, 2, 3, 4, 5, 6])
    let window = WindowAttributes([
      WindowDimension(size: 2, stride: 4, low: 2, high: 1, baseDilation: 2, windowDilation: 3),
      WindowDimension(size: 1),
    ])
    #expect(
      try evaluate(x) { try $0.reduceWindow(.add, $1[0], window) }
        == tensor([2, 2], .i32, [0, 0, 3, 4]))
    // The start 1 stands for the padding and enters once more: 1 + 1 + 5, 1 + 5 + 1.
    let padded = WindowAttributes([WindowDimension(size: 2, low: 1, high: 1)])
    #expect(
      try evaluate(vector([5]), Literal(.scalar(.f32), splat: 1)) {
        try $0.append(.reduceWindow(.add, padded), [$1[0], $1[1]])
      } == vector([7, 7]))
  }

  @Test("select_and_scatter adds each source element to its window's greatest")
  func selectAndScatter() throws {
    // specification: padded by one row below, windows 3 x 1 by 2 x 1.
    let x = tensor([4, 2], .i32, [1, 5, 2, 5, 3, 6, 4, 4])
    let window = WindowAttributes([
      WindowDimension(size: 3, stride: 2, low: 0, high: 1), WindowDimension(size: 1),
    ])
    let scattered = try evaluate(x, tensor([2, 2], .i32, [5, 6, 7, 8])) {
      try $0.append(.selectAndScatter(window), [$1[0], $1[1], $0.scalar(0, .i32)])
    }
    #expect(scattered == tensor([4, 2], .i32, [0, 0, 0, 0, 5, 14, 7, 0]))
  }

  @Test("of equal elements the first is selected, and padding never")
  func ties() throws {
    let window = WindowAttributes([WindowDimension(size: 2, stride: 2, low: 1, high: 1)])
    // Windows: [pad, −3], [−1, −1], [−2, pad]
    let scattered = try evaluate(vector([-3, -1, -1, -2]), vector([10, 20, 30])) {
      try $0.append(.selectAndScatter(window), [$1[0], $1[1], $0.scalar(0)])
    }
    #expect(scattered == vector([10, 20, 0, 30]))
  }

  @Test("overlapping windows add up, on top of the start")
  func overlap() throws {
    let window = WindowAttributes([WindowDimension(size: 2)])
    // Windows [1, 9] and [9, 2] both select the 9: 100 + 3 + 4.
    let scattered = try evaluate(vector([1, 9, 2]), vector([3, 4])) {
      try $0.append(.selectAndScatter(window), [$1[0], $1[1], $0.scalar(100)])
    }
    #expect(scattered == vector([100, 107, 100]))
  }
}
