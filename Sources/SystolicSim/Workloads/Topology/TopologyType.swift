/// What the column `Type` says that a row is.
enum TopologyType {
  /// A convolution; also a fully connected layer in a convolution's columns.
  case convolution
  /// Each channel is a group of its own.
  case depthwise
  /// A matrix product; in a convolution's columns the input is `[M, K]` and the filter `[K, N]`.
  case product
  /// Anything that is no product: pooling, normalization, activations.
  case other

  /// - Source: mNPUsim, `network_config`, for `Im2col_conv`, `Dir_Gemm`, `Gemv`, `Pool` and `Other`.
  private static let names: [(type: TopologyType, words: String)] = [
    (
      .convolution,
      "conv convolution conv1d conv2d im2colconv standardconv pointwise pointwiseconv pwconv pw "
        + "groupconv fc fullyconnected linear dense"
    ),
    (.depthwise, "dw dwconv depthwise depthwiseconv depthwiseconv2d depthwiseconvolution dsconv"),
    (.product, "gemm dirgemm gemv matmul mm bmm product"),
    (
      .other,
      "pool pooling maxpool avgpool averagepool globalavgpool other bn batchnorm layernorm norm relu "
        + "gelu activation softmax add eltwise elementwise embedding concat flatten dropout"
    ),
  ]

  /// The words for an error.
  static let examples = "Conv, Depthwise, Gemm, Gemv, FC, Pool, Other"

  /// - Returns: `nil` for a word that is not known.
  init?(_ word: String) {
    let plain = Substring(word.lowercased().filter { $0.isLetter || $0.isNumber })
    let entry = Self.names.first { $0.words.split(separator: " ").contains(plain) }
    guard let entry else { return nil }
    self = entry.type
  }
}

/// What a layer's name says of depthwise convolution.
///
/// - Source: SCALE-Sim 3.0.0, `topology_utils.py`: a layer is depthwise if `DP` stands in its name.
///   Here it must be a word of its own there, with no letter beside it.
enum DepthwiseName {
  /// `DP` is a word of the name: `DP_1`, `conv-DP`, `DP2`.
  static func isDepthwise(_ name: String) -> Bool { words(name).contains("DP") }

  /// The name looks so to a reader, or to SCALE-Sim, but has no word `DP`.
  static func looksDepthwise(_ name: String) -> Bool {
    if isDepthwise(name) { return false }
    let plain = name.lowercased().filter(\.isLetter)
    return name.contains("DP") || plain.contains("depthwise")
      || words(name).contains { word in
        let word = word.lowercased()
        return word == "dp" || word.hasPrefix("dw") || word.hasSuffix("dw")
      }
  }

  private static func words(_ name: String) -> [Substring] { name.split { !$0.isLetter } }
}
