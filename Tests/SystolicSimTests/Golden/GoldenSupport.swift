import Units
import GraphIR
import Oracles
import SystolicModel

/// A product, its operands and an array.
struct GoldenCase {
  let gemm: GEMMShape
  let array: SystolicArray
  let left: [Float]
  let right: [Float]

  /// Extents 1 to 20 on arrays of 1 to 7 by 1 to 7.
  init(_ dataflow: Dataflow, _ overlap: Overlap, using random: inout SplitMix64) {
    let extents = (0..<3).map { _ in Int.random(in: 1...20, using: &random) }
    let sides = (0..<2).map { _ in Int.random(in: 1...7, using: &random) }
    self.init(
      GEMMShape(m: extents[0], n: extents[1], k: extents[2]),
      SystolicArray(
        rows: sides[0], columns: sides[1], dataflow: dataflow, overlap: overlap,
        accumulatorRows: Int.random(in: 1...25, using: &random)),
      using: &random)
  }

  init(_ gemm: GEMMShape, _ array: SystolicArray, using random: inout SplitMix64) {
    self.gemm = gemm
    self.array = array
    left = bfloat16Values(gemm.m * gemm.k, using: &random)
    right = bfloat16Values(gemm.k * gemm.n, using: &random)
  }

  func run() -> GoldenRun<Float> { GoldenArray(array).run(gemm, left: left, right: right) }
}

/// bf16 values of both signs whose magnitudes spread widely, so that the order of a sum shows.
func bfloat16Values(_ count: Int, using random: inout SplitMix64) -> [Float] {
  (0..<count).map { _ in
    let exponent = Int.random(in: -6...6, using: &random)
    let value = Float.random(in: -1...1, using: &random)
    return NarrowFloats.roundedToBFloat16(
      value * Float(sign: .plus, exponent: exponent, significand: 1))
  }
}

/// The definition, in the order of the array: folds of `depth` values of k, each a chain of fused
/// multiply-adds from 0; the first fold's sum is stored, later ones are added.
func orderedProduct(_ gemm: GEMMShape, left: [Float], right: [Float], depth: Int) -> [Float] {
  var result = [Float](repeating: 0, count: gemm.m * gemm.n)
  for m in 0..<gemm.m {
    for n in 0..<gemm.n {
      var total: Float?
      for fold in stride(from: 0, to: gemm.k, by: depth) {
        var sum: Float = 0
        for k in fold..<min(fold + depth, gemm.k) {
          sum = sum.addingProduct(left[m * gemm.k + k], right[k * gemm.n + n])
        }
        total = total.map { $0 + sum } ?? sum
      }
      result[m * gemm.n + n] = total ?? 0
    }
  }
  return result
}

/// Bit patterns, so that comparisons see the sign of a zero and the payload of a NaN.
func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
