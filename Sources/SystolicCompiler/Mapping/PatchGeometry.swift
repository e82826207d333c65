/// Where the patches of a convolution lie in its input, one group of channels.
package struct PatchGeometry: Hashable, Sendable {
  /// One spatial dimension.
  package struct Axis: Hashable, Sendable {
    /// Elements of the input, padding not counted.
    package var input: Int
    /// Positions of the output.
    package var output: Int
    /// Elements of the window.
    package var window: Int
    package var stride: Int
    /// Elements of padding before the first one.
    package var low: Int
    /// Distance of neighbouring elements of the window.
    package var windowDilation: Int
    /// Distance of neighbouring elements of the input, in a convolution by fractional strides.
    package var baseDilation: Int

    package init(
      input: Int, output: Int, window: Int, stride: Int = 1, low: Int = 0, windowDilation: Int = 1,
      baseDilation: Int = 1
    ) {
      self.input = input
      self.output = output
      self.window = window
      self.stride = stride
      self.low = low
      self.windowDilation = windowDilation
      self.baseDilation = baseDilation
    }

    /// Padding, so that the first and the last tile read less.
    var isPadded: Bool { low > 0 || needed(from: output - 1, count: 1) < mostNeeded(count: 1) }

    /// Whether a stride passes elements over that no window reads.
    private var skips: Bool {
      window < stride && windowDilation == 1 && baseDilation == 1
    }

    /// Elements that `count` neighbouring outputs read at most, without those that a stride skips.
    package func mostNeeded(count: Int) -> Int {
      skips ? min(input, count * window) : mostSpanned(count)
    }

    /// Elements of the input that `count` outputs from `start` on read.
    func needed(from start: Int, count: Int) -> Int {
      guard count > 0, input > 0 else { return 0 }
      guard skips else { return spanned(start, count) }
      let ends =
        count == 1 ? spanned(start, 1) : spanned(start, 1) + spanned(start + count - 1, 1)
      return min(input, ends + max(0, count - 2) * window)
    }

    /// The same from the first one that is read to the last.
    func mostSpanned(_ count: Int) -> Int {
      let reach = (count - 1) * stride + (window - 1) * windowDilation + 1
      return min(input, (reach + baseDilation - 1) / baseDilation)
    }

    /// Elements from the first that is read to the last.
    func spanned(_ start: Int, _ count: Int) -> Int {
      let first = start * stride - low
      let last = (start + count - 1) * stride - low + (window - 1) * windowDilation
      let lower = max(0, first <= 0 ? 0 : (first + baseDilation - 1) / baseDilation)
      let upper = min(input - 1, last < 0 ? -1 : last / baseDilation)
      return max(0, upper - lower + 1)
    }
  }

  package var images: Int
  package var rows: Axis
  package var columns: Axis
  /// Bytes of the channels of one group at one place of the input.
  package var placeBytes: Int

  package init(images: Int, rows: Axis, columns: Axis, placeBytes: Int) {
    self.images = images
    self.rows = rows
    self.columns = columns
    self.placeBytes = placeBytes
  }
}
