extension ImageDataset {
  /// Copies the images and labels at `indices`, in that order, into staging memory.
  ///
  /// - Parameters:
  ///   - indices: Which images; each in `0..<count`.
  ///   - imageBytes: Receives `pixelType [indices.count, rows, columns, features]`; no larger need be
  ///     given, and what is beyond is left alone.
  ///   - labelBytes: Receives `Int32 [indices.count]`, aligned for `Int32`.
  package func gather(
    _ indices: ArraySlice<Int32>, images imageBytes: UnsafeMutableRawBufferPointer,
    labels labelBytes: UnsafeMutableRawBufferPointer
  ) {
    let width = bytesPerImage
    checkCapacity(indices.count, imageBytes, labelBytes)
    let labelTargets = labelBytes.bindMemory(to: Int32.self)
    images.withUnsafeBytes { source in
      labels.withUnsafeBufferPointer { labelSource in
        for (position, index) in indices.enumerated() {
          let row = Int(index)
          precondition(row >= 0 && row < labelSource.count, "an index of this data set")
          UnsafeMutableRawBufferPointer(rebasing: imageBytes[(position * width)...])
            .copyMemory(
              from: UnsafeRawBufferPointer(
                rebasing: source[(row * width)..<((row + 1) * width)]))
          labelTargets[position] = labelSource[row]
        }
      }
    }
  }

  /// Copies the images and labels of a range, as one block, into staging memory.
  ///
  /// - Parameters:
  ///   - range: Which images, within `0..<count`.
  ///   - imageBytes: Receives `pixelType [range.count, rows, columns, features]`.
  ///   - labelBytes: Receives `Int32 [range.count]`, aligned for `Int32`.
  package func gather(
    _ range: Range<Int>, images imageBytes: UnsafeMutableRawBufferPointer,
    labels labelBytes: UnsafeMutableRawBufferPointer
  ) {
    let width = bytesPerImage
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range of this data set")
    checkCapacity(range.count, imageBytes, labelBytes)
    let labelTargets = labelBytes.bindMemory(to: Int32.self)
    images.withUnsafeBytes { source in
      imageBytes.copyMemory(
        from: UnsafeRawBufferPointer(
          rebasing: source[(range.lowerBound * width)..<(range.upperBound * width)]))
    }
    for (position, index) in range.enumerated() {
      labelTargets[position] = labels[index]
    }
  }

  private func checkCapacity(
    _ length: Int, _ imageBytes: UnsafeMutableRawBufferPointer,
    _ labelBytes: UnsafeMutableRawBufferPointer
  ) {
    precondition(imageBytes.count >= length * bytesPerImage, "room for the images")
    precondition(labelBytes.count >= length * MemoryLayout<Int32>.stride, "room for the labels")
  }
}
