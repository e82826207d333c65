import GraphIR

extension HostCompiler {
  /// Operations that only move elements.
  mutating func appendMove(_ value: ValueID) -> Bool {
    let instruction = graph[value]
    let type = instruction.type
    let source = view(of: instruction.operands[0])
    switch instruction.operation {
    case .transpose(let permutation):
      let moved = StridedView(
        base: source.base, shape: type.shape, strides: permutation.map { source.strides[$0] },
        offset: source.offset)
      copyDense(moved, to: define(value), dtype: type.dtype)
    case .reverse(let dimensions):
      var moved = source
      for d in dimensions {
        moved.offset += (source.shape[d] - 1) * source.strides[d]
        moved.strides[d] = -source.strides[d]
      }
      copyDense(moved, to: define(value), dtype: type.dtype)
    case .slice(let start, _, let strides):
      var moved = source
      moved.shape = type.shape
      for d in start.indices {
        moved.offset += start[d] * source.strides[d]
        moved.strides[d] = source.strides[d] * strides[d]
      }
      copyDense(moved, to: define(value), dtype: type.dtype)
    case .pad(let low, _, let interior):
      appendPad(value, source, low: low, interior: interior)
    case .concatenate(let dimension):
      let target = define(value)
      var start = 0
      for operand in instruction.operands {
        let part = view(of: operand)
        appendCopy(
          part, to: target, strides: type.strides,
          targetOffset: start * type.strides[dimension], dtype: type.dtype)
        start += part.shape[dimension]
      }
    default: return false
    }
    return true
  }

  mutating func appendRandomBits(_ value: ValueID, stream: Int) -> Bool {
    let key = denseSlot(of: graph[value].operands[0])
    let target = define(value)
    let count = graph.type(of: value).elementCount
    builder.append(
      .init(reads: [key], writes: [target]) { place in
        RandomBitsStep(
          key: place(key), target: place(target), stream: UInt32(truncatingIfNeeded: stream),
          count: count)
      })
    return true
  }

  mutating func appendRandomBits(
    _ value: ValueID, _ algorithm: RandomAlgorithm, _ type: TensorType
  ) -> Bool {
    let state = denseSlot(of: graph[value].operands[0])
    let stateCount = graph.type(of: value).elementCount
    let targets = defineAll(value)
    builder.append(
      .init(reads: [state], writes: targets) { place in
        RandomGeneratorStep(
          blocks: RandomBlocks(algorithm, type), dtype: type.dtype, stateCount: stateCount,
          state: place(state), next: place(targets[0]),
          target: targets.count > 1 ? place(targets[1]) : nil)
      })
    return true
  }

  private mutating func appendPad(
    _ value: ValueID, _ source: StridedView, low: [Int], interior: [Int]
  ) {
    let type = graph.type(of: value)
    let filler = denseSlot(of: graph[value].operands[1])
    let target = define(value)
    builder.append(
      .init(reads: [filler], writes: [target]) { place in
        FillStep(
          source: place(filler), target: place(target), count: type.elementCount,
          elementByteCount: type.dtype.byteCount)
      })
    let strides = zip(type.strides, interior).map { $0 * ($1 + 1) }
    var (kept, offset) = (source, 0)
    for d in type.shape.indices {
      // Negative padding cuts off what would lie outside of the result.
      let inside = (0..<source.shape[d]).filter {
        (0..<type.shape[d]).contains(low[d] + $0 * (interior[d] + 1))
      }
      let first = inside.first ?? 0
      kept.shape[d] = inside.count
      kept.offset += first * source.strides[d]
      offset += (low[d] + first * (interior[d] + 1)) * type.strides[d]
    }
    appendCopy(kept, to: target, strides: strides, targetOffset: offset, dtype: type.dtype)
  }
}
