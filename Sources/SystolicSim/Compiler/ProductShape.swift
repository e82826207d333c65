internal import DeviceAPI
internal import Units

/// A `dot_general` or `convolution` as a batch of matrix products `[m, k] · [k, n]`.
struct ProductShape: Hashable, Sendable {
  var batch: Int
  var m: Int
  var k: Int
  var n: Int

  var gemm: GEMMShape { GEMMShape(m: m, n: n, k: k) }
}

extension Graph {
  /// The product that an instruction computes, or `nil` if it computes none.
  ///
  /// A convolution is an implicit matrix product: `m` counts output positions of the batch, `k`
  /// kernel positions times input features of a group, `n` output features of a group; feature
  /// and batch groups become the batch.
  func productShape(of value: ValueID) -> ProductShape? {
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

  /// How the array divides a product's sum over `k`; `nil` if the value is no product.
  func accumulation(of value: ValueID, mxu: MXUParameters) -> Accumulation? {
    guard let product = productShape(of: value) else { return nil }
    let depth = mxu.dataflow == .outputStationary ? product.k : mxu.rows
    return Accumulation(k: product.k, foldDepth: max(1, min(depth, product.k)))
  }
}
