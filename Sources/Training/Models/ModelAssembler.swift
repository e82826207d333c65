public import ConfigFiles
public import GraphIR

/// Turns a description into layers, following the shape of an example through them.
struct ModelAssembler {
  /// `[rows, columns, features]`; `[positions, features]` of a sequence; `[elements]` once flattened.
  private(set) var shape: [Int]
  private var isFlat: Bool { shape.count == 1 }
  /// The layers see the features: shades of grey come as `[rows, columns]`.
  private var hasFeatures: Bool
  private(set) var layers: [any Layer] = []
  /// What each layer adds to the model's summary.
  private(set) var words: [String] = []
  private var counts: [String: Int] = [:]
  /// Of the layers that were counted.
  private var parameterCount = 0
  private var countedLayers = 0
  /// Where an error about a key of a layer points.
  private let locate: (String) -> ConfigLocation

  init(
    rows: Int, columns: Int, features: Int, locate: @escaping (String) -> ConfigLocation
  ) {
    shape = [rows, columns, features]
    hasFeatures = features > 1
    self.locate = locate
  }

  /// Elements of an example.
  var elementCount: Int { shape.reduce(1, *) }

  /// - Parameters:
  ///   - path: of the layer in its file.
  ///   - isLast: it gives the logits.
  mutating func add(
    _ layer: LayerDescription, at path: String, isLast: Bool = false
  ) throws(ConfigError) {
    switch layer {
    case .convolution(let layer): try addConvolution(layer, at: path)
    case .dense(let layer): addDense(layer, isLast: isLast)
    case .pool(let kind, let layer): try addPool(kind, layer, at: path)
    case .globalPool(let kind): try addGlobalPool(kind, at: path)
    case .batchNorm:
      bringToImage()
      layers.append(BatchNorm(name: name("batchNorm"), features: shape[shape.count - 1]))
      words.append("norm")
    case .layerNorm:
      bringToImage()
      layers.append(LayerNorm(name: name("layerNorm"), features: shape[shape.count - 1]))
      words.append("layernorm")
    case .activation(let function): addActivation(function, named: name("activation"))
    case .dropout(let layer):
      let own = name("dropout")
      if layer.probability > 0 {
        layers.append(Dropout(name: own, probability: layer.probability))
        words.append("drop\(layer.probability)")
      }
    case .flatten: flatten()
    case .residual(let block): try addResidual(block, at: path)
    case .embedding(let layer): try addEmbedding(layer, at: path)
    case .positionEmbedding:
      let own = name("positions")
      try requireSequence(own, at: path)
      layers.append(PositionEmbedding(name: own, positions: shape[0], features: shape[1]))
      words.append("positions")
    case .attention(let layer): try addAttention(layer, at: path)
    }
  }

  private mutating func addConvolution(
    _ layer: ConvolutionDescription, at path: String
  ) throws(ConfigError) {
    let own = name("convolution")
    let padding = Conv2D.Padding.zeros(layer.padding)
    try requireImage(own, at: path)
    try requireFit(layer.kernelSize, 2 * layer.padding, own, key: "kernelSize", at: path)
    bringToImage()
    layers.append(
      Conv2D(
        name: own, inputs: shape[2], outputs: layer.outputs, kernelSize: layer.kernelSize,
        stride: layer.stride, padding: padding))
    let size = { (extent: Int) in
      (extent + 2 * layer.padding - layer.kernelSize) / layer.stride + 1
    }
    shape = [size(shape[0]), size(shape[1]), layer.outputs]
    words.append(
      "conv\(layer.outputs)k\(layer.kernelSize)s\(layer.stride)p\(layer.padding)")
    addActivation(layer.activation, named: own)
  }

  /// Of images all values are inputs, of sequences the features of each position.
  private mutating func addDense(_ layer: DenseDescription, isLast: Bool) {
    let own = name("dense")
    if shape.count == 3 { flatten() }
    let inputs = shape[shape.count - 1]
    layers.append(
      Dense(
        name: own, inputs: inputs, outputs: layer.outputs,
        initializer: isLast || layer.activation != .relu
          ? .glorotUniform(fanIn: inputs, fanOut: layer.outputs) : .heNormal(fanIn: inputs)))
    shape[shape.count - 1] = layer.outputs
    words.append("\(layer.outputs)")
    addActivation(layer.activation, named: own)
  }

  private mutating func addPool(
    _ kind: Pool2D.Kind, _ layer: PoolDescription, at path: String
  ) throws(ConfigError) {
    let own = name("pool")
    try requireImage(own, at: path)
    try requireFit(layer.size, 0, own, key: "size", at: path)
    bringToImage()
    layers.append(Pool2D(name: own, kind: kind, size: layer.size, stride: layer.stride))
    shape = [
      (shape[0] - layer.size) / layer.stride + 1, (shape[1] - layer.size) / layer.stride + 1,
      shape[2],
    ]
    words.append("\(kind == .maximum ? "max" : "mean")\(layer.size)s\(layer.stride)")
  }

