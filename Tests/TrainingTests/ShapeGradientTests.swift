import GraphIR
import Testing

@testable import Training

@Suite("Derivatives of operations on shapes equal finite differences")
struct ShapeGradientTests {
  private func check(
    _ shape: [Int], _ body: (inout GraphBuilder, ValueID) throws(GraphError) -> ValueID,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var random = TestRandom(seed: 5)
    try GradientCheck([random.literal(shape)]) { (builder, p) throws(GraphError) in
      try body(&builder, p[0])
    }.run(sourceLocation: sourceLocation)
  }

  @Test("broadcast to more dimensions, of single rows, and in another order")
  func broadcast() throws {
    try check([]) { (b, x) throws(GraphError) in try b.broadcast(x, to: [2, 3], dimensions: []) }
    try check([3]) { (b, x) throws(GraphError) in try b.broadcast(x, to: [2, 3], dimensions: [1]) }
    try check([2]) { (b, x) throws(GraphError) in try b.broadcast(x, to: [2, 3], dimensions: [0]) }
    try check([1, 3]) { (b, x) throws(GraphError) in
      try b.broadcast(x, to: [2, 4, 3], dimensions: [1, 2])
    }
    try check([2, 1, 3]) { (b, x) throws(GraphError) in
      try b.broadcast(x, to: [3, 4, 2, 5], dimensions: [2, 3, 0])
    }
    try check([1, 2]) { (b, x) throws(GraphError) in
      try b.broadcast(x, to: [1, 2], dimensions: [0, 1])
    }
  }

  @Test("reshape, transpose and reverse")
  func rearrange() throws {
    try check([2, 3]) { (b, x) throws(GraphError) in try b.reshape(x, to: [3, 2]) }
    try check([2, 3, 4]) { (b, x) throws(GraphError) in
      try b.transpose(x, permutation: [2, 0, 1])
    }
    try check([2, 3]) { (b, x) throws(GraphError) in
      try b.append(.reverse(dimensions: [1]), [x])
    }
  }

  @Test("slices of parts and with strides")
  func slice() throws {
    try check([4, 7]) { (b, x) throws(GraphError) in
      try b.append(.slice(start: [1, 0], limit: [3, 6], strides: [1, 1]), [x])
    }
    try check([4, 7]) { (b, x) throws(GraphError) in
      try b.append(.slice(start: [0, 1], limit: [4, 7], strides: [3, 4]), [x])
    }
  }

  @Test("pad outside, between and by cutting off; the padding value too")
  func pad() throws {
    var random = TestRandom(seed: 6)
    for (low, high, interior) in [
      ([1, 0], [0, 2], [0, 0]), ([0, 1], [2, 0], [1, 2]), ([-1, 2], [1, -1], [0, 0]),
      ([-1, -2], [0, 1], [2, 1]),
    ] {
      try GradientCheck([random.literal([3, 2]), random.literal([])]) {
        (b, p) throws(GraphError) in
        try b.append(.pad(low: low, high: high, interior: interior), p)
      }.run("pad \(low) \(high) \(interior)")
    }
  }

  @Test("concatenate, also of one value with itself")
  func concatenate() throws {
    var random = TestRandom(seed: 7)
    try GradientCheck([random.literal([2, 1]), random.literal([2, 3])]) {
      (b, p) throws(GraphError) in
      try b.append(.concatenate(dimension: 1), [p[0], p[1], p[0]])
    }.run()
  }

  @Test("slices at places that the program computes; what is outside moves in")
  func dynamicSlices() throws {
    var random = TestRandom(seed: 8)
    for start in [1, 7] {
      try check([4, 3]) { (b, x) throws(GraphError) in
        let starts = try [b.scalar(Double(start), .i32), b.scalar(1, .i32)]
        return try b.append(.dynamicSlice(sizes: [2, 2]), [x] + starts)
      }
      try GradientCheck([random.literal([4, 3]), random.literal([2, 2])]) {
        (b, p) throws(GraphError) in
        let starts = try [b.scalar(Double(start), .i32), b.scalar(0, .i32)]
        return try b.append(.dynamicUpdateSlice, p + starts)
      }.run()
    }
  }

  @Test("rows of a table, some more than once and some moved in; and windows along a batch")
  func gather() throws {
    let rows = IndexedSlices(
      windowDimensions: [1], collapsedDimensions: [0], indexMap: [0], indexVectorDimension: 1)
    try check([5, 3]) { (b, table) throws(GraphError) in
      let places = try b.constant(Literal(TensorType([5], .i32), [4, 1, 4, -2, 9]))
      return try b.append(.gather(rows, sizes: [1, 3]), [table, places])
    }
    let windows = IndexedSlices(
      windowDimensions: [2], collapsedDimensions: [], operandBatching: [0], indicesBatching: [0],
      indexMap: [1], indexVectorDimension: 2)
    try check([2, 6]) { (b, x) throws(GraphError) in
      let places = try b.constant(Literal(TensorType([2, 2, 1], .i32), [0, 1, 5, 3]))
      return try b.append(.gather(windows, sizes: [1, 3]), [x, places])
    }
  }
}
