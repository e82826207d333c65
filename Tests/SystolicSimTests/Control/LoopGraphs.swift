import GraphIR

/// Loops and branches that tests know everything about.
enum LoopGraphs {
  static func compare(
    _ b: inout GraphBuilder, _ direction: Comparison, _ x: ValueID, _ bound: Int
  ) throws(GraphError) -> ValueID {
    try b.compare(direction, x, b.scalar(Double(bound), .i32))
  }

  /// One turn of `repeated`: `tanh(x · w)`.
  static func step(
    _ b: inout GraphBuilder, _ x: ValueID, _ w: ValueID
  ) throws(GraphError) -> ValueID { try b.unary(.tanh, b.dotGeneral(x, w)) }

  /// `x` becomes `tanh(x · w)` so many times, in a loop over a counter.
  static func repeated(_ turns: Int, rows: Int, width: Int) throws -> Graph {
    var b = GraphBuilder(name: "repeated")
    let x = b.parameter("x", TensorType([rows, width], .f32), role: .resident)
    let w = b.parameter("w", TensorType([width, width], .f32), role: .resident)
    let results = try b.whileLoop(
      [b.scalar(0, .i32), x], reading: [w],
      condition: { (b, values) throws(GraphError) in try compare(&b, .lt, values[0], turns) },
      body: { (b, values) throws(GraphError) in
        [try b.add(values[0], b.scalar(1, .i32)), try step(&b, values[1], values[2])]
      })
    b.result("x", results[1], donating: x)
    return try b.build()
  }

  /// The same without a loop.
  static func unrolled(_ turns: Int, rows: Int, width: Int) throws -> Graph {
    var b = GraphBuilder(name: "unrolled")
    let x = b.parameter("x", TensorType([rows, width], .f32), role: .resident)
    let w = b.parameter("w", TensorType([width, width], .f32), role: .resident)
    var value = x
    for _ in 0..<turns { value = try step(&b, value, w) }
    b.result("x", value, donating: x)
    return try b.build()
  }

  /// `x` is halved while its greatest element is above 1.
  static func halved(count: Int) throws -> Graph {
    var b = GraphBuilder(name: "halved")
    let x = b.parameter("x", TensorType([count], .f32), role: .resident)
    let results = try b.whileLoop(
      [x],
      condition: { (b, values) throws(GraphError) in
        try b.compare(.gt, b.reduce(.maximum, values[0], dimensions: [0]), b.scalar(1))
      },
      body: { (b, values) throws(GraphError) in
        [try b.multiply(values[0], b.splat(0.5, like: values[0]))]
      })
    b.result("x", results[0], donating: x)
    return try b.build()
  }

  /// Branch 0 leaves `x` as it is; branch 1 is a product.
  static func chosen(rows: Int, width: Int) throws -> Graph {
    var b = GraphBuilder(name: "chosen")
    let index = b.parameter("index", .scalar(.i32), role: .resident)
    let x = b.parameter("x", TensorType([rows, width], .f32), role: .resident)
    let w = b.parameter("w", TensorType([width, width], .f32), role: .resident)
    let results = try b.branch(index, [x, w], count: 2) { (b, number, values) throws(GraphError) in
      [number == 0 ? values[0] : try step(&b, values[0], values[1])]
    }
    b.result("y", results[0], donating: x)
    return try b.build()
  }

  /// A loop over a branch: in turn 2 and 3 `x` is doubled, in others negated.
  static func alternating(_ turns: Int, width: Int) throws -> Graph {
    var b = GraphBuilder(name: "alternating")
    let x = b.parameter("x", TensorType([width], .f32), role: .resident)
    let results = try b.whileLoop(
      [b.scalar(0, .i32), x],
      condition: { (b, values) throws(GraphError) in try compare(&b, .lt, values[0], turns) },
      body: { (b, values) throws(GraphError) in
        let isFirst = try compare(&b, .lt, values[0], 2)
        let chosen = try b.branch(b.convert(isFirst, to: .i32), [values[1]], count: 2) {
          (b, number, values) throws(GraphError) in
          [try number == 0 ? b.add(values[0], values[0]) : b.unary(.negate, values[0])]
        }
        return [try b.add(values[0], b.scalar(1, .i32)), chosen[0]]
      })
    b.result("x", results[1], donating: x)
    return try b.build()
  }

  /// Row `i` of `[turns, width]` becomes the sum of the row and `i`, for each `i`.
  static func filled(_ turns: Int, width: Int) throws -> Graph {
    var b = GraphBuilder(name: "filled")
    let x = b.parameter("x", TensorType([turns, width], .f32), role: .resident)
    let results = try b.whileLoop(
      [b.scalar(0, .i32), x],
      condition: { (b, values) throws(GraphError) in try compare(&b, .lt, values[0], turns) },
      body: { (b, values) throws(GraphError) in
        let starts = [values[0], try b.scalar(0, .i32)]
        let row = try b.append(.dynamicSlice(sizes: [1, width]), [values[1]] + starts)
        let number = try b.broadcastScalar(b.convert(values[0], to: .f32), like: row)
        let sum = try b.add(row, number)
        return [
          try b.add(values[0], b.scalar(1, .i32)),
          try b.append(.dynamicUpdateSlice, [values[1], sum] + starts),
        ]
      })
    b.result("x", results[1], donating: x)
    return try b.build()
  }

  /// A loop of 3 turns over a loop of as many turns as the outer one has run, over one of 2.
  static func nested(width: Int) throws -> Graph {
    var b = GraphBuilder(name: "nested")
    let x = b.parameter("x", TensorType([width], .f32), role: .resident)
    func count(
      _ b: inout GraphBuilder, _ x: ValueID, _ others: [ValueID],
      _ condition: (inout GraphBuilder, [ValueID]) throws(GraphError) -> ValueID,
      _ body: (inout GraphBuilder, [ValueID]) throws(GraphError) -> ValueID
    ) throws(GraphError) -> ValueID {
      try b.whileLoop(
        [b.scalar(0, .i32), x], reading: others, condition: condition,
        body: { (b, values) throws(GraphError) in
          [try b.add(values[0], b.scalar(1, .i32)), try body(&b, values)]
        })[1]
    }
    let result = try count(
      &b, x, [], { (b, values) throws(GraphError) in try compare(&b, .lt, values[0], 3) },
      { (b, values) throws(GraphError) in
        try count(
          &b, values[1], [values[0]],
          { (b, values) throws(GraphError) in try b.compare(.lt, values[0], values[2]) },
          { (b, values) throws(GraphError) in
            try count(
              &b, values[1], [],
              { (b, values) throws(GraphError) in try compare(&b, .lt, values[0], 2) },
              { (b, values) throws(GraphError) in try b.add(values[1], values[1]) })
          })
      })
    b.result("x", result, donating: x)
    return try b.build()
  }
}
