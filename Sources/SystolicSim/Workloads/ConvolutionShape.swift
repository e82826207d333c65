internal import SystolicCompiler
package import SystolicModel
internal import Units

/// The extents of a two-dimensional convolution: input `[batch, height, width, channels]`, kernel
/// `[kernelHeight, kernelWidth, channels / groups, filters]`.
public struct ConvolutionShape: Hashable, Sendable {
  package var batch: Int
  /// Height of the input, padding included.
  package var inputHeight: Int
  /// Width of the input, padding included.
  package var inputWidth: Int
  package var kernelHeight: Int
  package var kernelWidth: Int
  /// Input features of all groups together.
  package var channels: Int
  /// Output features of all groups together.
  package var filters: Int
  package var strideHeight: Int
  package var strideWidth: Int
  /// Distance between neighbouring kernel positions in the input; 1 is dense.
  package var dilationHeight: Int
  package var dilationWidth: Int
  /// Groups that share no channel; as many as channels make a depthwise convolution.
  package var groups: Int

  package init(
    batch: Int = 1, inputHeight: Int, inputWidth: Int, kernelHeight: Int, kernelWidth: Int,
    channels: Int, filters: Int, strideHeight: Int = 1, strideWidth: Int = 1,
    dilationHeight: Int = 1, dilationWidth: Int = 1, groups: Int = 1
  ) {
    self.batch = batch
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.channels = channels
    self.filters = filters
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.dilationHeight = dilationHeight
    self.dilationWidth = dilationWidth
    self.groups = groups
  }

  /// Height of the output.
  ///
  /// - Source: SCALE-Sim 3 rounds the last, partial stride up, ⌈(h - kernel + stride) / stride⌉,
  ///   and so do we; StableHLO rounds down.
  package var outputHeight: Int {
    Self.outputExtent(inputHeight, kernelHeight, strideHeight, dilationHeight)
  }

  /// Width of the output; as `outputHeight`.
  package var outputWidth: Int {
    Self.outputExtent(inputWidth, kernelWidth, strideWidth, dilationWidth)
  }

  private static func outputExtent(_ input: Int, _ kernel: Int, _ stride: Int, _ dilation: Int)
    -> Int
  {
    let reach = (kernel - 1) * dilation + 1
    return input < reach ? 0 : (input - reach + stride).dividedRoundingUp(by: stride)
  }

  /// The matrix product of one group: `m` output positions of the batch, `k` kernel positions times
  /// channels of the group, `n` filters of the group. Traps for a shape whose `problem` says that 64
  /// bits do not hold it.
  package var groupGEMM: GEMMShape {
    GEMMShape(
      m: batch * outputHeight * outputWidth, n: filters / groups,
      k: kernelHeight * kernelWidth * (channels / groups))
  }

  /// Elements of the input; traps as `groupGEMM`.
  package var inputElements: Int { batch * inputHeight * inputWidth * channels }

  /// Where the patches of a group lie in the input.
  func geometry(elementBytes: Int) -> PatchGeometry {
    PatchGeometry(
      images: batch,
      rows: .init(
        input: inputHeight, output: outputHeight, window: kernelHeight, stride: strideHeight,
        windowDilation: dilationHeight),
      columns: .init(
        input: inputWidth, output: outputWidth, window: kernelWidth, stride: strideWidth,
        windowDilation: dilationWidth),
      placeBytes: channels / groups * elementBytes)
  }

  /// The stride divides both ways, so that rounding up and rounding down agree.
  var strideDivides: Bool {
    let rest = (
      inputHeight - (kernelHeight - 1) * dilationHeight - 1,
      inputWidth - (kernelWidth - 1) * dilationWidth - 1
    )
    return rest.0 % strideHeight == 0 && rest.1 % strideWidth == 0
  }

  /// The first extent that makes no sense, as a sentence; `nil` if all do.
  package var problem: String? {
    let extents = [
      ("batch", batch), ("input height", inputHeight), ("input width", inputWidth),
      ("kernel height", kernelHeight), ("kernel width", kernelWidth), ("channels", channels),
      ("filters", filters), ("stride height", strideHeight), ("stride width", strideWidth),
      ("dilation height", dilationHeight), ("dilation width", dilationWidth), ("groups", groups),
    ]
    for (name, extent) in extents where !GEMMShape.extents.contains(extent) {
      return "\(name) must be from 1 to \(GEMMShape.extents.upperBound); found \(extent)"
    }
    if (kernelHeight - 1) * dilationHeight >= inputHeight {
      return "a kernel of height \(kernelHeight) does not fit an input of height \(inputHeight)"
    }
    if (kernelWidth - 1) * dilationWidth >= inputWidth {
      return "a kernel of width \(kernelWidth) does not fit an input of width \(inputWidth)"
    }
    if channels % groups != 0 || filters % groups != 0 {
      return "\(channels) channels and \(filters) filters cannot be divided into \(groups) groups"
    }
    return workProblem
  }

  /// What is too large for 64 bits, or beyond what is estimated; every extent is known to be sound.
  private var workProblem: String? {
    let limit = GEMMShape.extents.upperBound
    guard let m = Int.checkedProduct(batch, outputHeight, outputWidth), m <= limit else {
      return "M = batch x output height x output width must be at most \(limit); "
        + "found \(batch) x \(outputHeight) x \(outputWidth)"
    }
    let groupChannels = channels / groups
    guard let k = Int.checkedProduct(kernelHeight, kernelWidth, groupChannels), k <= limit else {
      return "K = kernel height x kernel width x channels of a group must be at most \(limit); "
        + "found \(kernelHeight) x \(kernelWidth) x \(groupChannels)"
    }
    if let problem = groupGEMM.problem { return problem }
    return WorkSize.problem(
      of: groupGEMM, times: groups,
      input: Int.checkedProduct(batch, inputHeight, inputWidth, channels))
  }
}

extension GEMMShape {
  /// Extents that are estimated: sums of them stay inside 64 bits.
  static let extents = 1...(1 << 30)

  /// The first extent that makes no sense, as a sentence; `nil` if all do.
  package var problem: String? {
    for (name, extent) in [("M", m), ("K", k), ("N", n)] where !Self.extents.contains(extent) {
      return "\(name) must be from 1 to \(Self.extents.upperBound); found \(extent)"
    }
    if Int.checkedProduct(m, k, n) ?? .max > WorkSize.macs {
      return "the product M x K x N must be at most 2^55; found \(m) x \(k) x \(n)"
    }
    return nil
  }
}
