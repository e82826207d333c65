import GraphIR
import StableHLO
import Testing

@Suite("Graphs of StableHLO programs")
struct ConverterTests {
  private func run(_ body: String, _ inputs: [Literal]) throws -> [Literal] {
    let graph = try GraphConverter.graph(of: TextReader.read(Array(body.utf8)))
    return try ReferenceEvaluator.evaluate(graph, inputs)
  }

  private func literal(_ shape: [Int], _ dtype: DType, _ elements: [Double]) -> Literal {
    Literal(TensorType(shape, dtype), elements)
  }

  @Test("calls are inlined, a result of several is found by its number, results are in order")
  func calls() throws {
    let results = try run(
      """
      module @m {
        func.func public @main(%arg0: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
          %0:2 = call @both(%arg0) : (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
          return %0#1, %0#0 : tensor<2xf32>, tensor<2xf32>
        }
        func.func private @both(%arg0: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
          %0 = stablehlo.negate %arg0 : tensor<2xf32>
          %1 = chlo.square %arg0 : tensor<2xf32> -> tensor<2xf32>
          return %0, %1 : tensor<2xf32>, tensor<2xf32>
        }
      }
      """, [literal([2], .f32, [2, -3])])
    #expect(results == [literal([2], .f32, [4, 9]), literal([2], .f32, [-2, 3])])
  }

  @Test("a loop takes what it uses from outside as operands")
  func loop() throws {
    let results = try run(
      """
      func.func @main(%a: tensor<f32>, %n: tensor<i32>) -> tensor<f32> {
        %zero = stablehlo.constant dense<0> : tensor<i32>
        %0:2 = stablehlo.while(%i = %zero, %s = %a) : tensor<i32>, tensor<f32>
        cond {
          %c = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %c : tensor<i1>
        } do {
          %one = stablehlo.constant dense<1> : tensor<i32>
          %next = stablehlo.add %i, %one : tensor<i32>
          %sum = stablehlo.add %s, %a : tensor<f32>
          stablehlo.return %next, %sum : tensor<i32>, tensor<f32>
        }
        return %0#1 : tensor<f32>
      }
      """, [literal([], .f32, [1.5]), literal([], .i32, [4])])
    #expect(results == [literal([], .f32, [7.5])])
  }

  @Test("argmax: a reduction of two operands by a body of its own")
  func argmax() throws {
    let results = try run(
      """
      func.func @main(%x: tensor<2x3xf32>) -> (tensor<2xf32>, tensor<2xi32>) {
        %i = stablehlo.iota dim = 1 : tensor<2x3xi32>
        %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
        %zero = stablehlo.constant dense<0> : tensor<i32>
        %0:2 = stablehlo.reduce(%x init: %low), (%i init: %zero) across dimensions = [1] : (tensor<2x3xf32>, tensor<2x3xi32>, tensor<f32>, tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>)
         reducer(%a: tensor<f32>, %c: tensor<f32>) (%b: tensor<i32>, %d: tensor<i32>)  {
          %gt = stablehlo.compare GE, %a, %c, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
          %v = stablehlo.select %gt, %a, %c : tensor<i1>, tensor<f32>
          %p = stablehlo.select %gt, %b, %d : tensor<i1>, tensor<i32>
          stablehlo.return %v, %p : tensor<f32>, tensor<i32>
        }
        return %0#0, %0#1 : tensor<2xf32>, tensor<2xi32>
      }
      """, [literal([2, 3], .f32, [1, 5, 2, 9, -1, 3])])
    #expect(results == [literal([2], .f32, [5, 9]), literal([2], .i32, [1, 0])])
  }

  @Test("a reduction that starts elsewhere than at its neutral element keeps its start")
  func start() throws {
    let results = try run(
      """
      func.func @main(%x: tensor<3xf32>) -> tensor<f32> {
        %ten = stablehlo.constant dense<10.0> : tensor<f32>
        %0 = stablehlo.reduce(%x init: %ten) applies stablehlo.add across dimensions = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<f32>
        return %0 : tensor<f32>
      }
      """, [literal([3], .f32, [1, 2, 3])])
    #expect(results == [literal([], .f32, [16])])
  }

