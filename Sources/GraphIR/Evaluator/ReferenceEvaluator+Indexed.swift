extension ReferenceEvaluator {
  /// Starts are moved so that every slice lies in the operand.
  static func gather(
    _ slices: IndexedSlices, sizes: [Int], _ operand: Literal, _ indices: Literal,
    _ type: TensorType
  ) -> Literal {
    Literal(
      type,
      elementwise: { position in
        let (start, within) = slices.place(
          of: type.index(at: position), rank: operand.type.rank, indices)
        let place = start.indices.map { d in
          clamped(start[d], size: sizes[d], of: operand.type.shape[d]) + within[d]
        }
        return operand.word(at: operand.type.position(of: place))
      })
  }

  /// One update after another, in row-major order; what lies outside the operand is left out.
  func scatter(
    _ slices: IndexedSlices, _ body: Graph, _ operand: Literal, _ indices: Literal,
    _ updates: Literal
  ) -> Literal {
    var elements = operand.words
    let scalar = TensorType.scalar(operand.type.dtype)
    let targets = Self.scatterTargets(slices, operand.type, indices, updates.type)
    for (position, target) in targets.enumerated() {
      guard let target else { continue }
      let pair = [elements[target], updates.word(at: position)].map {
        Literal(scalar, words: [$0])
      }
      elements[target] = run(body, pair)[0].word(at: 0)
    }
    return Literal(operand.type, words: elements)
  }

  /// For each update the position in the operand that it changes, if there is one.
  package static func scatterTargets(
    _ slices: IndexedSlices, _ operand: TensorType, _ indices: Literal, _ updates: TensorType
  ) -> [Int?] {
    (0..<updates.elementCount).map { position in
      let (start, within) = slices.place(
        of: updates.index(at: position), rank: operand.rank, indices)
      let place = zip(start, within).map { $0 + $1 }
      let isInside = zip(place, operand.shape).allSatisfy { $0 >= 0 && $0 < $1 }
      return isInside ? operand.position(of: place) : nil
    }
  }

  static func dynamicSlice(_ operands: [Literal], _ type: TensorType) -> Literal {
    let operand = operands[0]
    let start = starts(operands.dropFirst(), sizes: type.shape, of: operand.type)
    return Literal(
      type,
      elementwise: { position in
        let place = zip(type.index(at: position), start).map { $0 + $1 }
        return operand.word(at: operand.type.position(of: place))
      })
  }

  static func dynamicUpdateSlice(_ operands: [Literal]) -> Literal {
    let (operand, update) = (operands[0], operands[1])
    let start = starts(operands.dropFirst(2), sizes: update.type.shape, of: operand.type)
    var elements = operand.words
    for position in 0..<update.type.elementCount {
      let place = zip(update.type.index(at: position), start).map { $0 + $1 }
      elements[operand.type.position(of: place)] = update.word(at: position)
    }
    return Literal(operand.type, words: elements)
  }

  private static func starts(
    _ operands: ArraySlice<Literal>, sizes: [Int], of type: TensorType
  ) -> [Int] {
    operands.enumerated().map { d, start in
      clamped(start.index(at: 0), size: sizes[d], of: type.shape[d])
    }
  }

  /// Where a slice starts that begins at `start`, or else as near as it can.
  private static func clamped(_ start: Int, size: Int, of extent: Int) -> Int {
    min(max(start, 0), extent - size)
  }

  /// A number as if of a format with fewer bits: to nearest even, beyond its greatest to infinity,
  /// below its smallest normal number to zero, as XLA does.
  package static func reducedPrecision(
    _ x: Double, exponentBits: Int, mantissaBits: Int
  ) -> Double {
    if !x.isFinite || x == 0 { return x }
    let unit = x.binade.magnitude * Double(sign: .plus, exponent: -mantissaBits, significand: 1)
    let rounded = (x.magnitude / unit).rounded(.toNearestOrEven) * unit
    let bias = exponentBits > 30 ? 1 << 29 : (1 << (exponentBits - 1)) - 1
    let magnitude =
      rounded.exponent > bias ? .infinity : rounded.exponent < 1 - bias ? 0 : rounded
    return x.sign == .minus ? -magnitude : magnitude
  }
}

extension IndexedSlices {
  /// Of an element of a gather's result, or of a scatter's updates: where in the operand its slice
  /// starts, and how far from there it lies.
  fileprivate func place(
    of index: [Int], rank: Int, _ indices: Literal
  ) -> (start: [Int], within: [Int]) {
    let position = batch(rank: index.count).map { index[$0] }
    var start = [Int](repeating: 0, count: rank)
    for (number, dimension) in indexMap.enumerated() {
      var at = position
      if indexVectorDimension < indices.type.rank { at.insert(number, at: indexVectorDimension) }
      start[dimension] = indices.index(at: indices.type.position(of: at))
    }
    var within = [Int](repeating: 0, count: rank)
    for (dimension, partner) in zip(operandBatching, indicesBatching) {
      within[dimension] = position[batchPlace(ofIndices: partner)]
    }
    for (dimension, window) in zip(spanned(rank: rank), windowDimensions) {
      within[dimension] = index[window]
    }
    return (start, within)
  }
}

extension Literal {
  /// The element at a row-major position as a place in a tensor.
  func index(at position: Int) -> Int { type.dtype.index(word(at: position)) }
}

extension TensorType {
  /// The index of the element at a row-major position.
  package func index(at position: Int) -> [Int] {
    zip(shape, strides).map { position / $1 % $0 }
  }

  /// The row-major position of the element at an index.
  func position(of index: [Int]) -> Int { zip(index, strides).map { $0 * $1 }.reduce(0, +) }
}
