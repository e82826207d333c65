internal import Units
package import GraphIR

/// A random program: a loop whose body has products, arithmetic, reductions, slices, loops and branches.
/// Some loops turn as often as a constant says, others as a parameter does.
package struct RandomLoop: Sendable {
  package let graph: Graph
  /// One value a parameter.
  package let inputs: [Literal]

  /// - Throws: `GraphError` if the generator breaks a rule of the IR, which would be its bug.
  package init(seed: UInt64) throws(GraphError) {
    var generator = RandomLoopGenerator(seed: seed)
    (graph, inputs) = try generator.made()
  }
}

private struct RandomLoopGenerator {
  private var random: SplitMix64
  private let rows: Int
  private let width: Int

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    rows = [1, 3, 8, 17].randomElement(using: &random) ?? 1
    width = [2, 7, 16, 33].randomElement(using: &random) ?? 2
  }

  mutating func made() throws(GraphError) -> (Graph, [Literal]) {
    var b = GraphBuilder(name: "random")
    let types = [
      TensorType([rows, width], .f32), TensorType([width, width], .f32), .scalar(.i32),
    ]
    let parameters = types.enumerated().map { b.parameter("p\($0)", $1) }
    let inputs = [
      random.literal(types[0], in: -1...1),
      random.literal(types[1], in: -1 / Double(width)...1 / Double(width)),
      Literal(types[2], splat: Double(Int.random(in: 0...3, using: &random))),
    ]
    let x = try loop(&b, parameters[0], parameters[1], parameters[2], depth: 2)
    b.result("y", try b.add(x, parameters[0]))
    b.result("x", x)
    return (try b.build(), inputs)
  }

  private mutating func loop(
    _ b: inout GraphBuilder, _ x: ValueID, _ w: ValueID, _ count: ValueID, depth: Int
  ) throws(GraphError) -> ValueID {
    let turns = Double(Int.random(in: 0...3, using: &random))
    let isKnown = Bool.random(using: &random)
    var copy = self
    let results = try b.whileLoop(
      [b.scalar(0, .i32), x], reading: [w, count],
      condition: { (b, values) throws(GraphError) in
        try b.compare(.lt, values[0], isKnown ? b.scalar(turns, .i32) : values[3])
      },
      body: { (b, values) throws(GraphError) in
        var x = values[1]
        for _ in 0..<Int.random(in: 1...3, using: &copy.random) {
          x = try copy.step(&b, x, values[2], values[0], depth: depth)
        }
        return [try b.add(values[0], b.scalar(1, .i32)), x]
      })
    self = copy
    return results[1]
  }

  private mutating func step(
    _ b: inout GraphBuilder, _ x: ValueID, _ w: ValueID, _ count: ValueID, depth: Int
  ) throws(GraphError) -> ValueID {
    switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
    case 0: return try b.unary(.tanh, b.dotGeneral(x, w))
    case 1: return try b.multiply(x, b.splat(0.75, like: x))
    case 2:
      let mean = try b.reduce(.add, x, dimensions: [1])
      let spread = try b.broadcast(mean, to: [rows, width], dimensions: [0])
      return try b.unary(.tanh, b.add(x, spread))
    case 3:
      let starts = [count, try b.scalar(0, .i32)]
      let row = try b.append(.dynamicSlice(sizes: [1, width]), [x] + starts)
      let next = try b.subtract(b.splat(0.5, like: row), row)
      return try b.append(.dynamicUpdateSlice, [x, next] + starts)
    case 4: return try loop(&b, x, w, count, depth: depth - 1)
    default:
      var copy = self
      let results = try b.branch(count, [x, w], count: 2) {
        (b, number, values) throws(GraphError) in
        number == 0
          ? [values[0]] : [try copy.step(&b, values[0], values[1], b.scalar(1, .i32), depth: 0)]
      }
      self = copy
      return results[0]
    }
  }
}
