import GraphIR

/// A tensor's elements as floats in memory with strides, perhaps with a border of zeros around
/// them or zeros between them, perhaps rounded. Elements of type `i8` stay bytes.
struct FloatSource {
  /// What a copy of a value was made for: a later use of the same copy finds it by this.
  struct Key: Hashable {
    var value: ValueID
    var rounds: Bool
    /// Where the first element lies along each dimension; negative where elements are cut off.
    var low: [Int]
    /// Steps between elements along each dimension.
    var dilation: [Int]
    /// Places along each dimension.
    var extents: [Int]
    /// The dimensions from the outermost to the innermost in memory.
    var order: [Int]
  }

  var slot: Slot
  /// Where place 0 of every dimension lies, in elements.
  var offset: Int
  /// Elements between neighbouring places.
  var strides: [Int]
}

extension HostCompiler {
  /// The value's elements at places `low + i · dilation` of `extents` along each dimension, zeros
  /// at the others.
  ///
  /// - Parameters:
  ///   - rounds: to bfloat16.
  ///   - innermost: the dimension whose neighbours must lie side by side, if one must.
  mutating func floatSource(
    _ value: ValueID, rounds: Bool, low: [Int], dilation: [Int], extents: [Int],
    innermost: Int? = nil
  ) -> FloatSource {
    let type = graph.type(of: value)
    let rounds = rounds && type.dtype != .bf16 && !roundedValues.contains(graph.viewBase(of: value))
    let isInside = type.shape.indices.allSatisfy {
      dilation[$0] == 1 && low[$0] <= 0 && extents[$0] <= low[$0] + type.shape[$0]
    }
    let direct = view(of: value)
    let isPlaced = innermost.map { direct.strides[$0] == 1 || type.shape[$0] == 1 } ?? true
    if isInside, !rounds, type.dtype == .f32 || type.dtype == .i8, isPlaced {
      let view = direct
      let origin = zip(low, view.strides).reduce(view.offset) { $0 - $1.0 * $1.1 }
      return FloatSource(slot: slot(of: view.base), offset: origin, strides: view.strides)
    }
    var order = Array(type.shape.indices)
    if let innermost { order = order.filter { $0 != innermost } + [innermost] }
    let key = FloatSource.Key(
      value: value, rounds: rounds, low: low, dilation: dilation, extents: extents, order: order)
    if let known = floatSources[value]?.first(where: { $0.key == key }) { return known.source }
    let source = paddedCopy(key, type)
    floatSources[value, default: []].append((key, source))
    return source
  }

  /// The value's elements, rounded if asked to, wherever they lie with the neighbours of one
  /// dimension side by side; else in a copy.
  mutating func floatSource(
    _ value: ValueID, rounds: Bool, innermost: Int
  ) -> FloatSource {
    let type = graph.type(of: value)
    let rounds = rounds && type.dtype != .bf16 && !roundedValues.contains(graph.viewBase(of: value))
    let copies = (floatSources[value] ?? []).filter { key, copy in
      key.rounds == rounds
        && copy.strides[innermost] * key.dilation[innermost] == 1
        && type.shape.indices.allSatisfy {
          key.low[$0] >= 0
            && key.low[$0] + (type.shape[$0] - 1) * key.dilation[$0] < key.extents[$0]
        }
    }
    // Any copy holds the same elements; the smallest is taken.
    let best = copies.min { $0.key.sortKey.lexicographicallyPrecedes($1.key.sortKey) }
    if rounds || type.dtype != .f32, let best {
      let (key, copy) = best
      let origin = zip(key.low, copy.strides).reduce(copy.offset) { $0 + $1.0 * $1.1 }
      return FloatSource(
        slot: copy.slot, offset: origin, strides: zip(copy.strides, key.dilation).map { $0 * $1 })
    }
    return floatSource(
      value, rounds: rounds, low: type.shape.map { _ in 0 }, dilation: type.shape.map { _ in 1 },
      extents: type.shape, innermost: innermost)
  }

  private mutating func paddedCopy(_ key: FloatSource.Key, _ type: TensorType) -> FloatSource {
    var view = view(of: key.value)
    var from = slot(of: view.base)
    let width = type.dtype == .i8 ? 1 : 4
    if type.dtype != .f32 && type.dtype != .i8 {
      from = builder.arenaSlot(byteCount: type.elementCount * 4)
      appendWidening(
        denseSlot(of: key.value), dtype: type.dtype, to: from, count: type.elementCount)
      view = StridedView(dense: key.value, type)
    }
    let (strides, count) = key.layout
    let target = builder.arenaSlot(byteCount: count * width)
    // Elements first...last of each dimension fall on places that there are.
    var shape: [Int] = []
    var (origin, start) = (view.offset, 0)
    for d in type.shape.indices {
      let (low, step) = (key.low[d], key.dilation[d])
      let first = low >= 0 ? 0 : (-low + step - 1) / step
      let room = key.extents[d] - 1 - low
      let last = min(type.shape[d] - 1, room < 0 ? -1 : room / step)
      shape.append(max(0, last - first + 1))
      origin += first * view.strides[d]
      start += (low + first * step) * strides[d]
    }
    let isWhole = shape == key.extents
    let to = zip(strides, key.dilation).map { $0 * $1 }
    // Copied in the order of the target's memory; its outermost dimension is shared out.
    let first = key.order[0]
    let isFirstWhole = shape[first] == key.extents[first] && key.dilation[first] == 1
    let clearsFirst = !isWhole && (!isFirstWhole || width == 1)
    if clearsFirst { appendClearing(target, byteCount: count * width) }
    if width == 1 {
      appendCopy(
        StridedView(base: view.base, shape: shape, strides: view.strides, offset: origin),
        to: target, strides: to, targetOffset: start, dtype: type.dtype)
    } else if !shape.contains(0) {
      let (sizes, strided) = (key.order.map { shape[$0] }, key.order.map { view.strides[$0] })
      let placed = key.order.map { to[$0] }
      builder.append(
        .init(reads: [from], writes: [target]) { place in
          var source = place(from)
          source.byteOffset += origin * 4
          var element = place(target)
          element.byteOffset += start * 4
          return FloatCopyStep(
            shape: sizes, source: source, from: strided, target: element, to: placed,
            roundsToBF16: key.rounds,
            clearedFrom: isWhole || !isFirstWhole ? nil : place(target))
        })
    } else if isFirstWhole {
      appendClearing(target, byteCount: count * width)
    }
    return FloatSource(slot: target, offset: 0, strides: strides)
  }

  private mutating func appendClearing(_ target: Slot, byteCount: Int) {
    builder.append(
      .init(reads: [], writes: [target]) { place in
        ClearStep(target: place(target), byteCount: byteCount)
      })
  }
}

extension FloatSource.Key {
  fileprivate var sortKey: [Int] { [extents.reduce(1, *)] + low + dilation + extents + order }

  /// Strides by dimension of the copy, and its elements.
  fileprivate var layout: (strides: [Int], count: Int) {
    var strides = extents.map { _ in 1 }
    var step = 1
    for (place, dimension) in order.enumerated().reversed() {
      // Images a multiple of half a page apart would all lie in the same few lines of a cache.
      if place == 0, step % 512 == 0, extents[dimension] > 1 { step += 16 }
      strides[dimension] = step
      step *= extents[dimension]
    }
    return (strides, step)
  }
}

/// Sets memory to zero.
private struct ClearStep: Step {
  let target: Location
  let byteCount: Int

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    memory.pointer(target).initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }
}
