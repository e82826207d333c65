import GraphIR
import TestSupport
import Testing

@Suite("Operations with regions and several values")
struct RegionTests {
  static let index = TensorType.scalar(.i32)

  /// Keys and values sorted by the keys, ascending.
  static func sorting(_ keys: TensorType, _ values: TensorType) throws -> Graph {
    var b = GraphBuilder(name: "sorting")
    let (x, y) = (b.parameter("x", keys), b.parameter("y", values))
    let sorted = try b.sort([x, y], dimension: 0) { (b, elements) throws(GraphError) in
      try b.compare(.lt, elements[0], elements[1])
    }
    b.result("keys", sorted[0])
    b.result("values", sorted[1])
    return try b.build()
  }

  @Test("sort keeps the order of equal keys, and takes the other operands along")
  func sort() throws {
    let graph = try Self.sorting(TensorType([5], .i32), TensorType([5], .f32))
    let results = try ReferenceEvaluator.evaluate(
      graph, [vector(.i32, [3, 1, 3, 2, 1]), vector([10, 11, 12, 13, 14])])
    #expect(results[0].elements == [1, 1, 2, 3, 3])
    #expect(results[1].elements == [11, 14, 13, 10, 12])
  }

  @Test("a reduction by a region finds the greatest element and where it stands first")
  func argmax() throws {
    var b = GraphBuilder(name: "argmax")
    let type = TensorType([2, 4], .f32)
    let x = b.parameter("x", type)
    let places = try b.iota(type.with(dtype: .i32), dimension: 1)
    let results = try b.reduce(
      [x, places], from: [b.scalar(-.infinity), b.scalar(0, .i32)], dimensions: [1]
    ) { (b, partial, element) throws(GraphError) in
      let isGreater = try b.compare(.gt, element[0], partial[0])
      return [
        try b.select(isGreater, element[0], partial[0]),
        try b.select(isGreater, element[1], partial[1]),
      ]
    }
    for (position, value) in results.enumerated() { b.result("r\(position)", value) }
    let values = try ReferenceEvaluator.evaluate(
      b.build(), [tensor([2, 4], [1, 7, 7, 2, -5, -9, -3, -4])])
    #expect(values.map(\.elements) == [[7, -3], [1, 2]])
    #expect(values[1].type == TensorType([2], .i32))
  }

  /// 2ⁿ by doubling, `n` a parameter that the loop only reads.
  static func power() throws -> Graph {
    var b = GraphBuilder(name: "power")
    let n = b.parameter("n", index)
    let results = try b.whileLoop(
      [b.scalar(0, .i32), b.scalar(1)], reading: [n],
      condition: { (b, values) throws(GraphError) in try b.compare(.lt, values[0], values[2]) },
      body: { (b, values) throws(GraphError) in
        [try b.add(values[0], b.scalar(1, .i32)), try b.add(values[1], values[1])]
      })
    b.result("power", results[1])
    return try b.build()
  }

  @Test("while runs as often as its condition holds", arguments: [(0, 1.0), (1, 2), (10, 1024)])
  func whileLoop(n: Int, expected: Double) throws {
    let results = try ReferenceEvaluator.evaluate(
      Self.power(), [Literal(Self.index, splat: Double(n))])
    #expect(results[0].elements == [expected])
  }

  /// −x, x or 2 x.
  static func choice() throws -> Graph {
    var b = GraphBuilder(name: "choice")
    let (number, x) = (b.parameter("number", index), b.parameter("x", TensorType([2], .f32)))
    let results = try b.branch(number, [x], count: 3) { (b, number, values) throws(GraphError) in
      number == 0
        ? [try b.unary(.negate, values[0])]
        : number == 1 ? values : [try b.add(values[0], values[0])]
    }
    b.result("y", results[0])
    return try b.build()
  }

  @Test(
    "case runs the branch of its number, and the last one for numbers that none has",
    arguments: [(0, [-3.0, -4]), (1, [3, 4]), (2, [6, 8]), (3, [6, 8]), (-1, [6, 8])])
  func branch(number: Int, expected: [Double]) throws {
    let results = try ReferenceEvaluator.evaluate(
      Self.choice(), [Literal(Self.index, splat: Double(number)), vector([3, 4])])
    #expect(results[0].elements == expected)
  }

