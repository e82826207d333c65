/// Operations in the form that each has for itself.
extension TextReader {
  /// What stands behind an operation's name; its result types.
  mutating func prettyForm(_ operation: inout TreeOperation) throws(StableHLOError) -> [TreeType] {
    switch operation.name {
    case "call":
      operation.attributes["callee"] = .symbol(try scanner.symbol())
      try scanner.expect("(")
      operation.operands = try operands()
      try scanner.expect(")")
      return try types(of: &operation)
    case "return": return try returnForm(&operation)
    case "constant":
      try takeAttributes(&operation)
      try scanner.expect("dense")
      let elements = try elements()
      operation.attributes["value"] = .elements(elements)
      return [.tensor(shape: elements.shape, element: elements.element)]
    case "compare":
      operation.attributes["comparison_direction"] = .word(
        try scanner.name("a direction such as LT"))
      try scanner.expect(",")
      operation.operands = try operands()
      if scanner.take(",") {
        operation.attributes["compare_type"] = .word(try scanner.name("a type such as FLOAT"))
      }
      return try types(of: &operation)
    case "iota":
      try integer(&operation, "dim", "iota_dimension")
      return try types(of: &operation)
    case "dot_general", "dot": return try dotForm(&operation)
    case "convolution": return try convolutionForm(&operation)
    case "reduce": return try reduceForm(&operation)
    case "while": return try whileForm(&operation)
    case "slice": return try sliceForm(&operation)
    case "custom_call":
      operation.attributes["call_target_name"] = .symbol(try scanner.symbol())
      try scanner.expect("(")
      operation.operands = try operands()
      try scanner.expect(")")
      return try types(of: &operation)
    case "sdy.sharding_constraint":
      operation.operands = try operands()
      try scanner.expect("<")
      try Self.skipBalanced(&scanner, until: UInt8(ascii: ">"))
      try scanner.expect(">")
      return try types(of: &operation)
    case "composite":
      operation.attributes["name"] = .text(try scanner.quoted("the name of the composite"))
      operation.operands = try operands()
      return try types(of: &operation)
    case "chlo.top_k":
      try scanner.expect("(")
      operation.operands = try operands()
      try scanner.expect(",")
      try integer(&operation, "k", "k")
      try scanner.expect(")")
      return try types(of: &operation)
    default:
      let isInParentheses = scanner.take("(")
      operation.operands = try operands()
      if isInParentheses { try scanner.expect(")") }
      try namedValues(&operation)
      return try types(of: &operation)
    }
  }

  private mutating func takeAttributes(_ operation: inout TreeOperation) throws(StableHLOError) {
    if scanner.peek() == UInt8(ascii: "{") { operation.take(try attributes()) }
  }

  /// `: type`, `: (types) -> types`, `: type, type`, `: type -> type`.
  private mutating func types(of operation: inout TreeOperation) throws(StableHLOError)
    -> [TreeType]
  {
    try takeAttributes(&operation)
    try scanner.expect(":")
    if scanner.peek() == UInt8(ascii: "(") { return try functionType(of: operation) }
    _ = scanner.peek()
    let place = scanner.place
    let first = try type()
    if scanner.take("->") { return try Self.resultTypes(&scanner) }
    var stated = [first]
    while scanner.take(",") { stated.append(try type()) }
    if scanner.take("->") { return try Self.resultTypes(&scanner) }
    switch operation.name {
    case "optimization_barrier" where stated.count > 1: return stated
    case "select" where stated.count == 2: return [stated[1]]
    default: break
    }
    if stated.count != 1 {
      throw StableHLOError(
        place, "expected one type for '\(operation.name)', found \(stated.count)")
    }
    // One type for operands and result alike.
    if operation.name != "clamp" {
      for value in operation.operands where types[value] != first {
        throw StableHLOError(
          place, "expected \(types[value]), which its operand has, found \(first)")
      }
    }
    return [first]
  }

  private mutating func returnForm(
    _ operation: inout TreeOperation
  ) throws(StableHLOError) -> [TreeType] {
    operation.operands = try operands()
    if operation.operands.isEmpty { return [] }
    try takeAttributes(&operation)
    try scanner.expect(":")
    for (index, value) in operation.operands.enumerated() {
      if index > 0 { try scanner.expect(",") }
      _ = scanner.peek()
      let place = scanner.place
      let stated = try type()
      if stated != types[value] {
        throw StableHLOError(
          place, "expected \(types[value]), which its operand has, found \(stated)")
      }
    }
    return []
  }

