internal import Datasets
public import GraphIR

/// A classifier of images: layers one after another.
public protocol Model: Sendable {
  /// The name by which it is asked for: `mlp`.
  var name: String { get }
  /// What identifies its shape, for reports and checkpoints: `784-128-10`.
  var summary: String { get }
  /// Height of the images.
  var rows: Int { get }
  /// Width of the images.
  var columns: Int { get }
  /// Values of a pixel; 1 unless a model says otherwise.
  var features: Int { get }
  /// The type of a pixel's values: `ui8`, which are scaled to 0...1, unless a model says otherwise;
  /// or `f32`, taken as they are.
  var pixelType: DType { get }
  /// The images hold whole numbers that mean tokens, and are not scaled; `false` unless a model says
  /// otherwise.
  var takesTokens: Bool { get }
  /// Number of classes, which is the width of the last layer.
  var classes: Int { get }
  /// The first takes f32 `[batch, rows, columns]`, with `features` behind them where there is more
  /// than one; the last gives f32 `[batch, classes]`.
  var layers: [any Layer] { get }
}

extension Model {
  /// Images of one value a pixel, unless a model says otherwise.
  public var features: Int { 1 }

  /// Pixels are bytes, unless a model says otherwise.
  public var pixelType: DType { .ui8 }

  /// Images are pixels, unless a model says otherwise.
  public var takesTokens: Bool { false }

  /// The shape of an image in a graph.
  var imageShape: [Int] { [rows, columns] + (features == 1 ? [] : [features]) }

  /// What the model learns, in the order of the layers.
  public var parameters: [StateTensor] { layers.flatMap(\.parameters) }

  /// What the model keeps without learning it, in the order of the layers.
  public var statistics: [StateTensor] { layers.flatMap(\.statistics) }

  /// How many tensors of random bits it draws in training.
  var drawCount: Int { layers.reduce(0) { $0 + $1.drawCount } }

  /// Adds the model to a graph, each layer in a scope of its name.
  ///
  /// - Parameters:
  ///   - images: f32 `[batch, rows, columns]`, 0...1 where pixels are `ui8`; tokens from 0 on.
  ///   - parameters: one value for each of `parameters`.
  ///   - statistics: one value for each of `statistics`.
  ///   - key: i32 `[2]`, what the step's random bits come from, for models that draw some.
  ///   - stream: of the first draw.
  /// - Returns: f32 `[batch, classes]`, the logits, and what the layers made besides.
  /// - Throws: `GraphError` if the layers do not fit each other.
  public func output(
    of images: ValueID, parameters: [ValueID], statistics: [ValueID] = [],
    phase: LayerContext.Phase, key: ValueID? = nil, stream: Int = 0,
    in builder: inout GraphBuilder
  ) throws(GraphError) -> ModelOutput {
    var context = LayerContext(
      phase: phase, parameters: parameters, statistics: statistics, key: key, stream: stream)
    let logits = try layers.output(of: images, &context, in: &builder)
    return ModelOutput(
      logits: logits, statistics: context.statistics, constants: context.constants)
  }
}

extension Model {
  /// - Throws: `TrainingError.dataMismatch` for images or classes that the model does not take.
  func check(_ data: ImageDataset) throws(TrainingError) {
    let shape = [data.rows, data.columns] + (data.features == 1 ? [] : [data.features])
    if shape != imageShape {
      func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " x ") }
      throw .dataMismatch(
        dataset: data.name, found: "images of \(text(shape))", expected: text(imageShape))
    }
    if data.pixelType != pixelType {
      throw .dataMismatch(
        dataset: data.name, found: "pixels of \(data.pixelType)", expected: "\(pixelType)")
    }
    if data.classes != classes {
      throw .dataMismatch(
        dataset: data.name, found: "\(data.classes) classes", expected: "\(classes)")
    }
    if data.count == 0 {
      throw .dataMismatch(dataset: data.name, found: "no images", expected: "at least one")
    }
  }
}

/// What a model adds to a graph.
public struct ModelOutput {
  /// f32 `[batch, classes]`.
  package var logits: ValueID
  /// The statistics after the step, in the order of the model's.
  package var statistics: [ValueID]
  /// Values that differentiation holds constant.
  package var constants: [ValueID]
}