  @Test("an instruction of several values is printed in one line, with its regions below")
  func printed() throws {
    let graph = try Self.sorting(TensorType([5], .i32), TensorType([5], .f32))
    #expect(
      graph.description == """
        func @sorting {
          %0 = parameter() : tensor<5xi32>
          %1 = parameter() : tensor<5xf32>
          %2, %3 = sort(%0, %1) : tensor<5xi32>, tensor<5xf32>
            comparator:
            func @comparator {
              %0 = parameter() : tensor<i32>
              %1 = parameter() : tensor<i32>
              %2 = parameter() : tensor<f32>
              %3 = parameter() : tensor<f32>
              %4 = compare(%0, %1) : tensor<i1>
              return r0 = %4
            }
          return keys = %2, values = %3
        }
        """)
  }

  // MARK: Rules

  @Test("the values after the first stand directly behind their instruction")
  func places() throws {
    let sound = try Self.sorting(TensorType([5], .i32), TensorType([5], .f32))
    func expect(
      _ place: String, _ reason: String, at location: SourceLocation = #_sourceLocation,
      _ damage: (inout Graph) -> Void
    ) {
      var graph = sound
      damage(&graph)
      #expect(throws: GraphError(place: place, reason: reason), sourceLocation: location) {
        try graph.verify()
      }
    }
    expect("%2 sort in ''", "defines 2 values, and %3 is not its result 1") {
      $0.instructions.removeLast()
      $0.results.removeLast()
    }
    expect("%2 sort in ''", "defines 2 values, and %3 is not its result 1") {
      $0.instructions[3].operation = .unary(.negate)
    }
    expect("%2 sort in ''", "computes tensor<5xf32> as result 1, %3 declares tensor<5xi32>") {
      $0.instructions[3].type.dtype = .i32
    }
    expect("%4 result in ''", "follows no instruction of which it is result 2") {
      var third = $0.instructions[3]
      third.operation = .result(index: 2)
      third.operands = [ValueID(1)]
      $0.instructions.append(third)
    }
  }

  /// A region of these types whose results are those parameters.
  static func region(_ types: [TensorType], _ results: [Int]) throws -> Graph {
    try Graph.region("region", of: types) { (_, values) in results.map { values[$0] } }
  }

  @Test("regions fit their operation")
  func misfits() throws {
    func expect(
      _ operation: Operation, _ types: [TensorType], _ reason: String,
      at location: SourceLocation = #_sourceLocation
    ) {
      var b = GraphBuilder(name: "test")
      let operands = types.enumerated().map { b.parameter("p\($0)", $1) }
      let place = "%\(types.count) \(operation.name) in ''"
      #expect(throws: GraphError(place: place, reason: reason), sourceLocation: location) {
        try b.appendAll(operation, operands)
      }
    }
    let (f32, i1, i32) = (TensorType.scalar(.f32), TensorType.scalar(.i1), TensorType.scalar(.i32))
    let row = TensorType([3], .f32)
    expect(
      .sort(dimension: 0, comparator: try Self.region([f32, f32], [0])), [],
      "takes at least 1 operand, has 0")
    expect(
      .sort(dimension: 1, comparator: try Self.region([f32, f32], [0])), [row],
      "sort dimension [1] must be distinct dimensions of a tensor of rank 1")
    expect(
      .sort(dimension: 0, comparator: try Self.region([f32, f32], [0])), [row],
      "needs a comparator with one result tensor<i1>, has [tensor<f32>]")
    expect(
      .sort(dimension: 0, comparator: try Self.region([i1, i1], [0])), [row],
      "hands [tensor<f32>, tensor<f32>] to the comparator, which takes [tensor<i1>, tensor<i1>]")
    expect(
      .sort(dimension: 0, comparator: try Self.region([f32, f32, f32, f32], [0])),
      [row, TensorType([4], .f32)],
      "needs tensors of one shape, has [tensor<3xf32>, tensor<4xf32>]")
    expect(
      .reduceByRegion(dimensions: [0], body: try Self.region([f32, f32], [0])),
      [row, f32, f32], "takes a start for each tensor, has 3 operands")
    expect(
      .reduceByRegion(dimensions: [0], body: try Self.region([f32, f32], [0, 1])),
      [row, f32],
      "needs a body with results [tensor<f32>], has [tensor<f32>, tensor<f32>]")
    expect(
      .whileLoop(condition: try Self.region([i32], [0]), body: try Self.region([i32], [0])),
      [i32], "needs a condition with one result tensor<i1>, has [tensor<i32>]")
    expect(
      .whileLoop(
        condition: try Self.region([i1, i32], [0]), body: try Self.region([i1, i32], [1])),
      [i1, i32],
      "needs a body that gives the first operands a new value, of types [tensor<i1>, tensor<i32>], "
        + "has [tensor<i32>]")
    expect(
      .branch([try Self.region([f32], [0])]), [f32, f32],
      "needs an index tensor<i32> before all, has tensor<f32>")
    expect(.branch([]), [i32], "needs at least one branch")
    expect(
      .branch([try Self.region([f32, i32], [0]), try Self.region([f32, i32], [1])]),
      [i32, f32, i32],
      "needs branches of one kind: branch 0 gives [tensor<f32>], branch 1 [tensor<i32>]")
    var unsound = try Self.region([f32], [0])
    unsound.instructions[0].type = i32
    expect(
      .branch([unsound]), [i32, f32],
      "has an unsound region, branch 0: %0 parameter in '': declares tensor<i32>, the parameter "
        + "'p0' is tensor<f32>")
  }
}
