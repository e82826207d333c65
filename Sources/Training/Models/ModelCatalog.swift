/// The models that can be asked for by name.
public enum ModelCatalog {
  private static let makers: [String: @Sendable (Int, Int, Int) -> any Model] = [
    "mlp": { MLP(rows: $0, columns: $1, classes: $2) }
  ]

  /// Every name, sorted.
  public static var names: [String] { makers.keys.sorted() }

  /// The model called `name` for images of `rows` by `columns` in `classes`.
  ///
  /// - Throws: `TrainingError.unknownModel`.
  public static func model(
    named name: String, rows: Int = 28, columns: Int = 28, classes: Int = 10
  ) throws(TrainingError) -> any Model {
    guard let make = makers[name] else { throw .unknownModel(name: name) }
    return make(rows, columns, classes)
  }
}
