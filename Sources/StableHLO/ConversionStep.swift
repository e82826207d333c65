internal import GraphIR

/// One operation of the tree with its operands in the graph.
struct ConversionStep {
  let operation: TreeOperation
  let operands: [ValueID]
  /// Of the results, as the program states them.
  let types: [TensorType]

  func failure(_ expected: String) -> StableHLOError {
    StableHLOError(operation.place, "'\(operation.name)': expected \(expected)")
  }

  // MARK: Parts

  func operand(_ index: Int) throws(StableHLOError) -> ValueID {
    guard operands.indices.contains(index) else {
      throw failure("at least \(index + 1) operands, found \(operands.count)")
    }
    return operands[index]
  }

  func requireOperands(_ count: Int) throws(StableHLOError) {
    if operands.count != count { throw failure("\(count) operands, found \(operands.count)") }
  }

  func type() throws(StableHLOError) -> TensorType {
    guard types.count == 1 else { throw failure("one result, found \(types.count)") }
    return types[0]
  }

  func regions(_ count: Int) throws(StableHLOError) -> [TreeRegion] {
    guard operation.regions.count == count else {
      throw failure("\(count) regions, found \(operation.regions.count)")
    }
    return operation.regions
  }

  func integer(_ key: String, or otherwise: Int? = nil) throws(StableHLOError) -> Int {
    switch operation.attributes[key] {
    case .integer(let value): return value
    case nil: if let otherwise { return otherwise }
    default: break
    }
    throw failure("a whole number '\(key)'")
  }

  /// A list of whole numbers, nested lists one after another.
  func integers(_ key: String, or otherwise: [Int]? = nil) throws(StableHLOError) -> [Int] {
    guard let attribute = operation.attributes[key] else {
      if let otherwise { return otherwise }
      throw failure("a list '\(key)'")
    }
    guard let found = Self.integers(attribute) else { throw failure("whole numbers in '\(key)'") }
    return found
  }

  private static func integers(_ attribute: TreeAttribute) -> [Int]? {
    switch attribute {
    case .integer(let value): return [value]
    case .flag(let value): return [value ? 1 : 0]
    case .elements(let elements): return elements.integers
    case .list(let list):
      var found: [Int] = []
      for entry in list {
        guard let integers = integers(entry) else { return nil }
        found += integers
      }
      return found
    default: return nil
    }
  }

  func symbol(_ key: String) throws(StableHLOError) -> String {
    switch operation.attributes[key] {
    case .symbol(let name), .text(let name): return name
    default: throw failure("the name of a function '\(key)'")
    }
  }

  func word(_ key: String) throws(StableHLOError) -> String {
    switch operation.attributes[key] {
    case .word(let word), .text(let word): return word
    default: throw failure("a word '\(key)'")
    }
  }

  // MARK: Operations without regions of their own

  func add(to builder: inout GraphBuilder) throws -> [ValueID] {
    if let unary = UnaryOperation(rawValue: operation.name) {
      try requireOperands(1)
      return [try builder.unary(unary, operands[0])]
    }
    if let binary = BinaryOperation(rawValue: operation.name) {
      try requireOperands(2)
      return [try builder.binary(binary, operands[0], operands[1])]
    }
    if operation.name == "optimization_barrier" { return operands }
    if operation.name == "rng_bit_generator" { return try randomBits(&builder) }
    if let expansion = try expanded(&builder) { return expansion }
    return [try single(&builder)]
  }

