internal import Datasets
internal import DeviceAPI

/// Sends batches of one size to a device: staging memory is made once.
final class BatchFeed {
  /// Images `[size, rows, columns]` of the model's pixel type, or `[size, rows, columns, features]`.
  let images: any Buffer
  /// Labels i32 `[size]`; -1 where there is no image.
  let labels: any Buffer
  private let imageStaging: UnsafeMutableRawBufferPointer
  private let labelStaging: UnsafeMutableRawBufferPointer

  /// - Parameter feeds: buffers of which the first two are for images and labels.
  init(_ feeds: [any Buffer]) {
    images = feeds[0]
    labels = feeds[1]
    imageStaging = .allocate(byteCount: images.type.byteCount, alignment: 64)
    imageStaging.initializeMemory(as: UInt8.self, repeating: 0)
    labelStaging = .allocate(byteCount: labels.type.byteCount, alignment: 64)
    labelStaging.initializeMemory(as: Int32.self, repeating: -1)
  }

  deinit {
    imageStaging.deallocate()
    labelStaging.deallocate()
  }

  /// Bytes that one call of `send` moves.
  var byteCount: Int { imageStaging.count + labelStaging.count }

  /// Sends the samples at `indices`, a full batch.
  func send(_ indices: ArraySlice<Int32>, of data: ImageDataset) throws(DeviceError) {
    data.gather(indices, images: imageStaging, labels: labelStaging)
    try copyIn()
  }

  /// Sends the samples of `range`, a full batch or less; the places behind are empty: black, with
  /// the label -1.
  func send(_ range: Range<Int>, of data: ImageDataset) throws(DeviceError) {
    data.gather(range, images: imageStaging, labels: labelStaging)
    let labels = labelStaging.assumingMemoryBound(to: Int32.self)
    for place in range.count..<labels.count { labels[place] = -1 }
    let used = range.count * data.bytesPerImage
    UnsafeMutableRawBufferPointer(rebasing: imageStaging[used...])
      .initializeMemory(as: UInt8.self, repeating: 0)
    try copyIn()
  }

  private func copyIn() throws(DeviceError) {
    try images.copyIn(from: UnsafeRawBufferPointer(imageStaging))
    try labels.copyIn(from: UnsafeRawBufferPointer(labelStaging))
  }
}
