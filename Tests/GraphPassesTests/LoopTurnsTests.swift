import GraphIR
import GraphPasses
import Testing

struct CounterForm: Sendable, CustomTestStringConvertible {
  var direction: Comparison
  var start: Int
  var step: Int
  var bound: Int
  var testDescription: String { "\(start), \(start + step), ... \(direction.rawValue) \(bound)" }
}

@Suite("Turns of loops that can be seen")
struct LoopTurnsTests {
  private static let forms: [CounterForm] = Comparison.allCases.flatMap { direction in
    [(0, 1, 6), (0, 2, 7), (3, 1, 3), (10, -3, -2), (5, -1, 5), (0, 2, 4), (4, 1, 2), (0, 0, 1)]
      .map { CounterForm(direction: direction, start: $0.0, step: $0.1, bound: $0.2) }
  }

  /// A loop over a counter and a tensor; the bound is read, or written in the condition.
  private func loop(
    _ form: CounterForm, exchanged: Bool, isRead: Bool, subtracts: Bool
  ) throws -> (graph: Graph, loop: ValueID) {
    var b = GraphBuilder(name: "loop")
    let x = b.parameter("x", TensorType([3], .f32))
    let bound = try b.scalar(Double(form.bound), .i32)
    let results = try b.whileLoop(
      [x, b.scalar(Double(form.start), .i32)], reading: [bound],
      condition: { (b, values) throws(GraphError) in
        let bound = isRead ? values[2] : try b.scalar(Double(form.bound), .i32)
        let directions: [Comparison: Comparison] = [.lt: .gt, .gt: .lt, .le: .ge, .ge: .le]
        return exchanged
          ? try b.compare(directions[form.direction] ?? form.direction, bound, values[1])
          : try b.compare(form.direction, values[1], bound)
      },
      body: { (b, values) throws(GraphError) in
        let step = try b.scalar(Double(subtracts ? -form.step : form.step), .i32)
        return [
          try b.add(values[0], values[0]),
          try subtracts ? b.subtract(values[1], step) : b.add(step, values[1]),
        ]
      })
    b.result("x", results[0])
    return (try b.build(), results[0])
  }

  /// Counted one by one; `nil` where it does not end.
  private func counted(_ form: CounterForm) -> Int? {
    var (value, turns) = (form.start, 0)
    while turns < 1000 {
      let holds = form.direction.function(.f64)(Double(value), Double(form.bound))
      if !holds { return turns }
      value += form.step
      turns += 1
    }
    return nil
  }

  @Test("a counter that leaves its type on the way is not followed")
  func wraps() throws {
    let most = Int(Int32.max)
    let form = CounterForm(direction: .lt, start: most - 50, step: 100, bound: most)
    let (graph, loop) = try loop(form, exchanged: false, isRead: true, subtracts: false)
    #expect(KnownValues(graph).turns(of: loop) == nil)
  }

  @Test("a counter is followed as one that counts turn by turn would", arguments: forms)
  func followed(_ form: CounterForm) throws {
    for (exchanged, isRead, subtracts) in [
      (false, false, false), (true, true, false), (false, true, true),
    ] {
      let (graph, loop) = try loop(
        form, exchanged: exchanged, isRead: isRead, subtracts: subtracts)
      #expect(KnownValues(graph).turns(of: loop) == counted(form))
    }
  }

  @Test("a bound is found behind a hundred thousand conversions")
  func chain() throws {
    var b = GraphBuilder(name: "chain")
    var bound = try b.scalar(6.75)
    for index in 0..<100_000 {
      bound = try b.append(
        .convert, [bound], resultType: .scalar(index % 2 == 0 ? .i32 : .f32))
    }
    let results = try b.whileLoop(
      [b.scalar(0, .i32)], reading: [bound],
      condition: { (b, values) throws(GraphError) in
        try b.compare(.lt, values[0], b.convert(values[1], to: .i32))
      },
      body: { (b, values) throws(GraphError) in [try b.add(values[0], b.scalar(1, .i32))] })
    b.result("i", results[0])
    #expect(KnownValues(try b.build()).turns(of: results[0]) == 6)
  }

  @Test("a loop whose bound, start or step is data has no turns that can be seen")
  func data() throws {
    for unknown in 0..<3 {
      var b = GraphBuilder(name: "data")
      let given = b.parameter("n", .scalar(.i32))
      let numbers = try [0, 9, 1].enumerated().map {
        $0 == unknown ? given : try b.scalar(Double($1), .i32)
      }
      let results = try b.whileLoop(
        [numbers[0]], reading: Array(numbers.dropFirst()),
        condition: { (b, values) throws(GraphError) in try b.compare(.lt, values[0], values[1]) },
        body: { (b, values) throws(GraphError) in [try b.add(values[0], values[2])] })
      b.result("i", results[0])
      #expect(KnownValues(try b.build()).turns(of: results[0]) == nil)
    }
  }
}
