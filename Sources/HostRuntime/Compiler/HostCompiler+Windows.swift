import GraphIR

extension HostCompiler {
  /// A `reduce_window` of sums over f32, or of maxima over floats.
  ///
  /// - Returns: `false` for reducers, types and starting values that have no kernel.
  mutating func appendReduceWindow(
    _ value: ValueID, _ reducer: Reducer, _ window: WindowAttributes
  ) -> Bool {
    let operand = graph[value].operands[0]
    let type = graph.type(of: operand)
    guard
      type.dtype == .f32 && reducer == .add || type.dtype.fitsBinary32 && reducer == .maximum,
      graph.isNeutral(graph[value].operands[1], for: reducer),
      graph.type(of: value).elementCount > 0, type.elementCount > 0
    else { return false }
    let input = denseFloats(of: operand)
    let places = WindowPlaces(window, type)
    appendFloats(of: value) { compiler, output in
      compiler.builder.append(
        .init(reads: [input], writes: [output]) { place in
          places.step(
            reducer == .add ? .sum : .maximum, input: place(input), source: nil,
            output: place(output), start: nil)
        })
    }
    return true
  }

  /// A `select_and_scatter` of the greatest element over floats; narrow ones are added in f32 and
  /// rounded once.
  mutating func appendSelectAndScatter(_ value: ValueID, _ window: WindowAttributes) -> Bool {
    let operands = graph[value].operands
    let type = graph.type(of: value)
    guard type.dtype.fitsBinary32, type.elementCount > 0,
      graph.type(of: operands[1]).elementCount > 0
    else { return false }
    let (input, source) = (denseFloats(of: operands[0]), denseFloats(of: operands[1]))
    let start = denseFloats(of: operands[2])
    let places = WindowPlaces(window, type)
    appendFloats(of: value) { compiler, output in
      compiler.builder.append(
        .init(reads: [input, source, start], writes: [output]) { place in
          places.step(
            .scatter, input: place(input), source: place(source), output: place(output),
            start: place(start))
        })
    }
    return true
  }

  /// A value's elements, dense and widened to f32.
  private mutating func denseFloats(of value: ValueID) -> Slot {
    let type = graph.type(of: value)
    return widenedToF32(denseSlot(of: value), type.dtype, count: type.elementCount)
  }

  /// Lets `append` compute a value as f32, and rounds it to its type.
  private mutating func appendFloats(
    of value: ValueID, _ append: (inout HostCompiler, Slot) -> Void
  ) {
    let type = graph.type(of: value)
    let target = define(value)
    if type.dtype == .f32 {
      append(&self, target)
    } else {
      let wide = builder.arenaSlot(byteCount: type.elementCount * 4)
      append(&self, wide)
      appendNarrowing(wide, to: target, dtype: type.dtype, count: type.elementCount)
    }
  }
}

/// The places of windows in one image: leading dimensions without windows are images, trailing
/// ones features.
struct WindowPlaces: Sendable {
  let images: Int
  /// Elements of one image, its windows, and the features of each element.
  let imageCount: Int
  let positions: Int
  let features: Int
  /// For each window its places in order: element of feature 0 in the image, or -1 outside.
  let offsets: [Int32]
  let areDisjoint: Bool
  let coverAll: Bool

  init(_ window: WindowAttributes, _ type: TensorType) {
    let trivial = WindowDimension(size: 1)
    let windowed = window.dimensions.indices.filter { window.dimensions[$0] != trivial }
    let first = windowed.first ?? type.rank
    let next = windowed.last.map { $0 + 1 } ?? type.rank
    images = type.shape[..<first].reduce(1, *)
    let features = type.shape[next...].reduce(1, *)
    self.features = features
    let shape = Array(type.shape[first..<next])
    imageCount = features * shape.reduce(1, *)
    let strides = TensorType(shape, .f32).strides.map { $0 * features }
    let windows = Array(window.dimensions[first..<next])
    let outputs = zip(windows, shape).map { $0.outputSize(extent: $1) }
    positions = outputs.reduce(1, *)
    var offsets: [Int32] = []
    forEachIndex(outputs) { position in
      forEachIndex(windows.map(\.size)) { tap in
        var offset: Int? = 0
        for d in shape.indices {
          let place = windows[d].operandIndex(position[d], tap[d], extent: shape[d])
          offset = offset.flatMap { sum in place.map { sum + $0 * strides[d] } }
        }
        offsets.append(Int32(offset ?? -1))
      }
    }
    self.offsets = offsets
    var isCovered = [Bool](repeating: false, count: shape.reduce(1, *))
    for offset in offsets where offset >= 0 { isCovered[Int(offset) / features] = true }
    coverAll = !isCovered.contains(false)
    areDisjoint = windows.allSatisfy {
      $0.stride >= $0.dilatedSize && $0.baseDilation == 1
    }
  }

  func step(
    _ kind: WindowStep.Kind, input: Location, source: Location?, output: Location,
    start: Location?
  ) -> WindowStep {
    WindowStep(
      kind: kind, input: input, source: source, output: output, start: start, images: images,
      imageCount: imageCount, positions: positions, features: features, offsets: offsets,
      areDisjoint: areDisjoint, coverAll: coverAll)
  }
}

extension WindowDimension {
  /// The operand index under an element of the window; `nil` on padding and in holes.
  fileprivate func operandIndex(_ position: Int, _ element: Int, extent: Int) -> Int? {
    let forward = isReversed ? size - 1 - element : element
    let dilated = position * stride + forward * windowDilation - low
    guard dilated >= 0, dilated % baseDilation == 0 else { return nil }
    let index = dilated / baseDilation
    return index < extent ? index : nil
  }
}
