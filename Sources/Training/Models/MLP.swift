/// The classic multilayer perceptron: flatten, then dense layers with ReLU between them.
///
/// Hidden layers start He-normal, the output layer Glorot-uniform, biases at zero.
public struct MLP: Model {
  /// `mlp`.
  public var name: String { "mlp" }
  /// The widths: `784-128-10`.
  public let summary: String
  /// Height of the images.
  public let rows: Int
  /// Width of the images.
  public let columns: Int
  /// Width of the last layer.
  public let classes: Int
  /// Dense layers, with ReLU between them.
  public let layers: [any Layer]

  /// - Parameter hidden: the widths of the hidden layers; none makes a linear classifier.
  public init(hidden: [Int] = [128], rows: Int = 28, columns: Int = 28, classes: Int = 10) {
    self.rows = rows
    self.columns = columns
    self.classes = classes
    let widths = [rows * columns] + hidden + [classes]
    summary = widths.map(String.init).joined(separator: "-")
    var layers: [any Layer] = [Reshape.flatten(name: "flatten")]
    for index in hidden.indices {
      let name = "dense\(index + 1)"
      layers.append(
        Dense(
          name: name, inputs: widths[index], outputs: widths[index + 1],
          initializer: .heNormal(fanIn: widths[index])))
      layers.append(ReLU(name: name))
    }
    let inputs = widths[hidden.count]
    layers.append(
      Dense(
        name: "dense\(hidden.count + 1)", inputs: inputs, outputs: classes,
        initializer: .glorotUniform(fanIn: inputs, fanOut: classes)))
    self.layers = layers
  }
}
