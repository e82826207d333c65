public import ConfigFiles

/// Turns a description into layers, following the shape of an example through them.
package struct ModelAssembler {
  /// `[rows, columns, features]`, or `[elements]` once flattened.
  private(set) var shape: [Int]
  private var isFlat = false
  /// Images come as `[rows, columns, features]`.
  private let hasFeatures: Bool
  private(set) var layers: [any Layer] = []
  /// What each layer adds to the model's summary.
  private(set) var words: [String] = []
  private var counts: [String: Int] = [:]
  /// Of the layers that were counted.
  private var parameterCount = 0
  private var countedLayers = 0
  private let layerCount: Int
  /// Where an error about a key of a layer points.
  private let locate: (String) -> ConfigLocation

  init(
    rows: Int, columns: Int, features: Int, layerCount: Int,
    locate: @escaping (String) -> ConfigLocation
  ) {
    shape = [rows, columns, features]
    hasFeatures = features > 1
    self.layerCount = layerCount
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
  func isLast(_ index: Int) -> Bool { index == layerCount - 1 }

  /// Shades of grey come as `[rows, columns]`: the first layer that wants features gets one.
  mutating func bringToImage() {
    if !layers.isEmpty || isFlat || hasFeatures { return }
    layers.append(Reshape(name: "image", shape: shape))
  }

  mutating func flatten() {
    if isFlat { return }
    isFlat = true
    shape = [elementCount]
    layers.append(Reshape.flatten(name: "flatten"))
  }

  /// A name for the next layer of a kind: `dense1`, `dense2`, ...
  mutating func name(_ kind: String) -> String {
    counts[kind, default: 0] += 1
    return "\(kind)\(counts[kind] ?? 1)"
  }

  /// Parameters of a layer, or values of an example, that are certainly a slip of the keyboard are
  /// refused.
  mutating func requireModestSize(at index: Int) throws(ConfigError) {
    try requireAtMost(
      Self.exampleLimit, elementCount, "values of an image",
      remedy: "Use fewer outputs, or less padding",
      at: index)
    for layer in layers[countedLayers...] {
      parameterCount += layer.parameters.reduce(0) { $0 + $1.type.elementCount }
    }
    countedLayers = layers.count
    try requireAtMost(
      Self.parameterLimit, parameterCount, "parameters", remedy: "Use fewer outputs", at: index)
  }

  private func requireAtMost(
    _ limit: Int, _ count: Int, _ what: String, remedy: String, at index: Int
  ) throws(ConfigError) {
    guard count > limit else { return }
    let path = "layers.\(index)"
    throw ConfigError(
      locate(path),
      .invalid(
        path: path,
        reason: "brings the model to \(count) \(what), and \(limit) are the most. \(remedy)"))
  }

  private static let parameterLimit = 1 << 28
  /// A batch of a million such examples still has a size of 64 bits.
  private static let exampleLimit = 1 << 32

  func requireImage(_ own: String, at index: Int) throws(ConfigError) {
    guard isFlat else { return }
    throw ConfigError(
      locate("layers.\(index)"),
      .invalid(
        path: "layers.\(index)",
        reason: "(\(own)) needs an image, and gets \(shape[0]) values. "
          + "Place it before the first flatten or dense layer"))
  }

  func requireFit(
    _ size: Int, _ padding: Int, _ own: String, key: String, at index: Int
  ) throws(ConfigError) {
    guard size > shape[0] + padding || size > shape[1] + padding else { return }
    let path = "layers.\(index).\(key)"
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
    rows: Int, columns: Int, features: Int = 1, classes: Int, from document: ConfigDocument? = nil
  ) throws(ConfigError) -> LayeredModel {
    let name = self.name
    var assembler = ModelAssembler(
      rows: rows, columns: columns, features: features, layerCount: layers.count
    ) {
      document?.location(of: $0) ?? .file("model '\(name)'")
    }
    for (index, layer) in layers.enumerated() {
      try layer.keys.add(to: &assembler, at: index)
      try assembler.requireModestSize(at: index)
    }
    try requireClasses(classes, document)
    let isMLP = layers.dropFirst().allSatisfy { $0.keys is DenseDescription }
    let image =
      isMLP
      ? "\(rows * columns * features)"
      : "\(rows)x\(columns)" + (features == 1 ? "" : "x\(features)")
    let words = isMLP ? assembler.words.filter { $0 != "relu" } : assembler.words
    return LayeredModel(
      name: name, summary: ([image] + words).joined(separator: isMLP ? "-" : " "), rows: rows,
      columns: columns, features: features, classes: classes, layers: assembler.layers)
  }

  private func requireClasses(
    _ classes: Int, _ document: ConfigDocument?
  ) throws(ConfigError) {
    let path = "layers.\(layers.count - 1)"
    guard let last = layers.last?.keys as? DenseDescription, last.activation == .none else {
      throw ConfigError(
        document?.location(of: path) ?? .file("model '\(name)'"),
        .invalid(
          path: path, reason: "must be a dense layer without activation: it gives the logits"))
    }
    guard last.outputs != classes else { return }
    throw ConfigError(
      document?.location(of: path + ".outputs") ?? .file("model '\(name)'"),
      .invalid(
        path: path + ".outputs",
        reason: "is \(last.outputs), and the data set has \(classes) classes. Use \(classes)"))
  }
}
