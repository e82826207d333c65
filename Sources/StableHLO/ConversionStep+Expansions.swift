internal import GraphIR

/// Operations that a graph says in other ones: those of CHLO, and a few of StableHLO.
extension ConversionStep {
  /// The values that the operation's expansion defines; `nil` for an operation that has none.
  func expanded(_ builder: inout GraphBuilder) throws -> [ValueID]? {
    guard let x = operands.first else { return nil }
    switch operation.name {
    case "chlo.square": return [try builder.multiply(x, x)]
    case "chlo.erf": return [try builder.unary(.erf, x)]
    case "tan", "chlo.tan":
      return [try builder.divide(builder.unary(.sine, x), builder.unary(.cosine, x))]
    case "chlo.is_inf", "chlo.is_pos_inf", "chlo.is_neg_inf":
      let of = operation.name == "chlo.is_inf" ? try builder.unary(.abs, x) : x
      let infinity: Double = operation.name == "chlo.is_neg_inf" ? -.infinity : .infinity
      return [try builder.compare(.eq, of, builder.splat(infinity, like: of))]
    case "chlo.top_k": return try greatest(x, &builder)
    case let name where name.hasPrefix("chlo."):
      return try SpecialFunction(rawValue: String(name.dropFirst(5)))
        .map { [try $0.expanded(operands, &builder)] }
    default: return nil
    }
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