  private mutating func addGlobalPool(
    _ kind: Pool2D.Kind, at path: String
  ) throws(ConfigError) {
    let own = name("globalPool")
    if isFlat { throw misplaced(own, wants: "an image or a sequence", at: path) }
    bringToImage()
    layers.append(GlobalPool(name: own, kind: kind))
    shape = [shape[shape.count - 1]]
    words.append(kind == .maximum ? "globalmax" : "globalmean")
  }

  private mutating func addResidual(
    _ block: ResidualDescription, at path: String
  ) throws(ConfigError) {
    let own = name("residual")
    bringToImage()
    let before = shape
    words.append("(")
    let body = try nested(block.layers, at: path + ".layers")
    let sum = shape
    shape = before
    if !block.shortcut.isEmpty { words.append("|") }
    let shortcut = try nested(block.shortcut, at: path + ".shortcut")
    words.append(")")
    if sum != shape {
      throw ConfigError(
        locate(path),
        .invalid(
          path: path,
          reason:
            "(\(own)) adds \(Self.text(sum)) to \(Self.text(shape)). Use layers that keep the "
            + "shape, or a shortcut that changes it alike"))
    }
    layers.append(Residual(name: own, body: body, shortcut: shortcut))
  }

  /// Layers inside another one.
  private mutating func nested(
    _ descriptions: [LayerDescription], at path: String
  ) throws(ConfigError) -> [any Layer] {
    let outer = layers
    layers = []
    for (index, layer) in descriptions.enumerated() { try add(layer, at: "\(path).\(index)") }
    let inner = layers
    layers = outer
    return inner
  }

  private mutating func addEmbedding(
    _ layer: EmbeddingDescription, at path: String
  ) throws(ConfigError) {
    let own = name("embedding")
    guard layers.isEmpty, path == "layers.0" else {
      throw ConfigError(
        locate(path),
        .invalid(
          path: path, reason: "(\(own)) takes tokens, and those are the input only. Place it first")
      )
    }
    layers.append(Embedding(name: own, vocabulary: layer.vocabulary, outputs: layer.outputs))
    hasFeatures = true
    shape = [elementCount, layer.outputs]
    words.append("embed\(layer.vocabulary)x\(layer.outputs)")
  }

  private mutating func addAttention(
    _ layer: AttentionDescription, at path: String
  ) throws(ConfigError) {
    let own = name("attention")
    try requireSequence(own, at: path)
    guard shape[1] % layer.heads == 0 else {
      throw ConfigError(
        locate(path + ".heads"),
        .invalid(
          path: path + ".heads",
          reason: "of \(own) is \(layer.heads), and there are \(shape[1]) features. Use a divisor"))
    }
    layers.append(
      Attention(name: own, features: shape[1], heads: layer.heads, isCausal: layer.causal))
    words.append("attention\(layer.heads)\(layer.causal ? "causal" : "")")
  }

  private mutating func addActivation(_ activation: Activation, named name: String) {
    switch activation {
    case .none: return
    case .relu: layers.append(ReLU(name: name))
    case .tanh: layers.append(Squash(name: name, function: .tanh))
    case .sigmoid: layers.append(Squash(name: name, function: .logistic))
    case .gelu: layers.append(GELU(name: name))
    }
    words.append(activation.rawValue)
  }

  /// Shades of grey come as `[rows, columns]`: the first layer that wants features gets one.
  private mutating func bringToImage() {
    if hasFeatures || isFlat { return }
    hasFeatures = true
    layers.append(Reshape(name: "image", shape: shape))
  }

  private mutating func flatten() {
    if isFlat { return }
    shape = [elementCount]
    layers.append(Reshape.flatten(name: "flatten"))
  }

  /// The positions of an image, row by row, become a sequence.
  private mutating func requireSequence(_ own: String, at path: String) throws(ConfigError) {
    if isFlat { throw misplaced(own, wants: "an image or a sequence", at: path) }
    guard shape.count == 3 else { return }
    hasFeatures = true
    shape = [shape[0] * shape[1], shape[2]]
    layers.append(Reshape(name: name("sequence"), shape: shape))
  }

  /// `dense1`, `dense2`, ...
  private mutating func name(_ kind: String) -> String {
    counts[kind, default: 0] += 1
    return "\(kind)\(counts[kind] ?? 1)"
  }

  /// Parameters of a layer, or values of an example, that are certainly a slip of the keyboard are
  /// refused.
  mutating func requireModestSize(at path: String) throws(ConfigError) {
    try requireAtMost(
      Self.exampleLimit, elementCount, "values of an image",
      remedy: "Use fewer outputs, or less padding", at: path)
    for layer in layers[countedLayers...] {
      parameterCount += layer.parameters.reduce(0) { $0 + $1.type.elementCount }
    }
    countedLayers = layers.count
    try requireAtMost(
      Self.parameterLimit, parameterCount, "parameters", remedy: "Use fewer outputs", at: path)
  }

