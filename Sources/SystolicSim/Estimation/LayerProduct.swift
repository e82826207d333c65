internal import SystolicCompiler
internal import SystolicModel
internal import Units

/// One layer as a product: `batch` products of one shape, and where their operands are.
struct LayerProduct: Hashable, Sendable {
  var product: ProductShape
  /// Where the patches of an implicit convolution lie.
  var geometry: PatchGeometry?
  var operandType: OperandType
  /// Operands that lie in VMEM.
  var resident: ResidentOperands
  /// Operands that lie in CMEM.
  var inCMEM: ResidentOperands = []
  /// The result is left as 32-bit sums, for another core's to be added.
  var leavesSums = false

  /// Bytes in memory of all left operands together; fewer than the array reads where patches of a
  /// convolution overlap.
  var lhsBytes: Int {
    if let geometry {
      return product.batch * geometry.images * geometry.rows.input * geometry.columns.input
        * geometry.placeBytes
    }
    return product.batch * product.m * product.k * operandType.byteCount
  }

  var rhsBytes: Int { product.batch * product.k * product.n * operandType.byteCount }

  var outputBytes: Int {
    product.batch * product.m * product.n * (leavesSums ? 4 : operandType.byteCount)
  }

  /// Bytes of the operands among some.
  func bytes(of operands: ResidentOperands) -> Int {
    (operands.contains(.inputs) ? lhsBytes : 0) + (operands.contains(.weights) ? rhsBytes : 0)
      + (operands.contains(.outputs) ? outputBytes : 0)
  }

  /// VMEM that resident operands take, whatever the mapping.
  var residentBytes: Int {
    [ResidentOperands.inputs, .weights, .outputs].reduce(0) {
      resident.contains($1) ? $0 + bytes(of: $1).alignedForVMEM : $0
    }
  }

  /// Every way in which the operands that stay on chip can lie in VMEM and, as far as they fit, in
  /// CMEM; all in VMEM first.
  func placements(cmemBytes: Int) -> [LayerProduct] {
    (0..<8).compactMap { bits in
      let choice = ResidentOperands(rawValue: bits)
      guard choice.isSubset(of: resident), bits == 0 || bytes(of: choice) <= cmemBytes else {
        return nil
      }
      var layer = self
      layer.resident.subtract(choice)
      layer.inCMEM = choice
      return layer
    }
  }

  /// The layer as the mapper sees it. The vector unit takes a tile's sums, converts them to the
  /// operands' type (int8: scales them first) and writes them to VMEM.
  var problem: GroupProblem {
    func place(_ operand: ResidentOperands) -> GroupProblem.Place {
      resident.contains(operand) ? .vmem : inCMEM.contains(operand) ? .cmem : .dram
    }
    let elements = product.batch * product.m * product.n
    var work = VectorWork()
    work.accumulatorReads = elements
    if operandType != .fp32 && !leavesSums { work.operations.compare = elements }
    if operandType == .int8 && !leavesSums { work.operations.multiply = elements }
    work.writtenBytes = outputBytes
    let size = operandType.byteCount
    return GroupProblem(
      product: product, geometry: geometry, operandType: operandType, lhsElementBytes: size,
      rhsElementBytes: size, elements: elements, maximumTiles: 1,
      inputs: [
        .init(role: .lhs, bytes: lhsBytes, elementBytes: size, place: place(.inputs)),
        .init(role: .rhs, bytes: rhsBytes, elementBytes: size, place: place(.weights)),
      ],
      outputs: [
        .init(
          bytes: outputBytes, isWhole: false, place: place(.outputs),
          stores: resident.contains(.outputs) ? 0 : 1, storesToCMEM: inCMEM.contains(.outputs))
      ], work: work)
  }
}

/// Work of the vector unit on a stream, before or after a product.
extension GroupProblem {
  /// The first half of an explicit convolution (im2col): every patch of the input is copied to its
  /// place in the left operand of the product. If the input is resident, so are the patches.
  ///
  /// - Validity: halos between parts of the input are loaded once (errs low).
  static func patches(_ layer: LayerProduct) -> GroupProblem {
    let size = layer.operandType.byteCount
    let elements = layer.product.batch * layer.product.m * layer.product.k
    var work = VectorWork()
    work.operations.compare = elements
    work.readBytes = elements * size
    work.writtenBytes = elements * size
    return stream(
      elements: elements, inputBytes: layer.lhsBytes, size, work,
      isResident: layer.resident.contains(.inputs),
      outputIsResident: layer.resident.contains(.inputs))
  }

  /// The last part of a product whose sums are divided over `parts` cores: a core adds as many 32-bit
  /// partial sums of each of its elements, and converts the result to the operands' type.
  static func sums(
    of elements: Int, parts: Int, type: OperandType, isResident: Bool
  ) -> GroupProblem {
    var work = VectorWork()
    work.operations.add = elements * (parts - 1)
    work.operations.compare = type == .fp32 ? 0 : elements
    work.operations.multiply = type == .int8 ? elements : 0
    work.readBytes = elements * 4 * parts
    work.writtenBytes = elements * type.byteCount
    return stream(
      elements: elements, inputBytes: work.readBytes, 4, work, isResident: false,
      outputIsResident: isResident)
  }

  private static func stream(
    elements: Int, inputBytes: Int, _ elementBytes: Int, _ work: VectorWork, isResident: Bool,
    outputIsResident: Bool
  ) -> GroupProblem {
    GroupProblem(
      elements: elements, maximumTiles: elements,
      inputs: [
        .init(
          role: .tiled, bytes: inputBytes, elementBytes: elementBytes,
          place: isResident ? .vmem : .dram)
      ],
      outputs: [
        .init(
          bytes: work.writtenBytes, isWhole: false, place: outputIsResident ? .vmem : .dram,
          stores: outputIsResident ? 0 : 1, storesToCMEM: false)
      ], work: work)
  }
}
