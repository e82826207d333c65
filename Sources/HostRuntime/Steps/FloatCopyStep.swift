internal import CKernels

/// Copies floats between two layouts, rounding them to bfloat16 on the way if asked to; what the
/// target has besides is set to zero first.
struct FloatCopyStep: Step {
  let source: Location
  let target: Location
  let roundsToBF16: Bool
  /// Bytes of one slab of the target that are zeroed before its part is copied; 0 for none.
  private let slabByteCount: Int
  /// The outermost dimension, which is shared out among parts.
  private let outer: (count: Int, from: Int, to: Int)
  /// Of a part, outermost first; nothing is allocated while the step runs.
  private let sizes: [Int]
  private let lastSizes: [Int]
  private let from: [Int]
  private let to: [Int]
  private let partSize: Int

  /// - Parameters:
  ///   - from: strides of the source by dimension, in elements.
  ///   - to: strides of the target by dimension, in elements.
  ///   - clearing: zero the target's slabs of the outermost dimension, border included; `source`
  ///     and `target` are where element 0 of each lies, `clearedFrom` where the slabs begin.
  init(
    shape: [Int], source: Location, from: [Int], target: Location, to: [Int],
    roundsToBF16: Bool, clearedFrom: Location? = nil
  ) {
    self.source = source
    self.target = target
    self.roundsToBF16 = roundsToBF16
    outer = (shape[0], from[0], to[0])
    cleared = clearedFrom
    slabByteCount = clearedFrom == nil ? 0 : to[0] * 4
    var merged: [(size: Int, from: Int, to: Int)] = []
    for d in shape.indices.dropFirst() where shape[d] != 1 {
      if let last = merged.last, last.from == from[d] * shape[d], last.to == to[d] * shape[d] {
        merged[merged.count - 1] = (last.size * shape[d], from[d], to[d])
      } else {
        merged.append((shape[d], from[d], to[d]))
      }
    }
    let slab = merged.reduce(1) { $0 * $1.size }
    partSize = max(1, min(outer.count, 16_384 / max(1, slab)), outer.count / 16)
    sizes = [partSize] + merged.map(\.size)
    lastSizes = [outer.count % partSize] + merged.map(\.size)
    self.from = [outer.from] + merged.map(\.from)
    self.to = [outer.to] + merged.map(\.to)
  }

  private let cleared: Location?

  var partCount: Int { (outer.count + partSize - 1) / partSize }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let first = part * partSize
    let count = min(partSize, outer.count - first)
    if let cleared {
      (memory.pointer(cleared) + first * slabByteCount)
        .initializeMemory(as: UInt8.self, repeating: 0, count: count * slabByteCount)
    }
    let input = memory.pointer(source).assumingMemoryBound(to: Float.self) + first * outer.from
    let output = memory.pointer(target).assumingMemoryBound(to: Float.self) + first * outer.to
    _ = ck_copy_floats(
      Int32(sizes.count), count == partSize ? sizes : lastSizes, input, from, output, to,
      roundsToBF16 ? 1 : 0)
  }
}
