/// Copies a strided block of elements to another strided block: `transpose`, `slice`, `reverse`,
/// materialised broadcasts, the inside of `pad` and the parts of `concatenate`.
struct CopyStep: Step {
  /// One loop of the nest, in bytes.
  struct Loop: Hashable, Sendable {
    var count: Int
    var sourceStride: Int
    var targetStride: Int
  }

  let source: Location
  let target: Location
  let elementByteCount: Int
  /// Outermost first; the innermost moves single elements, or runs of them if `isContiguous`.
  private let outer: [Loop]
  private let inner: Loop
  private let isContiguous: Bool

  /// - Parameters:
  ///   - from: strides of the source by dimension, in elements; 0 repeats.
  ///   - to: strides of the target by dimension, in elements.
  init(
    shape: [Int], source: Location, from: [Int], target: Location, to: [Int],
    elementByteCount: Int
  ) {
    self.source = source
    self.target = target
    self.elementByteCount = elementByteCount
    var loops: [Loop] = []
    for d in shape.indices where shape[d] != 1 {
      let loop = Loop(
        count: shape[d], sourceStride: from[d] * elementByteCount,
        targetStride: to[d] * elementByteCount)
      if let last = loops.last, last.sourceStride == loop.sourceStride * loop.count,
        last.targetStride == loop.targetStride * loop.count
      {
        loops[loops.count - 1] = Loop(
          count: last.count * loop.count, sourceStride: loop.sourceStride,
          targetStride: loop.targetStride)
      } else {
        loops.append(loop)
      }
    }
    inner =
      loops.popLast()
      ?? Loop(count: 1, sourceStride: elementByteCount, targetStride: elementByteCount)
    outer = loops
    isContiguous =
      inner.sourceStride == elementByteCount && inner.targetStride == elementByteCount
  }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    copy(
      level: 0, source: UnsafeRawPointer(memory.pointer(source)), target: memory.pointer(target))
  }

  private func copy(level: Int, source: UnsafeRawPointer, target: UnsafeMutableRawPointer) {
    guard level < outer.count else {
      copyInner(source: source, target: target)
      return
    }
    let loop = outer[level]
    for i in 0..<loop.count {
      copy(
        level: level + 1, source: source + i * loop.sourceStride,
        target: target + i * loop.targetStride)
    }
  }

  private func copyInner(source: UnsafeRawPointer, target: UnsafeMutableRawPointer) {
    if isContiguous {
      target.copyMemory(from: source, byteCount: inner.count * elementByteCount)
      return
    }
    switch elementByteCount {
    case 8: copyElements(UInt64.self, source: source, target: target)
    case 4: copyElements(UInt32.self, source: source, target: target)
    case 2: copyElements(UInt16.self, source: source, target: target)
    default: copyElements(UInt8.self, source: source, target: target)
    }
  }

  @inline(__always)
  private func copyElements<T: BitwiseCopyable>(
    _: T.Type, source: UnsafeRawPointer, target: UnsafeMutableRawPointer
  ) {
    for i in 0..<inner.count {
      target.storeBytes(
        of: source.load(fromByteOffset: i * inner.sourceStride, as: T.self),
        toByteOffset: i * inner.targetStride, as: T.self)
    }
  }
}

/// Fills a dense block with one element: the border of a `pad`.
struct FillStep: Step {
  /// A single element.
  let source: Location
  let target: Location
  let count: Int
  let elementByteCount: Int

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let element = UnsafeRawPointer(memory.pointer(source))
    let start = memory.pointer(target)
    for i in 0..<count {
      (start + i * elementByteCount).copyMemory(from: element, byteCount: elementByteCount)
    }
  }
}
