internal import GraphIR

extension ConformanceSuite {
  /// Operations that run regions, and define several values.
  static func regionCases() throws(GraphError) -> [ConformanceCase] {
    try [
      countingLoop(), powerIteration(), emptyLoop(), nestedLoop(), branches(),
      sorted(along: 0), sorted(along: 1), sortedBytes(), sortedByPolynomial(),
      indexOfMaximum(along: [1]), indexOfMaximum(along: [0, 2]), logarithmOfSum(), partlyUsed(),
    ]
  }

  /// Sums of 0 + 1 + ... + 9, with a state of integers, over a tensor that stays as it is.
  private static func countingLoop() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("while over a counter") { (b) throws(GraphError) in
      let start = b.input(Literal(.scalar(.i32), splat: 0))
      let x = b.input([33])
      let sum = b.input([33])
      let results = try b.graph.whileLoop(
        [start, sum], reading: [x],
        condition: { (b, values) throws(GraphError) in
          try b.compare(.lt, values[0], b.scalar(10, .i32))
        },
        body: { (b, values) throws(GraphError) in
          [try b.add(values[0], b.scalar(1, .i32)), try b.add(values[1], values[2])]
        })
      for value in results { b.result(value) }
    }
  }

  /// A product in the body, the state in place of a parameter.
  private static func powerIteration() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("while with a product") { (b) throws(GraphError) in
      let x = b.input([5, 8], in: -1...1)
      let matrix = b.input([8, 8], in: -0.3...0.3)
      let count = b.input(Literal(.scalar(.i32), splat: 3))
      let results = try b.graph.whileLoop(
        [x, count], reading: [matrix],
        condition: { (b, values) throws(GraphError) in
          try b.compare(.gt, values[1], b.scalar(0, .i32))
        },
        body: { (b, values) throws(GraphError) in
          let next = try b.unary(.tanh, b.dotGeneral(values[0], values[2]))
          return [next, try b.subtract(values[1], b.scalar(1, .i32))]
        })
      b.result(results[0], donating: x)
    }
  }

  private static func emptyLoop() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("while that never runs") { (b) throws(GraphError) in
      let x = b.input([17])
      let never = b.input(Literal(.scalar(.i1), splat: 0))
      let results = try b.graph.whileLoop(
        [x], reading: [never], condition: { (_, values) throws(GraphError) in values[1] },
        body: { (b, values) throws(GraphError) in [try b.add(values[0], values[0])] })
      b.result(results[0])
      b.result(try b.graph.unary(.negate, results[0]))
    }
  }

  /// The inner loop runs as often as the outer one has run.
  private static func nestedLoop() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("while within while") { (b) throws(GraphError) in
      let zero = b.input(Literal(.scalar(.i32), splat: 0))
      let x = b.input([9], in: 1...2)
      let results = try b.graph.whileLoop(
        [zero, x],
        condition: { (b, values) throws(GraphError) in
          try b.compare(.lt, values[0], b.scalar(4, .i32))
        },
        body: { (b, values) throws(GraphError) in
          let inner = try b.whileLoop(
            [b.scalar(0, .i32), values[1]], reading: [values[0]],
            condition: { (b, values) throws(GraphError) in
              try b.compare(.lt, values[0], values[2])
            },
            body: { (b, values) throws(GraphError) in
              [
                try b.add(values[0], b.scalar(1, .i32)),
                try b.multiply(values[1], b.splat(1.25, like: values[1])),
              ]
            })
          return [try b.add(values[0], b.scalar(1, .i32)), inner[1]]
        })
      b.result(results[1])
    }
  }

  /// Each branch, and numbers that no branch has.
  private static func branches() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("case") { (b) throws(GraphError) in
      let x = b.input([31])
      for number in [0, 1, 2, 3, -1] {
        let index = b.input(Literal(.scalar(.i32), splat: Double(number)))
        let results = try b.graph.branch(index, [x], count: 3) {
          (b, number, values) throws(GraphError) in
          if number == 0 { return [values[0], try b.scalar(0)] }
          if number == 1 { return [try b.unary(.negate, values[0]), try b.scalar(1)] }
          let greatest = try b.reduce(.maximum, values[0], dimensions: [0])
          return [try b.broadcastScalar(greatest, like: values[0]), greatest]
        }
        for value in results { b.result(value) }
      }
    }
  }

  /// Keys with ties, and what belongs to them: equal keys keep their order.
  private static func sorted(along dimension: Int) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("sort along \(dimension)") { (b) throws(GraphError) in
      let keys = b.input([13, 37], .i32, in: -5...5)
      let values = b.input([13, 37])
      let sorted = try b.graph.sort([keys, values], dimension: dimension) {
        (b, elements) throws(GraphError) in
        try b.compare(.lt, elements[0], elements[1])
      }
      for value in sorted { b.result(value) }
    }
  }

  private static func sortedBytes() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("sort, greatest first") { (b) throws(GraphError) in
      for dtype in DType.allCases where dtype != .i1 {
        let x = b.input([2, 5, 3], dtype, in: 0...100)
        let sorted = try b.graph.sort([x], dimension: 1) { (b, elements) throws(GraphError) in
          try b.compare(.gt, elements[0], elements[1])
        }
        b.result(sorted[0])
      }
    }
  }

  /// By `x² − x` and, where that is equal, by a second key.
  private static func sortedByPolynomial() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("sort by a polynomial") { (b) throws(GraphError) in
      let x = b.input([64], .i32, in: -4...4)
      let y = b.input([64], .i32, in: 0...3)
      let sorted = try b.graph.sort([x, y], dimension: 0) { (b, elements) throws(GraphError) in
        func key(_ x: ValueID) throws(GraphError) -> ValueID {
          try b.subtract(b.multiply(x, x), x)
        }
        let (first, second) = (try key(elements[0]), try key(elements[1]))
        return try b.select(
          b.compare(.eq, first, second), b.compare(.gt, elements[2], elements[3]),
          b.compare(.lt, first, second))
      }
      for value in sorted { b.result(value) }
    }
  }

  /// The greatest element and the least index at which it stands.
  private static func indexOfMaximum(
    along dimensions: [Int]
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("argmax over \(dimensions)") { (b) throws(GraphError) in
      let x = b.input([6, 11, 5], .f32, in: -3...3)
      let rounded = try b.graph.unary(.roundNearestEven, x)
      let indices = try b.graph.iota(TensorType([6, 11, 5], .i32), dimension: dimensions[0])
      let starts = [
        try b.graph.scalar(-.infinity), try b.graph.scalar(2_147_483_647, .i32),
      ]
      let results = try b.graph.reduce([rounded, indices], from: starts, dimensions: dimensions) {
        (b, partial, element) throws(GraphError) in
        let isGreater = try b.compare(.gt, partial[0], element[0])
        let isEqual = try b.compare(.eq, partial[0], element[0])
        let isBefore = try b.binary(
          .and, isEqual, b.compare(.lt, partial[1], element[1]))
        let keeps = try b.binary(.or, isGreater, isBefore)
        return [
          try b.select(keeps, partial[0], element[0]),
          try b.select(keeps, partial[1], element[1]),
        ]
      }
      for value in results { b.result(value) }
    }
  }

  /// `log Σ exp(x)` by `max + log(1 + exp(-|difference|))`.
  private static func logarithmOfSum() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("reduce by a region") { (b) throws(GraphError) in
      let x = b.input([7, 9])
      let start = try b.graph.scalar(-80)
      let results = try b.graph.reduce([x], from: [start], dimensions: [1]) {
        (b, partial, element) throws(GraphError) in
        let greater = try b.maximum(partial[0], element[0])
        let difference = try b.unary(.abs, b.subtract(partial[0], element[0]))
        let rest = try b.unary(.logPlusOne, b.unary(.exponential, b.unary(.negate, difference)))
        return [try b.add(greater, rest)]
      }
      b.result(results[0])
    }
  }

  /// Of three values only the second is used.
  private static func partlyUsed() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("sort of which one value is used") { (b) throws(GraphError) in
      let x = b.input([41])
      let y = b.input([41])
      let z = b.input([41], .i32, in: -9...9)
      let sorted = try b.graph.sort([x, y, z], dimension: 0) { (b, elements) throws(GraphError) in
        try b.compare(.lt, elements[0], elements[1])
      }
      b.result(try b.graph.add(sorted[1], y))
    }
  }
}
