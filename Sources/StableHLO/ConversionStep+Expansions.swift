internal import GraphIR

/// Operations that a graph says in other ones: those of CHLO, and a few of StableHLO.
extension ConversionStep {
  /// The values that the operation's expansion defines; `nil` for an operation that has none.
  func expanded(_ builder: inout GraphBuilder) throws -> [ValueID]? {
    guard let x = operands.first else { return nil }
    switch operation.name {
    case "chlo.square": return [try builder.multiply(x, x)]
    case "chlo.erf": return [try builder.unary(.erf, x)]
    case "chlo.erfc":
      return [try builder.subtract(builder.splat(1, like: x), builder.unary(.erf, x))]
    case "chlo.erf_inv": return [try inverseErrorFunction(x, &builder)]
    case "tan", "chlo.tan":
      return [try builder.divide(builder.unary(.sine, x), builder.unary(.cosine, x))]
    case "chlo.sinh", "chlo.cosh":
      let (up, down) = (
        try builder.unary(.exponential, x),
        try builder.unary(.exponential, builder.unary(.negate, x))
      )
      let sum =
        operation.name == "chlo.sinh" ? try builder.subtract(up, down) : try builder.add(up, down)
      return [try builder.multiply(sum, builder.splat(0.5, like: sum))]
    case "chlo.atan": return [try builder.binary(.atan2, x, builder.splat(1, like: x))]
    case "chlo.is_inf", "chlo.is_pos_inf", "chlo.is_neg_inf":
      let of = operation.name == "chlo.is_inf" ? try builder.unary(.abs, x) : x
      let infinity: Double = operation.name == "chlo.is_neg_inf" ? -.infinity : .infinity
      return [try builder.compare(.eq, of, builder.splat(infinity, like: of))]
    case "chlo.top_k": return try greatest(x, &builder)
    default: return nil
    }
  }

  /// - Source: Giles, "Approximating the erfinv function", GPU Computing Gems, 2011, table 5: two
  ///   polynomials in single precision.
  private func inverseErrorFunction(
    _ x: ValueID, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let type = builder.type(of: x)
    let wide = type.dtype == .f32 ? x : try builder.convert(x, to: .f32)
    let w = try builder.unary(
      .negate,
      builder.unary(
        .logPlusOne, builder.multiply(builder.unary(.negate, wide), wide)))
    let isNear = try builder.compare(.lt, w, builder.splat(5, like: w))
    let near: [Double] = [
      2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
      -0.00125372503, -0.00417768164, 0.246640727, 1.50140941,
    ]
    let far: [Double] = [
      -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
      0.00943887047, 1.00167406, 2.83297682,
    ]
    let place = try builder.select(
      isNear, builder.subtract(w, builder.splat(2.5, like: w)),
      builder.subtract(builder.unary(.sqrt, w), builder.splat(3, like: w)))
    func coefficient(_ index: Int) throws -> ValueID {
      try builder.select(
        isNear, builder.splat(near[index], like: w), builder.splat(far[index], like: w))
    }
    var sum = try coefficient(0)
    for index in 1..<near.count {
      sum = try builder.add(coefficient(index), builder.multiply(sum, place))
    }
    let inside = try builder.multiply(sum, wide)
    // At ±1 it is infinite.
    let isEnd = try builder.compare(
      .eq, builder.unary(.abs, wide), builder.splat(1, like: wide))
    let result = try builder.select(
      isEnd, builder.multiply(wide, builder.splat(.infinity, like: wide)), inside)
    return type.dtype == .f32 ? result : try builder.convert(result, to: type.dtype)
  }

  /// The `k` greatest of the last dimension, and where they are: a sort that keeps the order of equals.
  private func greatest(_ x: ValueID, _ builder: inout GraphBuilder) throws -> [ValueID] {
    let type = builder.type(of: x)
    let last = type.rank - 1
    let k = try integer("k")
    guard last >= 0, (0...type.shape[last]).contains(k) else {
      throw failure("k up to the last dimension of \(type), found \(k)")
    }
    let places = try builder.iota(type.with(dtype: .i32), dimension: last)
    let sorted = try builder.sort([x, places], dimension: last) { (b, e) throws(GraphError) in
      try b.compare(.gt, e[0], e[1])
    }
    let limit = Array(type.shape.dropLast()) + [k]
    return try sorted.map {
      try builder.append(
        .slice(
          start: [Int](repeating: 0, count: type.rank), limit: limit,
          strides: [Int](repeating: 1, count: type.rank)), [$0])
    }
  }
}
