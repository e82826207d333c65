import GraphIR
import TestSupport
import Testing

/// Examples marked "specification" are those of the StableHLO specification, "Ops".
@Suite("Slices at places that operands name, and bits")
struct IndexedTests {
  static func scalar(_ value: Double) -> Literal { Literal(.scalar(.i32), splat: value) }

  @Test("a dynamic slice moves to where it lies in the tensor")
  func dynamicSlice() throws {
    // specification: [[0, 0, 1, 1], [0, 0, 1, 1], ...] at (-1, 3) with sizes 2 x 3.
    let x = tensor(
      [4, 4], .i32, [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    let slice = try evaluate(x, Self.scalar(-1), Self.scalar(3)) {
      try $0.append(.dynamicSlice(sizes: [2, 3]), [$1[0], $1[1], $1[2]])
    }
    #expect(slice == tensor([2, 3], .i32, [0, 1, 1, 0, 1, 1]))
  }

  @Test("a dynamic update replaces the slice that would be taken")
  func dynamicUpdate() throws {
    let x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8])
    let update = tensor([2, 1], [-1, -2])
    let result = try evaluate(x, update, Self.scalar(2), Self.scalar(0)) {
      try $0.append(.dynamicUpdateSlice, $1)
    }
    #expect(result.elements == [0, 1, 2, -1, 4, 5, -2, 7, 8])
  }

  /// specification, "gather".
  static let slices = IndexedSlices(
    windowDimensions: [3, 4], collapsedDimensions: [1], operandBatching: [0], indicesBatching: [1],
    indexMap: [2, 1], indexVectorDimension: 3)

  static let operand = tensor([2, 3, 4, 2], .i32, (1...48).map { Double($0) })

  static let indices = tensor(
    [2, 2, 3, 2], .i32, [0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 0, 9, 0, 0, 2, 1, 2, 2, 1, 2, 0, 1, 1, 0])

  @Test("gather takes the slices of the specification's example")
  func gather() throws {
    let result = try evaluate(Self.operand, Self.indices) {
      try $0.append(.gather(Self.slices, sizes: [1, 1, 2, 2]), $1)
    }
    #expect(
      result
        == tensor(
          [2, 2, 3, 2, 2], .i32,
          [
            1, 2, 3, 4, 3, 4, 5, 6, 13, 14, 15, 16, 33, 34, 35, 36, 35, 36, 37, 38, 41, 42, 43, 44,
            1, 2, 3, 4, 13, 14, 15, 16, 21, 22, 23, 24, 43, 44, 45, 46, 33, 34, 35, 36, 27, 28, 29,
            30,
          ]))
  }

  @Test("scatter adds up what falls on one place, and leaves out what falls outside")
  func scatter() throws {
    let slices = IndexedSlices(
      windowDimensions: [], collapsedDimensions: [0], indexMap: [0], indexVectorDimension: 1)
    let result = try evaluate(
      vector([10, 20, 30]), vector(.i32, [2, 0, 2, 3, -1]), vector([1, 2, 4, 8, 16])
    ) {
      try $0.scatter($1[0], at: $1[1], $1[2], slices) { (b, old, update) throws(GraphError) in
        try b.add(old, update)
      }
    }
    #expect(result.elements == [12, 20, 35])
  }

  @Test("bits are read as another type, of any width")
  func bits() throws {
    // 1.0 is 0x3F800000, little-endian; -2.0 is 0xC0000000.
    let words = try evaluate(vector([1, -2])) {
      try $0.append(.bitcastConvert, $1, resultType: TensorType([2], .ui32))
    }
    #expect(words.elements == [0x3F80_0000, 0xC000_0000])
    let bytes = try evaluate(vector([1])) {
      try $0.append(.bitcastConvert, $1, resultType: TensorType([1, 4], .ui8))
    }
    #expect(bytes.elements == [0, 0, 0x80, 0x3F])
    let back = try evaluate(bytes) {
      try $0.append(.bitcastConvert, $1, resultType: TensorType([1], .f32))
    }
    #expect(back.elements == [1])
  }

  @Test("a reduced precision rounds to even, to infinity and to zero")
  func reducePrecision() throws {
    // binary16: 2049 lies between 2048 and 2050; above 65504 + 16 is infinite; 2^-15 is subnormal.
    let x = vector([2049, 2051, 65519, 65520, -65520, 0x1p-14, 0x1p-15, -0x1p-15, .nan])
    let result = try evaluate(x) {
      try $0.append(.reducePrecision(exponentBits: 5, mantissaBits: 10), $1)
    }
    let expected = vector([
      2048, 2052, 65504, .infinity, -.infinity, 0x1p-14, 0, -0.0, .nan,
    ])
    #expect(result == expected)
  }

  @Test("slices fit their tensors")
  func misfits() throws {
    func expect(
      _ operation: Operation, _ types: [TensorType], declared: TensorType? = nil, _ reason: String,
      at location: SourceLocation = #_sourceLocation
    ) {
      var b = GraphBuilder(name: "test")
      let operands = types.enumerated().map { b.parameter("p\($0)", $1) }
      let place = "%\(types.count) \(operation.name) in ''"
      #expect(throws: GraphError(place: place, reason: reason), sourceLocation: location) {
        try b.append(operation, operands, resultType: declared)
      }
    }
    let (table, index) = (TensorType([9, 4], .f32), TensorType.scalar(.i32))
    let rows = IndexedSlices(
      windowDimensions: [1], collapsedDimensions: [0], indexMap: [0], indexVectorDimension: 1)
    expect(
      .dynamicSlice(sizes: [10, 4]), [table, index, index],
      "takes a slice [10, 4] of tensor<9x4xf32>")
    expect(
      .dynamicSlice(sizes: [1, 4]), [table, index],
      "needs 2 scalar integers of one type to start from, has [tensor<i32>]")
    expect(
      .dynamicUpdateSlice, [table, TensorType([9, 5], .f32), index, index],
      "cannot put tensor<9x5xf32> into tensor<9x4xf32>")
    expect(
      .gather(rows, sizes: [2, 4]), [table, TensorType([3], .i32)],
      "collapses dimensions of slices [2, 4]")
    expect(
      .gather(rows, sizes: [1, 4]), [table, TensorType([3], .f32)],
      "needs indices of integers, has tensor<3xf32>")
    var unsorted = rows
    unsorted.windowDimensions = [2]
    expect(
      .gather(unsorted, sizes: [1, 4]), [table, TensorType([3], .i32)],
      "window dimensions [2] must be distinct dimensions of a tensor of rank 2")
    let body = try Graph.region("body", of: [.scalar(.f32), .scalar(.f32)]) { (_, values) in
      [values[1]]
    }
    expect(
      .scatter(rows, body: body),
      [table, TensorType([3], .i32), TensorType([2, 4], .f32)],
      "needs updates of tensor<3x4xf32>, has tensor<2x4xf32>")
    expect(
      .bitcastConvert, [table], declared: TensorType([9, 4], .bf16),
      "cannot read the bits of tensor<9x4xf32> as tensor<9x4xbf16>")
    expect(
      .reducePrecision(exponentBits: 0, mantissaBits: 3), [table],
      "needs at least 1 exponent bit and 0 mantissa bits, has 0 and 3")
  }
}
