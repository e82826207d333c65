internal import CKernels

/// Windows over a batch of images: the same places in each.
struct WindowStep: Step {
  enum Kind: Sendable {
    case sum, maximum
    /// Adds a source to where the greatest element of each window lies.
    case scatter
  }

  let kind: Kind
  let input: Location
  /// The values that are scattered.
  let source: Location?
  let output: Location
  /// A scalar that the output of `scatter` is filled with first.
  let start: Location?
  let images: Int
  /// Elements of one image.
  let imageCount: Int
  /// Windows of one image.
  let positions: Int
  let features: Int
  /// For each window its places in order: element of feature 0 in the image, or -1 outside.
  let offsets: [Int32]
  /// No place lies in two windows.
  let areDisjoint: Bool
  /// Every element lies in a window.
  let coverAll: Bool

  var partCount: Int { (images + imagesPerPart - 1) / imagesPerPart }

  private var imagesPerPart: Int { max(1, 16_384 / max(1, imageCount), (images + 31) / 32) }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let first = part * imagesPerPart
    let resultCount = positions * features
    let input = memory.pointer(input).assumingMemoryBound(to: Float.self)
    let output = memory.pointer(output).assumingMemoryBound(to: Float.self)
    let source = source.map { memory.pointer($0).assumingMemoryBound(to: Float.self) }
    let start = start.map { memory.pointer($0).assumingMemoryBound(to: Float.self)[0] } ?? 0
    offsets.withUnsafeBufferPointer { offsets in
      var windows = ck_windows(
        positions: positions, taps: offsets.count / max(1, positions), features: features,
        offsets: offsets.baseAddress, are_disjoint: areDisjoint ? 1 : 0,
        cover_all: coverAll ? 1 : 0)
      for image in first..<min(images, first + imagesPerPart) {
        let from = input + image * imageCount
        switch kind {
        case .sum: ck_window_sum(&windows, from, output + image * resultCount)
        case .maximum: ck_window_max(&windows, from, output + image * resultCount)
        case .scatter:
          if let source {
            ck_window_scatter(
              &windows, from, source + image * resultCount, start, output + image * imageCount,
              imageCount)
          }
        }
      }
    }
  }
}