  // A table of the inverse error function: erf⁻¹(1/2) = 0.476936, erf⁻¹(0.999) = 2.326754.
  @Test("functions of CHLO: erf_inv and top_k")
  func expansions() throws {
    let inverse = try run(
      """
      func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
        %0 = chlo.erf_inv %x : tensor<4xf32> -> tensor<4xf32>
        return %0 : tensor<4xf32>
      }
      """, [literal([4], .f32, [0, 0.5, 0.999, -1])])[0]
    #expect(inverse[0] == 0 && inverse[3] == -.infinity)
    #expect(abs(inverse[1] - 0.4769363) < 1e-6 && abs(inverse[2] - 2.3267537) < 1e-5)
    let top = try run(
      """
      func.func @main(%x: tensor<5xf32>) -> (tensor<2xf32>, tensor<2xi32>) {
        %0:2 = chlo.top_k(%x, k = 2) : tensor<5xf32> -> (tensor<2xf32>, tensor<2xi32>)
        return %0#0, %0#1 : tensor<2xf32>, tensor<2xi32>
      }
      """, [literal([5], .f32, [3, 7, 7, 1, 5])])
    #expect(top == [literal([2], .f32, [7, 7]), literal([2], .i32, [1, 2])])
  }

  @Test("floats in their total order: NaN above infinity, −0 below 0")
  func totalOrder() throws {
    let results = try run(
      """
      func.func @main(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xi1> {
        %0 = stablehlo.compare LT, %x, %y, TOTALORDER : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
        return %0 : tensor<3xi1>
      }
      """, [literal([3], .f32, [-0.0, .infinity, -2]), literal([3], .f32, [0, .nan, -1])])
    #expect(results == [literal([3], .i1, [1, 1, 1])])
  }

  @Test("donated inputs give their memory to results")
  func donation() throws {
    let graph = try GraphConverter.graph(of: TextReader.read(Programs.bytes("mlp_optax_adam.mlir")))
    #expect(graph.results.contains { $0.donatedParameter != nil })
  }

  @Test("the precision that a product asks for is kept: pretty and generic forms")
  func precision() throws {
    let graph = try GraphConverter.graph(
      of: TextReader.read(
        Array(
          """
          func.func @main(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
            %0 = stablehlo.dot_general %a, %a, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
            %1 = stablehlo.dot_general %0, %a, contracting_dims = [1] x [0], precision = [HIGHEST, HIGHEST] : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
            %2 = "stablehlo.dot_general"(%1, %a) <{dot_dimension_numbers = #stablehlo.dot<lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>, precision_config = [#stablehlo<precision HIGH>, #stablehlo<precision HIGH>]}> : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
            %3 = stablehlo.dot_general %2, %a, contracting_dims = [1] x [0] : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
            return %3 : tensor<2x2xf32>
          }
          """.utf8)))
    let found = graph.instructions.compactMap { instruction -> ProductPrecision? in
      if case .dotGeneral(let dimensions) = instruction.operation {
        dimensions.precision
      } else {
        nil
      }
    }
    #expect(found == [.standard, .highest, .high, .standard])
    let back = try GraphConverter.graph(
      of: TextReader.read(Array(TextPrinter.text(of: graph).utf8)))
    #expect(back.instructions == graph.instructions)
  }

  @Test("each operation of a graph has the place of its line, in functions that are called too")
  func places() throws {
    let (graph, places) = try GraphConverter.locatedGraph(
      of: TextReader.read(
        Array(
          """
          func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> {
            %0 = stablehlo.negate %a : tensor<2xf32>
            %1 = call @twice(%0) : (tensor<2xf32>) -> tensor<2xf32>
            %2 = stablehlo.abs %1 : tensor<2xf32>
            return %2 : tensor<2xf32>
          }
          func.func private @twice(%a: tensor<2xf32>) -> tensor<2xf32> {
            %0 = stablehlo.add %a, %a : tensor<2xf32>
            return %0 : tensor<2xf32>
          }
          """.utf8)))
    let lines = zip(graph.instructions, places).map { instruction, place in
      "\(instruction.operation.name) \(place.description.split(separator: ":")[0])"
    }
    #expect(lines == ["parameter 1", "negate 2", "add 8", "abs 4"])
  }
}
