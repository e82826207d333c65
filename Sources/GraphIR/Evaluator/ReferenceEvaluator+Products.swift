extension ReferenceEvaluator {
  /// Sums of products, `[batch…, lhs free…, rhs free…]`, accumulated in `Double`.
  package static func dotGeneral(
    _ dot: DotDimensions, _ lhs: Tensor, _ rhs: Tensor, _ dtype: DType
  ) -> [Double] {
    let lhsFree = StridedIndices.offsets(of: dot.lhsFree(rank: lhs.type.rank), in: lhs.type)
    let rhsFree = StridedIndices.offsets(of: dot.rhsFree(rank: rhs.type.rank), in: rhs.type)
    let lhsSummed = StridedIndices.offsets(of: dot.lhsContracting, in: lhs.type)
    let rhsSummed = StridedIndices.offsets(of: dot.rhsContracting, in: rhs.type)
    let batches = zip(
      StridedIndices.offsets(of: dot.lhsBatching, in: lhs.type),
      StridedIndices.offsets(of: dot.rhsBatching, in: rhs.type))
    var result: [Double] = []
    for (lhsBatch, rhsBatch) in batches {
      let rows = lhsFree.map { row in lhsSummed.map { lhs.elements[lhsBatch + row + $0] } }
      let columns = rhsFree.map { column in
        rhsSummed.map { rhs.elements[rhsBatch + column + $0] }
      }
      for row in rows {
        for column in columns { result.append(dtype.sumOfProducts(row, column)) }
      }
    }
    return result
  }

  /// The convolution in the layout of `type`: one sum over the window and the input features for
  /// each image, position and output feature.
  ///
  /// Padding and the holes of a dilated input are zeros. The groups are contiguous blocks of
  /// output features; a feature group reads its block of input features, a batch group its block
  /// of the batch.
  package static func convolution(
    _ conv: ConvolutionAttributes, _ input: Tensor, _ kernel: Tensor, _ type: TensorType
  ) -> [Double] {
    let at = conv.dimensions
    let (inputStrides, outputStrides) = (input.type.strides, type.strides)
    let placements = WindowPlacements(
      conv.window, extents: at.inputSpatial.map { input.type.shape[$0] },
      strides: at.inputSpatial.map { inputStrides[$0] })
    let sites = StridedIndices.offsets(of: at.outputSpatial, in: type)
    let kernels = kernelColumns(at, kernel)
    let features = kernel.type.shape[at.kernelInputFeature]
    let batch = type.shape[at.outputBatch]
    let groups = max(conv.featureGroupCount, conv.batchGroupCount)
    var result = [Double](repeating: 0, count: type.elementCount)
    for group in 0..<groups {
      let firstFeature = conv.featureGroupCount > 1 ? group * features : 0
      let firstImage = conv.batchGroupCount > 1 ? group * batch : 0
      let members = kernels.indices.filter { $0 / (kernels.count / groups) == group }
      for n in 0..<batch {
        let image = (firstImage + n) * inputStrides[at.inputBatch]
        for (site, window) in zip(sites, placements.windows) {
          let row = window.flatMap { position in
            (firstFeature..<firstFeature + features).map { feature in
              position.map {
                input.elements[image + $0 + feature * inputStrides[at.inputFeature]]
              } ?? 0
            }
          }
          for o in members {
            let place =
              site + n * outputStrides[at.outputBatch] + o * outputStrides[at.outputFeature]
            result[place] = type.dtype.sumOfProducts(row, kernels[o])
          }
        }
      }
    }
    return result
  }

  /// For each output feature the kernel's elements, `[window…, input feature]`.
  private static func kernelColumns(
    _ at: ConvolutionDimensions, _ kernel: Tensor
  ) -> [[Double]] {
    let column = StridedIndices.offsets(
      of: at.kernelSpatial + [at.kernelInputFeature], in: kernel.type)
    return StridedIndices.offsets(of: [at.kernelOutputFeature], in: kernel.type).map { start in
      column.map { kernel.elements[start + $0] }
    }
  }
}
