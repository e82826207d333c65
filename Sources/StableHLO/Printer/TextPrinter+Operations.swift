internal import GraphIR

/// Each operation in the form that MLIR itself prints.
extension TextPrinter {
  mutating func write(_ step: PrintedStep, as names: String) {
    if writeRegions(step, as: names) { return }
    line("\(names) = \(words(step))")
  }

  /// An operation without regions.
  private func words(_ step: PrintedStep) -> String {
    let (list, type, function) = (step.list, step.type, step.functionType)
    switch step.instruction.operation {
    case .constant(let literal): return "stablehlo.constant \(DenseText.text(of: literal))"
    case .iota(let dimension): return "stablehlo.iota dim = \(dimension) : \(type)"
    case .unary(.erf): return "chlo.erf \(list) : \(type) -> \(type)"
    case .unary(.isFinite): return "stablehlo.is_finite \(list) : \(function)"
    case .unary, .binary: return "stablehlo.\(step.instruction.operation.name) \(list) : \(type)"
    case .compare(let direction):
      return "stablehlo.compare \(direction.rawValue), \(list) : \(function)"
    case .select: return "stablehlo.select \(list) : \(step.operandTypes[0]), \(type)"
    case .randomBitGenerator(let algorithm, _):
      return "stablehlo.rng_bit_generator \(list), algorithm = \(algorithm.rawValue) : \(function)"
    case .reducePrecision(let exponentBits, let mantissaBits):
      return
        "stablehlo.reduce_precision \(list), format = e\(exponentBits)m\(mantissaBits) : \(type)"
    case .broadcastInDim(let dimensions):
      return "stablehlo.broadcast_in_dim \(list), dims = \(dimensions) : \(function)"
    case .transpose(let permutation):
      return "stablehlo.transpose \(list), dims = \(permutation) : \(function)"
    case .reverse(let dimensions):
      return "stablehlo.reverse \(list), dims = \(dimensions) : \(type)"
    case .slice(let start, let limit, let strides):
      let ranges = start.indices.map {
        "\(start[$0]):\(limit[$0])" + (strides[$0] == 1 ? "" : ":\(strides[$0])")
      }
      return "stablehlo.slice \(list) [\(ranges.joined(separator: ", "))] : \(function)"
    case .pad(let low, let high, let interior):
      return
        "stablehlo.pad \(list), low = \(low), high = \(high), interior = \(interior) : \(function)"
    case .concatenate(let dimension):
      return "stablehlo.concatenate \(list), dim = \(dimension) : \(function)"
    case .dynamicSlice(let sizes):
      return "stablehlo.dynamic_slice \(list), sizes = \(sizes) : \(function)"
    case .gather(let slices, let sizes): return gather(step, slices, sizes)
    case .dotGeneral(let dimensions): return product(step, dimensions)
    case .convolution(let attributes): return convolution(step, attributes)
    case .reduce(let reducer, let dimensions):
      return "stablehlo.reduce(\(step.operands[0]) init: \(step.operands[1])) applies "
        + "stablehlo.\(reducer.operation.rawValue) across dimensions = \(dimensions) : \(function)"
    default:
      // clamp, convert, reshape, bitcast_convert, dynamic_update_slice
      return "stablehlo.\(step.instruction.operation.name) \(list) : \(function)"
    }
  }

  private func gather(_ step: PrintedStep, _ slices: IndexedSlices, _ sizes: [Int]) -> String {
    let numbers = Self.numbers(
      [
        ("offset_dims", slices.windowDimensions),
        ("collapsed_slice_dims", slices.collapsedDimensions),
        ("operand_batching_dims", slices.operandBatching),
        ("start_indices_batching_dims", slices.indicesBatching),
        ("start_index_map", slices.indexMap),
      ], slices)
    return
      "\"stablehlo.gather\"(\(step.list)) <{dimension_numbers = #stablehlo.gather<\(numbers)>, "
      + "indices_are_sorted = false, slice_sizes = \(Self.array(sizes))}> : \(step.functionType)"
  }

  /// The lists of a gather or scatter that are not empty.
  static func numbers(_ lists: [(String, [Int])], _ slices: IndexedSlices) -> String {
    let stated = lists.filter { !$0.1.isEmpty }.map { "\($0.0) = \($0.1)" }
    return (stated + ["index_vector_dim = \(slices.indexVectorDimension)"]).joined(separator: ", ")
  }

  /// `array<i64: 1, 2>`
  static func array(_ numbers: [Int]) -> String {
    numbers.isEmpty
      ? "array<i64>" : "array<i64: " + numbers.map(String.init).joined(separator: ", ") + ">"
  }

  // MARK: Products

  /// What is asked of a product, said once for each operand; `nil` if nothing.
  private func precision(_ step: PrintedStep, own: ProductPrecision) -> String? {
    let dtype = step.operandTypes[0].dtype
    let asked = dtype.isFloatingPoint && dtype.byteCount >= 4 ? precision ?? own : own
    return asked == .standard ? nil : asked.rawValue.uppercased()
  }

  private func product(_ step: PrintedStep, _ dot: DotDimensions) -> String {
    var words = "stablehlo.dot_general \(step.list)"
    if !dot.lhsBatching.isEmpty {
      words += ", batching_dims = \(dot.lhsBatching) x \(dot.rhsBatching)"
    }
    words += ", contracting_dims = \(dot.lhsContracting) x \(dot.rhsContracting)"
    if let asked = precision(step, own: dot.precision) {
      words += ", precision = [\(asked), \(asked)]"
    }
    return words + " : \(step.functionType)"
  }

  private func convolution(_ step: PrintedStep, _ attributes: ConvolutionAttributes) -> String {
    let window = attributes.window
    var parts = [
      "stride = \(window.map(\.stride))", "pad = \(window.map { [$0.low, $0.high] })",
      "lhs_dilate = \(window.map(\.baseDilation))",
      "rhs_dilate = \(window.map(\.windowDilation))",
    ]
    if window.contains(where: \.isReversed) {
      parts.append("reverse = \(window.map(\.isReversed))")
    }
    var named = [
      "batch_group_count = \(attributes.batchGroupCount) : i64",
      "feature_group_count = \(attributes.featureGroupCount) : i64",
    ]
    if let asked = precision(step, own: attributes.precision) {
      let word = "#stablehlo<precision \(asked)>"
      named.append("precision_config = [\(word), \(word)]")
    }
    return
      "stablehlo.convolution(\(step.list)) dim_numbers = \(Self.layout(attributes.dimensions)), "
      + "window = {\(parts.joined(separator: ", "))} {\(named.joined(separator: ", "))} : "
      + step.functionType
  }

  /// `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`
  private static func layout(_ at: ConvolutionDimensions) -> String {
    func side(_ first: (Int, String), _ second: (Int, String), _ spatial: [Int]) -> String {
      var signs = [String](repeating: "", count: spatial.count + 2)
      signs[first.0] = first.1
      signs[second.0] = second.1
      for (number, place) in spatial.enumerated() { signs[place] = "\(number)" }
      return "[" + signs.joined(separator: ", ") + "]"
    }
    return side((at.inputBatch, "b"), (at.inputFeature, "f"), at.inputSpatial) + "x"
      + side((at.kernelInputFeature, "i"), (at.kernelOutputFeature, "o"), at.kernelSpatial) + "->"
      + side((at.outputBatch, "b"), (at.outputFeature, "f"), at.outputSpatial)
  }
}
