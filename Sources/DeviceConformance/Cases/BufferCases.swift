internal import GraphIR

extension ConformanceSuite {
  /// How parameters, results and donated memory may be connected.
  static func bufferCases() throws(GraphError) -> [ConformanceCase] {
    [
      try ConformanceCase("parameter as result") { (b) throws(GraphError) in
        let x = b.input([5, 7])
        b.result(x)
        b.result(try b.graph.add(x, x))
        b.result(x)
      },
      try ConformanceCase("constant as result") { (b) throws(GraphError) in
        b.result(try b.graph.constant(Literal(TensorType([3], .f32), [1, -2, 3.5])))
        b.result(try b.graph.constant(Literal(TensorType([4, 5], .f32), splat: 0.25)))
        b.result(try b.graph.scalar(7))
      },
      try ConformanceCase("one value as two results") { (b) throws(GraphError) in
        let x = b.input([33])
        let value = try b.graph.unary(.tanh, b.graph.add(x, x))
        b.result(value)
        b.result(value)
      },
      try ConformanceCase("unused parameters and values") { (b) throws(GraphError) in
        _ = b.input([9])
        let x = b.input([11])
        _ = b.input([], .f32)
        _ = try b.graph.multiply(x, x)
        b.result(try b.graph.unary(.negate, x))
      },
      try ConformanceCase("scalars only") { (b) throws(GraphError) in
        let x = b.input([])
        let y = b.input([], in: 1...2)
        b.result(try b.graph.divide(b.graph.add(x, y), y), donating: x)
      },
      try donationCase(), try laterUseCase(), try exchangeCase(), try turnCase(),
    ]
  }

  /// Donated memory updated in place: elementwise, product, reduction.
  private static func donationCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("donation") { (b) throws(GraphError) in
      let x = b.input([17, 17], in: -1...1)
      let y = b.input([17, 17], in: -1...1)
      let z = b.input([17, 17], in: -1...1)
      b.result(try b.graph.subtract(x, y), donating: x)
      b.result(try b.graph.dotGeneral(z, y), donating: z)
      let mean = try b.graph.reduce(.add, y, dimensions: [1])
      b.result(
        try b.graph.subtract(y, b.graph.broadcast(mean, to: [17, 17], dimensions: [0])),
        donating: y)
    }
  }

  /// The old contents are needed after the instruction that computes the new ones.
  private static func laterUseCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("donation before the last use") { (b) throws(GraphError) in
      let x = b.input([29])
      let y = b.input([29])
      b.result(try b.graph.add(x, y), donating: x)
      b.result(try b.graph.multiply(x, b.graph.unary(.tanh, y)))
      b.result(x)
    }
  }

  /// Two parameters change places, and one stays in its own.
  private static func exchangeCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("donation in exchange") { (b) throws(GraphError) in
      let x = b.input([19])
      let y = b.input([19])
      let z = b.input([19])
      b.result(y, donating: x)
      b.result(x, donating: y)
      b.result(z, donating: z)
    }
  }

  /// Elements move, so that computing in place element by element would go wrong.
  private static func turnCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("donation of what moves") { (b) throws(GraphError) in
      let x = b.input([12, 12])
      let y = b.input([12, 12])
      let z = b.input([12, 12])
      b.result(try b.graph.transpose(x, permutation: [1, 0]), donating: x)
      b.result(
        try b.graph.add(y, b.graph.append(.reverse(dimensions: [0, 1]), [y])), donating: y)
      b.result(try b.graph.add(z, b.graph.transpose(z, permutation: [1, 0])), donating: z)
    }
  }
}