  /// `, dims = [0, 1]`, `, low = [0], high = [1]`, `, format = e8m7`.
  private mutating func namedValues(_ operation: inout TreeOperation) throws(StableHLOError) {
    while scanner.take(",") {
      let start = scanner.place
      let key = try scanner.name("the name of a value")
      try scanner.expect("=")
      if key == "format" {
        let text = try scanner.name("a format such as e8m7")
        let parts = text.dropFirst().split(separator: "m").map { Int($0) }
        guard text.hasPrefix("e"), parts.count == 2, let exponent = parts[0],
          let mantissa = parts[1]
        else { throw StableHLOError(start, "expected a format such as e8m7, found '\(text)'") }
        operation.attributes["exponent_bits"] = .integer(exponent)
        operation.attributes["mantissa_bits"] = .integer(mantissa)
        continue
      }
      let name = Self.longNames[operation.name]?[key] ?? key
      if scanner.peek() == UInt8(ascii: "[") {
        operation.attributes[name] = .list(try integers().map { .integer($0) })
      } else if let byte = scanner.peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        operation.attributes[name] = .integer(try scanner.integer())
      } else if scanner.take("true") {
        operation.attributes[name] = .flag(true)
      } else if scanner.take("false") {
        operation.attributes[name] = .flag(false)
      } else {
        operation.attributes[name] = .word(try scanner.name("a word"))
      }
    }
  }

  /// By operation, what a short name stands for.
  private static let longNames: [String: [String: String]] = [
    "broadcast_in_dim": ["dims": "broadcast_dimensions"], "transpose": ["dims": "permutation"],
    "reverse": ["dims": "dimensions"], "concatenate": ["dim": "dimension"],
    "pad": [
      "low": "edge_padding_low", "high": "edge_padding_high", "interior": "interior_padding",
    ],
    "dynamic_slice": ["sizes": "slice_sizes"], "rng_bit_generator": ["algorithm": "rng_algorithm"],
    "rng": ["distribution": "rng_distribution"], "broadcast": ["sizes": "broadcast_sizes"],
    "get_dimension_size": ["dim": "dimension"],
  ]

  private mutating func integer(
    _ operation: inout TreeOperation, _ name: String, _ key: String
  ) throws(StableHLOError) {
    try scanner.expect(name)
    try scanner.expect("=")
    operation.attributes[key] = .integer(try scanner.integer())
  }

  /// `[1, 2]`
  private mutating func integers() throws(StableHLOError) -> [Int] {
    var found: [Int] = []
    try scanner.expect("[")
    if scanner.take("]") { return found }
    repeat { found.append(try scanner.integer()) } while scanner.take(",")
    try scanner.expect("]")
    return found
  }

  private func list(_ integers: [Int]) -> TreeAttribute { .list(integers.map { .integer($0) }) }

  // MARK: Products

  /// `%a, %b, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [...]`
  private mutating func dotForm(
    _ operation: inout TreeOperation
  ) throws(StableHLOError) -> [TreeType] {
    operation.operands = try operands()
    for side in ["lhs", "rhs"] {
      operation.attributes["\(side)_batching_dimensions"] = .list([])
      operation.attributes["\(side)_contracting_dimensions"] = .list([])
    }
    while scanner.take(",") {
      let key = try scanner.name("contracting_dims, batching_dims, precision or algorithm")
      try scanner.expect("=")
      switch key {
      case "batching_dims", "contracting_dims":
        let name = key.replacing("_dims", with: "_dimensions")
        operation.attributes["lhs_\(name)"] = list(try integers())
        try scanner.expect("x")
        operation.attributes["rhs_\(name)"] = list(try integers())
      case "precision": operation.attributes["precision_config"] = try words()
      default: operation.attributes[key] = try attribute()
      }
    }
    return try types(of: &operation)
  }

  private mutating func words() throws(StableHLOError) -> TreeAttribute {
    var found: [TreeAttribute] = []
    try scanner.expect("[")
    if scanner.take("]") { return .list(found) }
    repeat { found.append(.word(try scanner.name("a precision"))) } while scanner.take(",")
    try scanner.expect("]")
    return .list(found)
  }

  /// `(%a, %b) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [2, 2]}
  /// {feature_group_count = 1 : i64}`
  private mutating func convolutionForm(
    _ operation: inout TreeOperation
  ) throws(StableHLOError) -> [TreeType] {
    try scanner.expect("(")
    operation.operands = try operands()
    try scanner.expect(")")
    try scanner.expect("dim_numbers")
    try scanner.expect("=")
    operation.attributes.merge(try convolutionDimensions()) { $1 }
    try scanner.expect(",")
    try scanner.expect("window")
    try scanner.expect("=")
    try scanner.expect("{")
    if !scanner.take("}") {
      repeat {
        let key = try scanner.name("stride, pad, lhs_dilate, rhs_dilate or reverse")
        try scanner.expect("=")
        let place = scanner.place
        switch key {
        case "stride": operation.attributes["window_strides"] = list(try integers())
        case "lhs_dilate": operation.attributes["lhs_dilation"] = list(try integers())
        case "rhs_dilate": operation.attributes["rhs_dilation"] = list(try integers())
        case "pad", "reverse":
          operation.attributes[key == "pad" ? "padding" : "window_reversal"] = try attribute()
        default:
          throw StableHLOError(
            place, "expected stride, pad, lhs_dilate, rhs_dilate or reverse, found '\(key)'")
        }
      } while scanner.take(",")
      try scanner.expect("}")
    }
    return try types(of: &operation)
  }

  /// `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`
  mutating func convolutionDimensions() throws(StableHLOError) -> [String: TreeAttribute] {
    var found: [String: TreeAttribute] = [:]
    func name(_ sign: String, _ side: String) -> String? {
      switch (sign, side) {
      case ("b", "input"), ("b", "output"): "\(side)_batch_dimension"
      case ("f", "input"), ("f", "output"): "\(side)_feature_dimension"
      case ("i", "kernel"): "kernel_input_feature_dimension"
      case ("o", "kernel"): "kernel_output_feature_dimension"
      default: nil
      }
    }
    for side in ["input", "kernel", "output"] {
      if side == "kernel" { try scanner.expect("x") }
      if side == "output" { try scanner.expect("->") }
      try scanner.expect("[")
      var spatial: [Int: Int] = [:]
      var place = 0
      repeat {
        if let dimension = scanner.digits() {
          spatial[dimension] = place
        } else {
          let sign = try scanner.name("a dimension")
          guard let key = name(sign, side) else {
            throw scanner.failure("one of b, f, i, o or the number of a dimension")
          }
          found[key] = .integer(place)
        }
        place += 1
      } while scanner.take(",")
      try scanner.expect("]")
      let order = (0..<spatial.count).compactMap { spatial[$0] }
      found["\(side)_spatial_dimensions"] = list(order)
    }
    return found
  }

  // MARK: Loops and regions

  /// `(%a init: %b) applies stablehlo.add across dimensions = [1] : types`, or several operands with
  /// `reducer(%x: t, %y: t) {...}` behind the types.
  private mutating func reduceForm(
    _ operation: inout TreeOperation
  ) throws(StableHLOError) -> [TreeType] {
    var inits: [Int] = []
    repeat {
      try scanner.expect("(")
      operation.operands.append(try operand())
      try scanner.expect("init")
      try scanner.expect(":")
      inits.append(try operand())
      try scanner.expect(")")
    } while scanner.take(",")
    let inputCount = operation.operands.count
    operation.operands += inits
    var applied: String?
    if scanner.take("applies") {
      let name = try scanner.name("an operation")
      applied = name.split(separator: ".").last.map(String.init) ?? name
    }
    try scanner.expect("across")
    try scanner.expect("dimensions")
    try scanner.expect("=")
    operation.attributes["dimensions"] = list(try integers())
    let results = try types(of: &operation)
    if let applied {
      guard inputCount == 1, case .tensor(_, let element) = types[operation.operands[0]] else {
        throw scanner.failure("a reducer for each of several operands")
      }
      operation.regions = [region(applying: applied, to: element)]
      return results
    }
    try scanner.expect("reducer")
    // One pair of arguments an operand; the region has the accumulated ones first.
    var (before, new): ([(String, TreeType)], [(String, TreeType)]) = ([], [])
    while scanner.take("(") {
      before.append(try typedValue())
      try scanner.expect(",")
      new.append(try typedValue())
      try scanner.expect(")")
    }
    operation.regions = [try region(before + new)]
    return results
  }

  private mutating func typedValue() throws(StableHLOError) -> (String, TreeType) {
    let name = try scanner.value()
    try scanner.expect(":")
    return (name, try type())
  }

  /// `(%a = %x, %b = %y) : types attributes {...} cond {...} do {...}`
  private mutating func whileForm(
    _ operation: inout TreeOperation
  ) throws(StableHLOError) -> [TreeType] {
    var arguments: [String] = []
    try scanner.expect("(")
    if !scanner.take(")") {
      repeat {
        arguments.append(try scanner.value())
        try scanner.expect("=")
        operation.operands.append(try operand())
      } while scanner.take(",")
      try scanner.expect(")")
    }
    var stated: [TreeType] = []
    if scanner.take(":") {
      repeat { stated.append(try type()) } while scanner.take(",")
    }
    if stated.count != arguments.count {
      throw scanner.failure("the types of \(arguments.count) values")
    }
    if scanner.take("attributes") { operation.take(try attributes()) }
    let typed = Array(zip(arguments, stated))
    try scanner.expect("cond")
    operation.regions.append(try region(typed))
    try scanner.expect("do")
    operation.regions.append(try region(typed))
    return stated
  }

  /// `%a [0:1, 0:32:2] : types`
  private mutating func sliceForm(
    _ operation: inout TreeOperation
  ) throws(StableHLOError) -> [TreeType] {
    operation.operands = try operands()
    var (starts, limits, strides): ([Int], [Int], [Int]) = ([], [], [])
    try scanner.expect("[")
    if !scanner.take("]") {
      repeat {
        starts.append(try scanner.integer())
        try scanner.expect(":")
        limits.append(try scanner.integer())
        strides.append(scanner.take(":") ? try scanner.integer() : 1)
      } while scanner.take(",")
      try scanner.expect("]")
    }
    operation.attributes["start_indices"] = list(starts)
    operation.attributes["limit_indices"] = list(limits)
    operation.attributes["strides"] = list(strides)
    return try types(of: &operation)
  }
}
