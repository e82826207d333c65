/// Where a window stands at each of its positions.
package struct WindowPlacements {
  /// For each position, row-major: the operand offset under each element of the window, row-major;
  /// `nil` on padding and in the holes of a dilated operand.
  package private(set) var windows: [[Int?]] = [[0]]

  /// - Parameters:
  ///   - extents: the operand's size in each window dimension.
  ///   - strides: the operand's elements between neighbours in each window dimension.
  package init(_ dimensions: [WindowDimension], extents: [Int], strides: [Int]) {
    for (d, dimension) in dimensions.enumerated() {
      windows = windows.flatMap { window in
        (0..<dimension.outputSize(extent: extents[d])).map { position in
          window.flatMap { start in
            (0..<dimension.size).map { element in
              let index = dimension.operandIndex(position, element, extent: extents[d])
              return start.flatMap { start in index.map { start + $0 * strides[d] } }
            }
          }
        }
      }
    }
  }
}

extension WindowDimension {
  /// The operand index under an element of the window; `nil` on padding and in holes.
  func operandIndex(_ position: Int, _ element: Int, extent: Int) -> Int? {
    let forward = isReversed ? size - 1 - element : element
    let dilated = position * stride + forward * windowDilation - low
    guard dilated >= 0, dilated % baseDilation == 0 else { return nil }
    let index = dilated / baseDilation
    return index < extent ? index : nil
  }
}
