import DeviceAPI

/// Lays out the patches of a convolution's input as matrix rows (im2col): `[g, n, p, s, i]`.
///
/// Places outside the input, in its padding or between its dilated elements, are zero.
struct PatchStep: Step {
  let source: Location
  let target: Location
  private let sizes: ConvolutionSizes
  private let byteCount: Int
  /// For output position `p` and kernel position `s`, `offsets[p · taps + s]` is the input element
  /// of feature 0, or -1 for a place outside.
  private let offsets: [Int32]
  private let imageStride: Int
  private let featureStride: Int
  /// Elements from the first image, or feature, of a group to that of the next.
  private let groupStride: Int

  init(
    _ conv: ConvolutionAttributes, _ sizes: ConvolutionSizes, input: TensorType,
    source: Location, target: Location
  ) {
    self.source = source
    self.target = target
    self.sizes = sizes
    byteCount = input.dtype.byteCount
    let at = conv.dimensions
    let strides = input.strides
    imageStride = strides[at.inputBatch]
    featureStride = strides[at.inputFeature]
    groupStride =
      conv.batchGroupCount > 1 ? sizes.images * imageStride : sizes.groupInputs * featureStride
    let extents = at.inputSpatial.map { input.shape[$0] }
    let spatialStrides = at.inputSpatial.map { strides[$0] }
    let outputs = zip(conv.window, extents).map { $0.outputSize(extent: $1) }
    var offsets: [Int32] = []
    offsets.reserveCapacity(sizes.positions * sizes.taps)
    forEachIndex(outputs) { position in
      forEachIndex(conv.window.map(\.size)) { tap in
        var offset: Int? = 0
        for d in extents.indices {
          let place = conv.window[d].inputIndex(
            output: position[d], tap: tap[d], extent: extents[d])
          offset = offset.flatMap { sum in place.map { sum + $0 * spatialStrides[d] } }
        }
        offsets.append(Int32(offset ?? -1))
      }
    }
    self.offsets = offsets
  }

  var partCount: Int { sizes.groups * sizes.images }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    switch byteCount {
    case 4: gather(UInt32.self, part, memory)
    case 2: gather(UInt16.self, part, memory)
    default: gather(UInt8.self, part, memory)
    }
  }

  @inline(__always)
  private func gather<T: FixedWidthInteger>(_: T.Type, _ part: Int, _ memory: ProgramMemory) {
    let (group, image) = part.quotientAndRemainder(dividingBy: sizes.images)
    let input =
      memory.pointer(source).assumingMemoryBound(to: T.self)
      + group * groupStride + image * imageStride
    var out =
      memory.pointer(target).assumingMemoryBound(to: T.self) + part * sizes.positions * sizes.depth
    offsets.withUnsafeBufferPointer { offsets in
      for offset in offsets {
        if offset < 0 {
          out.update(repeating: 0, count: sizes.groupInputs)
        } else if featureStride == 1 {
          out.update(from: input + Int(offset), count: sizes.groupInputs)
        } else {
          for i in 0..<sizes.groupInputs { out[i] = input[Int(offset) + i * featureStride] }
        }
        out += sizes.groupInputs
      }
    }
  }
}

extension WindowDimension {
  /// The input element under one window position and tap; `nil` in padding or between elements.
  func inputIndex(output: Int, tap: Int, extent: Int) -> Int? {
    let tap = isReversed ? size - 1 - tap : tap
    let dilated = output * stride + tap * windowDilation - low
    guard dilated >= 0, dilated % baseDilation == 0, dilated / baseDilation < extent else {
      return nil
    }
    return dilated / baseDilation
  }
}

/// Calls `body` with every index of a shape, row-major.
func forEachIndex(_ shape: [Int], _ body: ([Int]) -> Void) {
  if shape.contains(0) { return }
  var index = shape.map { _ in 0 }
  while true {
    body(index)
    var d = shape.count - 1
    while d >= 0, index[d] == shape[d] - 1 {
      index[d] = 0
      d -= 1
    }
    if d < 0 { return }
    index[d] += 1
  }
}
