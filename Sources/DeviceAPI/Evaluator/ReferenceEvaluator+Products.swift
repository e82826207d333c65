extension ReferenceEvaluator {
  /// Sums of products, `[batch…, lhs free…, rhs free…]`, accumulated in `Double`.
  static func dotGeneral(
    _ dot: DotDimensions, _ lhs: Tensor, _ rhs: Tensor, _ dtype: DType
  ) -> [Double] {
    let lhsFree = StridedIndices.offsets(of: dot.lhsFree(rank: lhs.type.rank), in: lhs.type)
    let rhsFree = StridedIndices.offsets(of: dot.rhsFree(rank: rhs.type.rank), in: rhs.type)
    let summed = Array(
      zip(
        StridedIndices.offsets(of: dot.lhsContracting, in: lhs.type),
        StridedIndices.offsets(of: dot.rhsContracting, in: rhs.type)))
    let batches = zip(
      StridedIndices.offsets(of: dot.lhsBatching, in: lhs.type),
      StridedIndices.offsets(of: dot.rhsBatching, in: rhs.type))
    var result: [Double] = []
    for (lhsBatch, rhsBatch) in batches {
      for row in lhsFree {
        for column in rhsFree {
          var sum = 0.0
          for (i, j) in summed {
            sum = dtype.multiplyAdd(
              sum, lhs.elements[lhsBatch + row + i], rhs.elements[rhsBatch + column + j])
          }
          result.append(sum)
        }
      }
    }
    return result
  }

  /// The convolution in the layout of `type`, accumulated in `Double`.
  ///
  /// Padding and the holes of a dilated input are zeros, which add nothing. The groups are
  /// contiguous blocks of output features; a feature group reads its block of input features, a
  /// batch group its block of the batch.
  static func convolution(
    _ conv: ConvolutionAttributes, _ input: Tensor, _ kernel: Tensor, _ type: TensorType
  ) -> [Double] {
    let at = conv.dimensions
    let inputStrides = input.type.strides
    let kernelStrides = kernel.type.strides
    let outputStrides = type.strides
    let placements = WindowPlacements(
      conv.window, extents: at.inputSpatial.map { input.type.shape[$0] },
      strides: at.inputSpatial.map { inputStrides[$0] })
    let taps = StridedIndices.offsets(of: at.kernelSpatial, in: kernel.type)
    let sites = StridedIndices.offsets(of: at.outputSpatial, in: type)
    let features = kernel.type.shape[at.kernelInputFeature]
    let outputFeatures = type.shape[at.outputFeature]
    let batch = type.shape[at.outputBatch]
    var result = [Double](repeating: 0, count: type.elementCount)
    for o in 0..<outputFeatures {
      let firstFeature = o / (outputFeatures / conv.featureGroupCount) * features
      let firstImage = o / (outputFeatures / conv.batchGroupCount) * batch
      for n in 0..<batch {
        let image =
          (firstImage + n) * inputStrides[at.inputBatch]
          + firstFeature * inputStrides[at.inputFeature]
        for (site, window) in zip(sites, placements.windows) {
          var sum = 0.0
          for (tap, position) in zip(taps, window) {
            guard let position else { continue }
            for i in 0..<features {
              sum = type.dtype.multiplyAdd(
                sum, input.elements[image + position + i * inputStrides[at.inputFeature]],
                kernel.elements[
                  tap + i * kernelStrides[at.kernelInputFeature]
                    + o * kernelStrides[at.kernelOutputFeature]])
            }
          }
          result[
            site + n * outputStrides[at.outputBatch] + o * outputStrides[at.outputFeature]] = sum
        }
      }
    }
    return result
  }
}
