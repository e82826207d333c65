package import GraphIR
package import SystolicModel
internal import Units

/// A `dot_general` or `convolution` as a batch of matrix products `[m, k] · [k, n]`.
package struct ProductShape: Hashable, Sendable {
  package var batch: Int
  package var m: Int
  package var k: Int
  package var n: Int

  package init(batch: Int, m: Int, k: Int, n: Int) {
    (self.batch, self.m, self.k, self.n) = (batch, m, k, n)
  }

  package var gemm: GEMMShape { GEMMShape(m: m, n: n, k: k) }
}

extension Graph {
  /// The product that an instruction computes, or `nil` if it computes none.
  ///
  /// A convolution is an implicit matrix product: `m` counts output positions of the batch, `k`
  /// kernel positions times input features of a group, `n` output features of a group; feature
  /// and batch groups become the batch.
  package func productShape(of value: ValueID) -> ProductShape? {
    let instruction = self[value]
    switch instruction.operation {
    case .dotGeneral(let dot):
      let (lhs, rhs) = (type(of: instruction.operands[0]), type(of: instruction.operands[1]))
      func size(_ type: TensorType, _ dimensions: [Int]) -> Int {
        dimensions.reduce(1) { $0 * type.shape[$1] }
      }
      return ProductShape(
        batch: size(lhs, dot.lhsBatching), m: size(lhs, dot.lhsFree(rank: lhs.rank)),
        k: size(lhs, dot.lhsContracting), n: size(rhs, dot.rhsFree(rank: rhs.rank)))
    case .convolution(let conv):
      let kernel = type(of: instruction.operands[1])
      let at = conv.dimensions
      let groups = conv.featureGroupCount * conv.batchGroupCount
      let output = instruction.type
      let positions = at.outputSpatial.reduce(1) { $0 * output.shape[$1] }
      let taps = at.kernelSpatial.reduce(1) { $0 * kernel.shape[$1] }
      return ProductShape(
        batch: groups, m: output.shape[at.outputBatch] * positions,
        k: taps * kernel.shape[at.kernelInputFeature],
        n: output.shape[at.outputFeature] / groups)
    default: return nil
    }
  }

  /// Where the patches of a convolution lie in its input; `nil` for other products, and for
  /// convolutions that are not over one or two dimensions or whose samples are grouped.
  package func patchGeometry(of value: ValueID) -> PatchGeometry? {
    let instruction = self[value]
    guard case .convolution(let conv) = instruction.operation, conv.batchGroupCount == 1,
      (1...2).contains(conv.window.count)
    else { return nil }
    let at = conv.dimensions
    let input = type(of: instruction.operands[0])
    let output = instruction.type
    let axes = conv.window.enumerated().map { index, window in
      PatchGeometry.Axis(
        input: input.shape[at.inputSpatial[index]], output: output.shape[at.outputSpatial[index]],
        window: window.size, stride: window.stride, low: window.low,
        windowDilation: window.windowDilation, baseDilation: window.baseDilation)
    }
    guard axes.allSatisfy({ $0.input > 0 && $0.output > 0 && $0.window > 0 }) else { return nil }
    let features = input.shape[at.inputFeature] / conv.featureGroupCount
    let line = PatchGeometry.Axis(input: 1, output: 1, window: 1)
    return PatchGeometry(
      images: output.shape[at.outputBatch], rows: axes[0], columns: axes.count > 1 ? axes[1] : line,
      placeBytes: features * input.dtype.byteCount)
  }
}
