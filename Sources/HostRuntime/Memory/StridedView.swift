import GraphIR

/// A value's elements as another shape sees them: an affine map from indices to elements.
struct StridedView: Hashable, Sendable {
  /// The value whose memory is read.
  var base: ValueID
  var shape: [Int]
  /// Elements between neighbours along each dimension; 0 along a dimension that repeats.
  var strides: [Int]
  /// The element that index 0 maps to.
  var offset = 0

  init(dense base: ValueID, _ type: TensorType) {
    self.base = base
    shape = type.shape
    strides = type.strides
  }

  init(base: ValueID, shape: [Int], strides: [Int], offset: Int = 0) {
    self.base = base
    self.shape = shape
    self.strides = strides
    self.offset = offset
  }

  /// Every index maps to the same element.
  var isScalar: Bool { zip(strides, shape).allSatisfy { $0 == 0 || $1 == 1 } }

  /// The elements lie densely in row-major order from element 0.
  var isDense: Bool {
    offset == 0 && Coalesced([self]).map { $0.sizes.count <= 1 && $0.unitInner } == true
  }

  func broadcast(to shape: [Int], dimensions: [Int]) -> StridedView {
    var strides = [Int](repeating: 0, count: shape.count)
    for (from, to) in dimensions.enumerated() where self.shape[from] != 1 {
      strides[to] = self.strides[from]
    }
    return StridedView(base: base, shape: shape, strides: strides, offset: offset)
  }

  /// The same elements in row-major order as another shape; `nil` if no strides can say that.
  func reshaped(to target: [Int]) -> StridedView? {
    let source = zip(shape, strides).filter { $0.0 != 1 }
    var result = [Int](repeating: 0, count: target.count)
    var from = source.startIndex
    var to = 0
    while to < target.count {
      if target[to] == 1 {
        to += 1
        continue
      }
      // Gather the shortest runs of dimensions with equal element counts.
      guard from < source.endIndex else { return nil }
      let (firstFrom, firstTo) = (from, to)
      var (sourceCount, targetCount) = (source[from].0, target[to])
      from += 1
      to += 1
      while sourceCount != targetCount {
        if sourceCount < targetCount {
          guard from < source.endIndex else { return nil }
          sourceCount *= source[from].0
          from += 1
        } else {
          guard to < target.count else { return nil }
          targetCount *= target[to]
          to += 1
        }
      }
      // The source run must step evenly to be divided anew.
      for d in firstFrom..<(from - 1) where source[d].1 != source[d + 1].1 * source[d + 1].0 {
        return nil
      }
      var step = source[from - 1].1
      for d in (firstTo..<to).reversed() {
        result[d] = target[d] == 1 ? 0 : step
        step *= target[d]
      }
    }
    return StridedView(base: base, shape: target, strides: result, offset: offset)
  }
}

/// Views of one shape with dimensions merged wherever all of them step evenly.
struct Coalesced {
  /// Sizes from outermost to innermost, none of them 1; empty for a single element.
  private(set) var sizes: [Int]
  /// For each view, its stride along each of `sizes`.
  private(set) var strides: [[Int]]

  /// - Returns: `nil` for an empty list.
  init?(_ views: [StridedView]) {
    guard let shape = views.first?.shape else { return nil }
    sizes = []
    strides = views.map { _ in [] }
    for d in shape.indices where shape[d] != 1 {
      let merges =
        !sizes.isEmpty
        && views.indices.allSatisfy { strides[$0].last == views[$0].strides[d] * shape[d] }
      if merges {
        sizes[sizes.count - 1] *= shape[d]
        for v in views.indices { strides[v][sizes.count - 1] = views[v].strides[d] }
      } else {
        sizes.append(shape[d])
        for v in views.indices { strides[v].append(views[v].strides[d]) }
      }
    }
  }

  /// All views move by one element along the innermost dimension.
  var unitInner: Bool { strides.allSatisfy { ($0.last ?? 1) == 1 } }
}
