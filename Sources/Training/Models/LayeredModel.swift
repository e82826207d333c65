public import GraphIR

/// A model that a description was made into.
public struct LayeredModel: Model {
  /// The name in its file.
  public let name: String
  /// What identifies its shape.
  public let summary: String
  /// Height of the images.
  public let rows: Int
  /// Width of the images.
  public let columns: Int
  /// Values of a pixel.
  public let features: Int
  /// The type of a pixel's values.
  public let pixelType: DType
  /// Its first layer is an embedding.
  public let takesTokens: Bool
  /// Width of the last layer.
  public let classes: Int
  /// In the order in which they run.
  public let layers: [any Layer]
}
