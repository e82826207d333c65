public import ConfigFiles
public import GraphIR

/// Turns a description into layers, following the shape of an example through them.
package struct ModelAssembler {
  /// `[rows, columns, features]`; `[positions, features]` of a sequence; `[elements]` once flattened.
  private(set) var shape: [Int]
  var isFlat: Bool { shape.count == 1 }
  /// The layers see the features: shades of grey come as `[rows, columns]`.
  private var hasFeatures: Bool
  private(set) var layers: [any Layer] = []
  /// What each layer adds to the model's summary.
  private(set) var words: [String] = []
  private var counts: [String: Int] = [:]
  /// Of the layers that were counted.
  private var parameterCount = 0
  private var countedLayers = 0
  /// The path of the layer that gives the logits.
  private let lastPath: String
  /// Where an error about a key of a layer points.
  private let locate: (String) -> ConfigLocation

  init(
    rows: Int, columns: Int, features: Int, layerCount: Int,
    locate: @escaping (String) -> ConfigLocation
  ) {
    shape = [rows, columns, features]
    hasFeatures = features > 1
    lastPath = "layers.\(layerCount - 1)"
    self.locate = locate
  }

  /// Elements of an example.
  var elementCount: Int { shape.reduce(1, *) }

  /// Adds a layer.
  ///
  /// - Parameters:
  ///   - word: what it adds to the model's summary, if anything.
  ///   - shape: of an example behind it; as before unless given.
  mutating func append(_ layer: any Layer, word: String? = nil, shape: [Int]? = nil) {
    layers.append(layer)
    if let word { words.append(word) }
    if let shape { self.shape = shape }
  }

  /// Whether no layer of the description follows.
  func isLast(_ path: String) -> Bool { path == lastPath }

  /// Shades of grey come as `[rows, columns]`: the first layer that wants features gets one.
  mutating func bringToImage() {
    if hasFeatures || isFlat { return }
    hasFeatures = true
    layers.append(Reshape(name: "image", shape: shape))
  }

  mutating func flatten() {
    if isFlat { return }
    shape = [elementCount]
    layers.append(Reshape.flatten(name: "flatten"))
  }

  /// Adds the layer that makes vectors of an input of tokens.
  mutating func takeTokens(_ layer: any Layer, outputs: Int, word: String) {
    hasFeatures = true
    append(layer, word: word, shape: [elementCount, outputs])
  }

  /// The positions of an image, row by row, become a sequence; a sequence stays one.
  mutating func bringToSequence(_ own: String, at path: String) throws(ConfigError) {
    if isFlat { throw misplaced(own, wants: "an image or a sequence", at: path) }
    guard shape.count == 3 else { return }
    hasFeatures = true
    shape = [shape[0] * shape[1], shape[2]]
    layers.append(Reshape(name: name("sequence"), shape: shape))
  }

  /// Layers inside another one, from a shape on.
  ///
  /// - Returns: the layers, and the shape behind them.
  mutating func nested(
    _ descriptions: [LayerDescription], from shape: [Int], at path: String
  ) throws(ConfigError) -> (layers: [any Layer], shape: [Int]) {
    let outer = (layers, self.shape)
    (layers, self.shape) = ([], shape)
    defer { (layers, self.shape) = outer }
    for (index, layer) in descriptions.enumerated() {
      try layer.keys.add(to: &self, at: "\(path).\(index)")
    }
    return (layers, self.shape)
  }

  /// Adds a word to the summary only.
  mutating func note(_ word: String) { words.append(word) }

  func failure(_ path: String, _ reason: String) -> ConfigError {
    ConfigError(locate(path), .invalid(path: path, reason: reason))
  }

  /// A name for the next layer of a kind: `dense1`, `dense2`, ...
  mutating func name(_ kind: String) -> String {
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
    throw failure(
      path, "brings the model to \(count) \(what), and \(limit) are the most. \(remedy)")
  }

  private static let parameterLimit = 1 << 28
  /// A batch of a million such examples still has a size of 64 bits.
  private static let exampleLimit = 1 << 32

  func requireImage(_ own: String, at path: String) throws(ConfigError) {
    if shape.count != 3 { throw misplaced(own, wants: "an image", at: path) }
  }

  func misplaced(_ own: String, wants: String, at path: String) -> ConfigError {
    let found = isFlat ? "\(shape[0]) values" : "a sequence of \(Self.text(shape))"
    let before = isFlat ? "the first flatten or dense layer" : "the first attention"
    return failure(path, "(\(own)) needs \(wants), and gets \(found). Place it before \(before)")
  }

  static func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " x ") }

  func requireFit(
    _ size: Int, _ padding: Int, _ own: String, key: String, at path: String
  ) throws(ConfigError) {
    guard size > shape[0] + padding || size > shape[1] + padding else { return }
    throw failure(
      "\(path).\(key)",
      "of \(own) is \(size), and the image there is \(shape[0]) x \(shape[1])"
        + (padding > 0 ? " with \(padding / 2) of padding on each side" : "")
        + ". Use a smaller one, or fewer layers that shrink the image before it")
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
      rows: rows, columns: columns, features: features, layerCount: layers.count
    ) {
      document?.location(of: $0) ?? .file("model '\(name)'")
    }
    for (index, layer) in layers.enumerated() {
      let path = "layers.\(index)"
      try layer.keys.add(to: &assembler, at: path)
      try assembler.requireModestSize(at: path)
    }
    try requireClasses(classes, gives: assembler.shape, document)
    let isMLP = layers.enumerated().allSatisfy {
      $1.keys is DenseDescription || $0 == 0 && $1.keys is FlattenDescription
    }
    let image =
      isMLP
      ? "\(rows * columns * features)"
      : "\(rows)x\(columns)" + (features == 1 ? "" : "x\(features)")
    let words = isMLP ? assembler.words.filter { $0 != "relu" } : assembler.words
    return LayeredModel(
      name: name, summary: ([image] + words).joined(separator: isMLP ? "-" : " "), rows: rows,
      columns: columns, features: features, pixelType: pixelType,
      takesTokens: layers[0].keys is EmbeddingDescription, classes: classes,
      layers: assembler.layers)
  }

  private func requireClasses(
    _ classes: Int, gives shape: [Int], _ document: ConfigDocument?
  ) throws(ConfigError) {
    let path = "layers.\(layers.count - 1)"
    guard let last = layers.last?.keys as? DenseDescription, last.activation == .none else {
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