  private func single(_ builder: inout GraphBuilder) throws -> ValueID {
    let first = operands.first
    switch operation.name {
    case "constant": return try builder.constant(constant())
    case "iota":
      return try builder.iota(
        type(), dimension: integer("iota_dimension", or: integer("dimension", or: 0)))
    case "compare": return try compare(&builder)
    case "select":
      try requireOperands(3)
      return try builder.select(operands[0], operands[1], operands[2])
    case "clamp":
      try requireOperands(3)
      return try builder.clamp(operands[0], operands[1], operands[2])
    case "convert": return try builder.convert(operand(0), to: type().dtype)
    case "bitcast_convert":
      return try builder.append(.bitcastConvert, [operand(0)], resultType: type())
    case "reduce_precision":
      return try builder.append(
        .reducePrecision(
          exponentBits: integer("exponent_bits"), mantissaBits: integer("mantissa_bits")),
        [operand(0)])
    case "broadcast_in_dim":
      return try builder.broadcast(
        operand(0), to: type().shape, dimensions: integers("broadcast_dimensions"))
    case "reshape": return try builder.reshape(operand(0), to: type().shape)
    case "transpose":
      return try builder.transpose(operand(0), permutation: integers("permutation"))
    case "reverse":
      return try builder.append(.reverse(dimensions: integers("dimensions")), [operand(0)])
    case "slice":
      return try builder.append(
        .slice(
          start: integers("start_indices"), limit: integers("limit_indices"),
          strides: integers("strides")), [operand(0)])
    case "pad":
      try requireOperands(2)
      return try builder.append(
        .pad(
          low: integers("edge_padding_low"), high: integers("edge_padding_high"),
          interior: integers("interior_padding")), operands)
    case "concatenate":
      return try builder.append(.concatenate(dimension: integer("dimension")), operands)
    case "dynamic_slice":
      return try builder.append(.dynamicSlice(sizes: integers("slice_sizes")), operands)
    case "dynamic_update_slice": return try builder.append(.dynamicUpdateSlice, operands)
    case "gather": return try gather(&builder)
    case "dot_general": return try product(&builder)
    case "convolution": return try convolution(&builder)
    case "select_and_scatter": return try selectAndScatter(&builder)
    case "get_dimension_size":
      let shape = builder.type(of: try operand(0)).shape
      let dimension = try integer("dimension")
      guard shape.indices.contains(dimension) else { throw failure("a dimension of \(shape)") }
      return try builder.scalar(Double(shape[dimension]), .i32)
    case "sdy.sharding_constraint", "sdy.reshard": return try operand(0)
    case "rng":
      throw StableHLOError(
        operation.place,
        "'rng' draws from a state that each backend keeps to itself, so that its numbers are nobody "
          + "else's. Draw with a key (jax.random, 'rng_bit_generator')")
    case "partition_id", "replica_id": return try builder.scalar(0, type().dtype)
    case "custom_call":
      let target = try symbol("call_target_name")
      // Says where values lie, which with one device says nothing.
      if let first, ["Sharding", "annotate_device_placement"].contains(target) { return first }
      throw StableHLOError(
        operation.place,
        "'custom_call' of @\(target) has no meaning outside of the backend it is for")
    case "all_reduce", "all_gather", "all_to_all", "reduce_scatter", "collective_permute",
      "collective_broadcast", "send", "recv", "infeed", "outfeed":
      throw StableHLOError(
        operation.place,
        "'\(operation.name)' is for several devices. Lower the program for a single one")
    default:
      throw StableHLOError(operation.place, "the operation '\(operation.name)' is not supported")
    }
  }

  private func constant() throws -> Literal {
    guard case .elements(let elements) = operation.attributes["value"] else {
      throw failure("a dense 'value'")
    }
    let type = try GraphConverter.type(
      .tensor(shape: elements.shape, element: elements.element), operation.place)
    return elements.bytes.withUnsafeBytes { raw in
      guard elements.isSplat, let start = raw.baseAddress else {
        return Literal(type, bytes: raw)
      }
      return Literal(type, words: [type.dtype.load(at: 0, from: start)])
    }
  }

  private func compare(_ builder: inout GraphBuilder) throws -> ValueID {
    try requireOperands(2)
    let word = try word("comparison_direction")
    guard let direction = Comparison(rawValue: word) else {
      throw failure("one of EQ, NE, GE, GT, LE, LT; found \(word)")
    }
    var (a, b) = (operands[0], operands[1])
    let isTotal = operation.attributes["compare_type"] == .word("TOTALORDER")
    if isTotal && builder.type(of: a).dtype.isFloatingPoint {
      (a, b) = (try ordered(a, &builder), try ordered(b, &builder))
    }
    return try builder.compare(direction, a, b)
  }

  /// Whole numbers in the total order of floats: −NaN, −∞, ..., −0, 0, ..., ∞, NaN.
  ///
  /// - Source: IEEE 754-2019, 5.10; below zero, the bits of the magnitude count backwards.
  private func ordered(_ x: ValueID, _ builder: inout GraphBuilder) throws -> ValueID {
    let type = builder.type(of: x)
    let integers: DType = type.dtype == .f64 ? .i64 : type.dtype == .f32 ? .i32 : .i16
    let bits = try builder.append(.bitcastConvert, [x], resultType: type.with(dtype: integers))
    let width = Double(integers.bitCount)
    let sign = try builder.binary(
      .shiftRightArithmetic, bits, builder.splat(width - 1, like: bits))
    let mask = try builder.binary(.shiftRightLogical, sign, builder.splat(1, like: bits))
    return try builder.binary(.xor, bits, mask)
  }

  /// Where the program leaves the algorithm open it is Philox, as on a CPU.
  private func randomBits(_ builder: inout GraphBuilder) throws -> [ValueID] {
    try requireOperands(1)
    let word = try word("rng_algorithm")
    let algorithm = word == "DEFAULT" ? .philox : RandomAlgorithm(rawValue: word)
    guard let algorithm else { throw failure("DEFAULT, THREE_FRY or PHILOX; found \(word)") }
    guard types.count == 2 else { throw failure("two results, found \(types.count)") }
    return try builder.appendAll(.randomBitGenerator(algorithm, types[1]), operands)
  }

  private func gather(_ builder: inout GraphBuilder) throws -> ValueID {
    try requireOperands(2)
    let slices = IndexedSlices(
      windowDimensions: try integers("offset_dims", or: []),
      collapsedDimensions: try integers("collapsed_slice_dims", or: []),
      operandBatching: try integers("operand_batching_dims", or: []),
      indicesBatching: try integers("start_indices_batching_dims", or: []),
      indexMap: try integers("start_index_map", or: []),
      indexVectorDimension: try integer("index_vector_dim", or: 0))
    return try builder.append(.gather(slices, sizes: integers("slice_sizes")), operands)
  }

