internal import ConfigFiles
internal import Datasets
internal import Training

/// A model as it is asked for.
struct ModelChoice: Hashable, Sendable {
  /// A name of `Configs/Models`, or the path of a file.
  var name = "mlp"
  /// Widths for the model's hidden layers in place of its own.
  var hidden: [Int]?
  /// Probability for the model's dropout in place of its own.
  var dropout: Double?
}

extension RunConfig {
  /// The model for the images of a data set, with an output for each of its classes.
  ///
  /// - Throws: what is wrong with the model's file, or with the model for such images.
  func makeModel(for data: ImageDataset) throws -> any Model {
    var (description, source) = try ofModel { () -> (ModelDescription, ConfigDocument?) in
      let document = try Surroundings.configLibrary().document(model.name, kind: "Models")
      return (try document.decode(ModelDescription.self), document)
    }
    if let hidden = model.hidden {
      (description, source) = (.mlp(hidden: hidden, classes: data.classes), nil)
    }
    if let dropout = model.dropout {
      description = description.settingDropout(dropout)
      guard description.hasDropout else {
        throw CommandFailure.usage(
          "\(origins["model.dropout"] == nil ? "--dropout" : name(of: "model.dropout")) \(dropout): "
            + "the model '\(model.name)' has no dropout, and no hidden dense layer to put it "
            + "behind. Leave it out.")
      }
    }
    description = description.settingClasses(data.classes)
    return try ofModel {
      try description.model(
        rows: data.rows, columns: data.columns, features: data.features,
        pixelType: data.pixelType, classes: data.classes, from: source)
    }
  }

  private func ofModel<Result>(_ body: () throws -> Result) throws -> Result {
    try locating("model.name") {
      try InputKind.expecting(.model, name: model.name, of: "--model", body)
    }
  }
}
