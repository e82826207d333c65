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
    case .pad(let low, let high, let interior):
      guard (low + high).allSatisfy({ $0 >= 0 }) else { return false }
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
    let offset = zip(type.strides, low).reduce(0) { $0 + $1.0 * $1.1 }
    appendCopy(source, to: target, strides: strides, targetOffset: offset, dtype: type.dtype)
  }
}