  // MARK: Products and windows

  private func product(_ builder: inout GraphBuilder) throws -> ValueID {
    try requireOperands(2)
    let dimensions = DotDimensions(
      lhsBatching: try integers("lhs_batching_dimensions", or: []),
      rhsBatching: try integers("rhs_batching_dimensions", or: []),
      lhsContracting: try integers("lhs_contracting_dimensions", or: []),
      rhsContracting: try integers("rhs_contracting_dimensions", or: []), precision: precision)
    return try builder.append(.dotGeneral(dimensions), operands, resultType: type())
  }

  /// The greatest that is asked for either operand; the default where nothing is said.
  private var precision: ProductPrecision {
    guard case .list(let words) = operation.attributes["precision_config"] else { return .standard }
    if words.contains(.word("HIGHEST")) { return .highest }
    return words.contains(.word("HIGH")) ? .high : .standard
  }

  private func convolution(_ builder: inout GraphBuilder) throws -> ValueID {
    try requireOperands(2)
    let kernel = try integers("kernel_spatial_dimensions")
    let shape = builder.type(of: operands[1]).shape
    let rank = kernel.count
    let strides = try filled("window_strides", rank, 1)
    let padding = try filled("padding", 2 * rank, 0)
    let lhsDilation = try filled("lhs_dilation", rank, 1)
    let rhsDilation = try filled("rhs_dilation", rank, 1)
    let reversal = try filled("window_reversal", rank, 0)
    guard kernel.allSatisfy(shape.indices.contains) else {
      throw failure("dimensions of the kernel \(shape), found \(kernel)")
    }
    let window = (0..<rank).map {
      WindowDimension(
        size: shape[kernel[$0]], stride: strides[$0], low: padding[2 * $0],
        high: padding[2 * $0 + 1], baseDilation: lhsDilation[$0],
        windowDilation: rhsDilation[$0], isReversed: reversal[$0] != 0)
    }
    let dimensions = ConvolutionDimensions(
      inputBatch: try integer("input_batch_dimension"),
      inputFeature: try integer("input_feature_dimension"),
      inputSpatial: try integers("input_spatial_dimensions"),
      kernelInputFeature: try integer("kernel_input_feature_dimension"),
      kernelOutputFeature: try integer("kernel_output_feature_dimension"), kernelSpatial: kernel,
      outputBatch: try integer("output_batch_dimension"),
      outputFeature: try integer("output_feature_dimension"),
      outputSpatial: try integers("output_spatial_dimensions"))
    let attributes = ConvolutionAttributes(
      window: window, dimensions: dimensions,
      featureGroupCount: try integer("feature_group_count", or: 1),
      batchGroupCount: try integer("batch_group_count", or: 1), precision: precision)
    return try builder.append(.convolution(attributes), operands, resultType: type())
  }

  /// A list of so many numbers; all alike where the program does not say it.
  private func filled(_ key: String, _ count: Int, _ otherwise: Int) throws -> [Int] {
    let found = try integers(key, or: [Int](repeating: otherwise, count: count))
    if found.count != count { throw failure("\(count) numbers in '\(key)', found \(found.count)") }
    return found
  }

  func window(_ sizes: [Int]) throws -> WindowAttributes {
    let rank = sizes.count
    let strides = try filled("window_strides", rank, 1)
    let padding = try filled("padding", 2 * rank, 0)
    let baseDilations = try filled("base_dilations", rank, 1)
    let windowDilations = try filled("window_dilations", rank, 1)
    return WindowAttributes(
      (0..<rank).map {
        WindowDimension(
          size: sizes[$0], stride: strides[$0], low: padding[2 * $0], high: padding[2 * $0 + 1],
          baseDilation: baseDilations[$0], windowDilation: windowDilations[$0])
      })
  }

  private func selectAndScatter(_ builder: inout GraphBuilder) throws -> ValueID {
    try requireOperands(3)
    let bodies = try regions(2)
    let select = bodies[0].operations.first
    let directions: [TreeAttribute] = [.word("GE"), .word("LE")]
    guard select?.name == "compare", bodies[0].operations.count == 2,
      select?.operands == bodies[0].arguments, bodies[1].onlyOperation == "add",
      let direction = select?.attributes["comparison_direction"], directions.contains(direction)
    else { throw failure("a body that selects the greater or the lesser and one that adds") }
    var operands = operands
    if direction == .word("LE") {
      // In the opposite order the lesser is the greater.
      let isFloat = builder.type(of: operands[0]).dtype.isFloatingPoint
      operands[0] = try builder.unary(isFloat ? .negate : .not, operands[0])
    }
    return try builder.append(
      .selectAndScatter(window(integers("window_dimensions"))), operands)
  }
}
