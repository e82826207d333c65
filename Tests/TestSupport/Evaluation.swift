package import GraphIR

/// The one result of a graph over these parameters.
package func evaluate(
  _ inputs: Literal..., build: (inout GraphBuilder, [ValueID]) throws -> ValueID
) throws -> Literal {
  var builder = GraphBuilder(name: "test")
  let parameters = inputs.enumerated().map { builder.parameter("p\($0)", $1.type) }
  let value = try build(&builder, parameters)
  builder.result("r", value)
  return try ReferenceEvaluator.evaluate(builder.build(), inputs)[0]
}

package func tensor(_ shape: [Int], _ dtype: DType, _ elements: [Double]) -> Literal {
  Literal(TensorType(shape, dtype), elements)
}

package func tensor(_ shape: [Int], _ elements: [Double]) -> Literal {
  tensor(shape, .f32, elements)
}

package func vector(_ dtype: DType, _ elements: [Double]) -> Literal {
  tensor([elements.count], dtype, elements)
}

package func vector(_ elements: [Double]) -> Literal { vector(.f32, elements) }

/// Well mixed 32-bit words, the same in every run.
///
/// - Source: L'Ecuyer, "Tables of linear congruential generators", 1999, table 4 (2^64).
package func words(_ count: Int, seed: UInt64 = 1) -> [UInt32] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 2_862_933_555_777_941_757 &+ 3_037_000_493
    return UInt32(truncatingIfNeeded: state >> 32)
  }
}
