public import ConfigFiles

/// Turns a description into layers, following the shape of an example through them.
struct ModelAssembler {
  /// `[rows, columns, features]`, or `[elements]` once flattened.
  private var shape: [Int]
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

  mutating func add(_ layer: LayerDescription, at index: Int) throws(ConfigError) {
    switch layer {
    case .convolution(let layer): try addConvolution(layer, at: index)
    case .dense(let layer): addDense(layer, at: index)
    case .pool(let kind, let layer): try addPool(kind, layer, at: index)
    case .batchNorm:
      bringToImage()
      layers.append(BatchNorm(name: name("batchNorm"), features: shape[shape.count - 1]))
      words.append("norm")
    case .activation(let function): addActivation(function, named: name("activation"))
    case .dropout(let layer):
      let own = name("dropout")
      if layer.probability > 0 {
        layers.append(Dropout(name: own, probability: layer.probability))
        words.append("drop\(layer.probability)")
      }
    case .flatten: flatten()
    }
  }

  private mutating func addConvolution(
    _ layer: ConvolutionDescription, at index: Int
  ) throws(ConfigError) {
    let own = name("convolution")
    let padding = Conv2D.Padding.zeros(layer.padding)
    try requireImage(own, at: index)
    try requireFit(layer.kernelSize, 2 * layer.padding, own, key: "kernelSize", at: index)
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

  private mutating func addDense(_ layer: DenseDescription, at index: Int) {
    let own = name("dense")
    flatten()
    let inputs = shape[0]
    let isLast = index == layerCount - 1
    layers.append(
      Dense(
        name: own, inputs: inputs, outputs: layer.outputs,
        initializer: isLast || layer.activation != .relu
          ? .glorotUniform(fanIn: inputs, fanOut: layer.outputs) : .heNormal(fanIn: inputs)))
    shape = [layer.outputs]
    words.append("\(layer.outputs)")
    addActivation(layer.activation, named: own)
  }

  private mutating func addPool(
    _ kind: Pool2D.Kind, _ layer: PoolDescription, at index: Int
  ) throws(ConfigError) {
    let own = name("pool")
    try requireImage(own, at: index)
    try requireFit(layer.size, 0, own, key: "size", at: index)
    bringToImage()
    layers.append(Pool2D(name: own, kind: kind, size: layer.size, stride: layer.stride))
    shape = [
      (shape[0] - layer.size) / layer.stride + 1, (shape[1] - layer.size) / layer.stride + 1,
      shape[2],
    ]
    words.append("\(kind == .maximum ? "max" : "mean")\(layer.size)s\(layer.stride)")
  }

  private mutating func addActivation(_ activation: Activation, named name: String) {
    switch activation {
    case .none: return
    case .relu: layers.append(ReLU(name: name))
    case .tanh: layers.append(Squash(name: name, function: .tanh))
    case .sigmoid: layers.append(Squash(name: name, function: .logistic))
    }
    words.append(activation.rawValue)
  }

  /// Shades of grey come as `[rows, columns]`: the first layer that wants features gets one.
  private mutating func bringToImage() {
    if !layers.isEmpty || isFlat || hasFeatures { return }
    layers.append(Reshape(name: "image", shape: shape))
  }

  private mutating func flatten() {
    if isFlat { return }
    isFlat = true
    shape = [elementCount]
    layers.append(Reshape.flatten(name: "flatten"))
  }

  /// `dense1`, `dense2`, ...
  private mutating func name(_ kind: String) -> String {
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

  private func requireImage(_ own: String, at index: Int) throws(ConfigError) {
    guard isFlat else { return }
    throw ConfigError(
      locate("layers.\(index)"),
      .invalid(
        path: "layers.\(index)",
        reason: "(\(own)) needs an image, and gets \(shape[0]) values. "
          + "Place it before the first flatten or dense layer"))
  }

  private func requireFit(
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
      try assembler.add(layer, at: index)
      try assembler.requireModestSize(at: index)
    }
    try requireClasses(classes, document)
    let isMLP = layers.dropFirst().allSatisfy { if case .dense = $0 { true } else { false } }
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
    guard case .dense(let last) = layers.last, last.activation == .none else {
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
