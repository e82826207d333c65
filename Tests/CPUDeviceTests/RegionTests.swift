import CPUDevice
import DeviceAPI
import GraphIR
import TestSupport
import Testing

@Suite("Regions on the CPU")
struct RegionTests {
  /// Numbers without order, with ties.
  static func keys(_ type: TensorType, below limit: UInt32) -> Literal {
    Literal(type, words(type.elementCount).map { Double($0 % limit) - Double(limit / 2) })
  }

  @Test(
    "long lines are sorted as the standard library sorts them, on any number of threads",
    arguments: [1, 2, 3, 100, 5000], [1, 3])
  func sort(length: Int, threads: Int) throws {
    let type = TensorType([3, length, 2], .i32)
    var b = GraphBuilder(name: "sort")
    let (x, y) = (b.parameter("x", type), b.parameter("y", type))
    let sorted = try b.sort([x, y], dimension: 1) { (b, elements) throws(GraphError) in
      try b.compare(.gt, elements[0], elements[1])
    }
    b.result("x", sorted[0])
    b.result("y", sorted[1])
    let keys = Self.keys(type, below: 50)
    let numbers = Literal(type, (0..<type.elementCount).map { Double($0) })
    let results = try CPUDevice().run(
      b.build(), [keys, numbers], options: CompileOptions(threads: threads))
    for line in 0..<6 {
      let places = (0..<length).map { line / 2 * (2 * length) + line % 2 + 2 * $0 }
      // Ties by place, which is what stable means.
      let expected = places.sorted { (keys[$0], -Double($0)) > (keys[$1], -Double($1)) }
      #expect(places.map { results[0][$0] } == expected.map { keys[$0] })
      #expect(places.map { results[1][$0] } == expected.map { Double($0) })
    }
  }

  @Test("a comparator or body that is more than arithmetic is computed all the same")
  func fallback() throws {
    let type = TensorType([40], .f32)
    var b = GraphBuilder(name: "fallback")
    let x = b.parameter("x", type)
    func turned(
      _ b: inout GraphBuilder, _ value: ValueID
    ) throws(GraphError) -> ValueID {
      // Through a tensor with one dimension, which no register holds.
      let row = try b.reshape(value, to: [1])
      return try b.reduce(.add, b.append(.reverse(dimensions: [0]), [row]), dimensions: [0])
    }
    let sorted = try b.sort([x], dimension: 0) { (b, elements) throws(GraphError) in
      try b.compare(.lt, turned(&b, elements[0]), elements[1])
    }
    let total = try b.reduce([x], from: [b.scalar(0)], dimensions: [0]) {
      (b, partial, element) throws(GraphError) in
      [try b.add(turned(&b, partial[0]), element[0])]
    }
    b.result("sorted", sorted[0])
    b.result("total", total[0])
    let keys = Self.keys(type, below: 30)
    let results = try CPUDevice().run(b.build(), [keys])
    #expect(results[0].elements == keys.elements.sorted())
    #expect(results[1].elements == [keys.elements.reduce(0, +)])
  }

  @Test("a loop of many turns leaves its state where a donated parameter was", arguments: [1, 2])
  func manyTurns(threads: Int) throws {
    let type = TensorType([64, 64], .f32)
    var b = GraphBuilder(name: "turns")
    let x = b.parameter("x", type)
    let turns = try b.whileLoop(
      [x, b.scalar(0, .i32)],
      condition: { (b, values) throws(GraphError) in
        try b.compare(.lt, values[1], b.scalar(1001, .i32))
      },
      body: { (b, values) throws(GraphError) in
        let turned = try b.transpose(values[0], permutation: [1, 0])
        return [try b.unary(.negate, turned), try b.add(values[1], b.scalar(1, .i32))]
      })
    b.result("x", turns[0], donating: x)
    let start = Literal(type, (0..<4096).map { Double($0) })
    let result = try CPUDevice().run(
      b.build(), [start], options: CompileOptions(threads: threads))[0]
    // An odd number of turns: transposed and negated.
    let expected = (0..<4096).map { -Double($0 % 64 * 64 + $0 / 64) }
    #expect(result.elements == expected)
  }
}
