/// A model that a description was made into.
public struct LayeredModel: Model {
  public let name: String
  public let summary: String
  public let rows: Int
  public let columns: Int
  public let features: Int
  public let classes: Int
  public let layers: [any Layer]
}
