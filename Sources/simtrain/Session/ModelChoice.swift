internal import ConfigFiles
internal import Datasets
internal import Training

/// A model as it is asked for.
struct ModelChoice: Hashable {
  /// A name of `Configs/Models`, or the path of a file.
  let name: String
  /// Widths for the model's hidden layers in place of its own.
  let hidden: [Int]?
  /// Probability for the model's dropout in place of its own.
  let dropout: Double?

  /// The model for the images of a data set.
  ///
  /// - Throws: what is wrong with the model's file, or with the model for such images.
  func model(for data: ImageDataset) throws -> any Model {
    try InputKind.expecting(.model, name: name, of: "--model") { try read(for: data) }
  }

  private func read(for data: ImageDataset) throws -> any Model {
    let document = try Surroundings.configLibrary().document(name, kind: "Models")
    var description = try document.decode(ModelDescription.self)
    var source: ConfigDocument? = document
    if let hidden {
      description = .mlp(hidden: hidden, classes: data.classes)
      source = nil
    }
    if let dropout {
      description = description.settingDropout(dropout)
      guard description.hasDropout else {
        throw CommandFailure.usage(
          "--dropout \(dropout): the model '\(name)' has no dropout, and no hidden dense layer to "
            + "put it behind. Leave it out.")
      }
    }
    return try description.model(
      rows: data.rows, columns: data.columns, classes: data.classes, from: source)
  }
}
