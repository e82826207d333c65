internal import Datasets
internal import GraphIR

/// Stands for the model of an imported step: images, classes, and how a batch comes to its arguments.
struct ImportedModel: Model {
  let name = "program"
  /// Checksum of the program, which a checkpoint states.
  let summary: String
  let rows: Int
  let columns: Int
  let features: Int
  let pixelType: DType
  let classes: Int
  let layers: [any Layer] = []

  init(_ data: ImageDataset, summary: String) {
    self.summary = summary
    (rows, columns, features) = (data.rows, data.columns, data.features)
    (pixelType, classes) = (data.pixelType, data.classes)
  }

  private var pixelCount: Int { imageShape.reduce(1, *) }

  /// The parameters that a batch is sent to.
  func batch(_ size: Int, in builder: inout GraphBuilder) -> (images: ValueID, labels: ValueID) {
    (
      builder.parameter(
        "images", TensorType([size] + imageShape, pixelType), role: .infeed),
      builder.parameter("labels", TensorType([size], .i32), role: .infeed)
    )
  }

  // MARK: Arguments of the program

  /// Requires that images come to an argument of such a type.
  func check(
    images type: TensorType, of name: String, _ place: String
  ) throws(TrainingError) {
    let isSized = type.rank > 0 && type.shape[0] > 0
    if !isSized || type.elementCount != type.shape[0] * pixelCount {
      let shape = imageShape.map(String.init).joined(separator: " x ")
      throw .unusableProgram(
        name: name,
        reason: "\(place) is \(type), which no batch of images of \(shape) is. Lower it for "
          + "[batch, \(pixelCount)] or a shape of as many")
    }
    if pixelType == .f32, !type.dtype.isFloatingPoint {
      throw .unusableProgram(
        name: name,
        reason: "\(place) is \(type), and the pixels are floating-point numbers. Lower it for f32")
    }
  }

  /// Requires that labels of a batch come to an argument of such a type.
  func check(
    labels type: TensorType, batchSize: Int, of name: String, _ place: String
  ) throws(TrainingError) {
    let isOneHot = type.shape == [batchSize, classes]
    let isIndex = !type.dtype.isFloatingPoint && type.elementCount == batchSize
    guard isOneHot || isIndex, type.dtype != .i1 || isOneHot else {
      throw .unusableProgram(
        name: name,
        reason: "\(place) is \(type), expected integers [\(batchSize)], or one-hot "
          + "[\(batchSize), \(classes)]")
    }
  }

  /// Images as an argument of the program wants them: bytes are scaled to 0...1 where it is of floats;
  /// features stand before rows and columns where its shape says so.
  func fed(
    images: ValueID, as type: TensorType, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    var value = images
    if features > 1, type.shape.dropFirst() == [features, rows, columns],
      imageShape != [features, rows, columns]
    {
      value = try builder.transpose(value, permutation: [0, 3, 1, 2])
    }
    if pixelType == .ui8, type.dtype.isFloatingPoint { value = try builder.scaledPixels(value) }
    return try builder.shaped(value, as: type)
  }

  /// Labels as an argument of the program wants them: numbers, or one-hot.
  func fed(
    labels: ValueID, as type: TensorType, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let size = builder.type(of: labels).elementCount
    guard type.shape == [size, classes] else { return try builder.shaped(labels, as: type) }
    let classIndex = try builder.iota(TensorType(type.shape, .i32), dimension: 1)
    let isLabel = try builder.compare(
      .eq, classIndex, builder.broadcast(labels, to: type.shape, dimensions: [0]))
    return try builder.shaped(isLabel, as: type)
  }
}

/// Stands for the optimizer of an imported step, which has its own.
struct ImportedOptimizer: Optimizer {
  let name = "program"
  let hyperparameters: [Hyperparameter] = []
  let scalarNames: [String] = []
  let slotNames: [String] = []
  let learningRate = 0.0

  func advance(
    scalars: [ValueID], rate: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> (scalars: [ValueID], factors: [ValueID]) { (scalars, []) }

  func update(
    _ parameter: ValueID, gradient: ValueID, slots: [ValueID], factors: [ValueID],
    in builder: inout GraphBuilder
  ) throws(GraphError) -> (parameter: ValueID, slots: [ValueID]) { (parameter, slots) }
}