  private func requireAtMost(
    _ limit: Int, _ count: Int, _ what: String, remedy: String, at path: String
  ) throws(ConfigError) {
    guard count > limit else { return }
    throw ConfigError(
      locate(path),
      .invalid(
        path: path,
        reason: "brings the model to \(count) \(what), and \(limit) are the most. \(remedy)"))
  }

  private static let parameterLimit = 1 << 28
  /// A batch of a million such examples still has a size of 64 bits.
  private static let exampleLimit = 1 << 32

  private func requireImage(_ own: String, at path: String) throws(ConfigError) {
    if shape.count != 3 { throw misplaced(own, wants: "an image", at: path) }
  }

  private func misplaced(_ own: String, wants: String, at path: String) -> ConfigError {
    let found = isFlat ? "\(shape[0]) values" : "a sequence of \(Self.text(shape))"
    let before = isFlat ? "the first flatten or dense layer" : "the first attention"
    return ConfigError(
      locate(path),
      .invalid(
        path: path,
        reason: "(\(own)) needs \(wants), and gets \(found). Place it before \(before)"))
  }

  private static func text(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: " x ")
  }

  private func requireFit(
    _ size: Int, _ padding: Int, _ own: String, key: String, at layer: String
  ) throws(ConfigError) {
    guard size > shape[0] + padding || size > shape[1] + padding else { return }
    let path = "\(layer).\(key)"
    throw ConfigError(
      locate(path),
      .invalid(
        path: path,
        reason: "of \(own) is \(size), and the image there is \(shape[0]) x \(shape[1])"
          + (padding > 0 ? " with \(padding / 2) of padding on each side" : "")
          + ". Use a smaller one, or fewer layers that shrink the image before it"))
  }
}

extension ModelDescription {
  /// The model for images of `rows` by `columns` pixels of `features` values, in `classes`.
  ///
  /// - Parameter document: the file that the description was decoded from, for errors to point to.
  /// - Throws: `ConfigError` where a layer cannot take what the one before gives, or the last does
  ///   not give one value a class.
  public func model(
    rows: Int, columns: Int, features: Int = 1, pixelType: DType = .ui8, classes: Int,
    from document: ConfigDocument? = nil
  ) throws(ConfigError) -> LayeredModel {
    let name = self.name
    var assembler = ModelAssembler(
      rows: rows, columns: columns, features: features
    ) {
      document?.location(of: $0) ?? .file("model '\(name)'")
    }
    for (index, layer) in layers.enumerated() {
      let path = "layers.\(index)"
      try assembler.add(layer, at: path, isLast: index == layers.count - 1)
      try assembler.requireModestSize(at: path)
    }
    try requireClasses(classes, gives: assembler.shape, document)
    let isMLP = layers.enumerated().allSatisfy { index, layer in
      switch layer {
      case .dense: true
      case .flatten: index == 0
      default: false
      }
    }
    let image =
      isMLP
      ? "\(rows * columns * features)"
      : "\(rows)x\(columns)" + (features == 1 ? "" : "x\(features)")
    let words = isMLP ? assembler.words.filter { $0 != "relu" } : assembler.words
    return LayeredModel(
      name: name, summary: ([image] + words).joined(separator: isMLP ? "-" : " "), rows: rows,
      columns: columns, features: features, pixelType: pixelType, takesTokens: takesTokens,
      classes: classes, layers: assembler.layers)
  }

  private var takesTokens: Bool { if case .embedding = layers.first { true } else { false } }

  private func requireClasses(
    _ classes: Int, gives shape: [Int], _ document: ConfigDocument?
  ) throws(ConfigError) {
    let path = "layers.\(layers.count - 1)"
    guard case .dense(let last) = layers.last, last.activation == .none else {
      throw ConfigError(
        document?.location(of: path) ?? .file("model '\(name)'"),
        .invalid(
          path: path, reason: "must be a dense layer without activation: it gives the logits"))
    }
    if shape.count > 1 {
      throw ConfigError(
        document?.location(of: path) ?? .file("model '\(name)'"),
        .invalid(
          path: path,
          reason: "gives logits for each of \(shape[0]) positions. Place a globalAveragePool, a "
            + "globalMaxPool or a flatten before it"))
    }
    guard last.outputs != classes else { return }
    throw ConfigError(
      document?.location(of: path + ".outputs") ?? .file("model '\(name)'"),
      .invalid(
        path: path + ".outputs",
        reason: "is \(last.outputs), and the data set has \(classes) classes. Use \(classes)"))
  }
}
