internal import Datasets
internal import DeviceAPI
internal import GraphIR
internal import Training

/// A training step of the user's own, as it is asked for.
struct StepChoice: Hashable, Sendable {
  /// Path of the step.
  var program: String?
  /// Numbers of the arguments that the batch goes to.
  var images: Int?
  var labels: Int?
  /// A file of arrays with the first state, or a program whose results are that.
  var state: String?
  var initial: String?
  /// Number of the result that is the loss, where there are several that could be.
  var loss: Int?
  /// Path of a program that looks at images.
  var predict: String?
}

extension RunConfig {
  /// What belongs to a model and an optimizer of ours, which a step of the user's has none of.
  private static let keysOfModels = [
    "model.", "optimizer.", "precision.", "training.batchSize", "training.shards",
    "device.cores",
  ]

  /// Whether a value says something of this run: of a model, or of a step of the user's.
  func concernsStep(_ key: String) -> Bool {
    step.program == nil
      ? !key.hasPrefix("step.") : !Self.keysOfModels.contains(where: key.hasPrefix)
  }

  /// Checks that what was said goes together.
  ///
  /// - Parameter isResumed: then the state is the checkpoint's.
  func checkStep(isResumed: Bool) throws(CommandFailure) {
    if let field = Self.fields.first(where: { origins[$0.key] != nil && !concernsStep($0.key) }) {
      guard let program = step.program else {
        throw .usage("\(name(of: field.key)) is about --step, which is not given. Leave it out.")
      }
      throw .usage(
        "\(name(of: field.key)): the step \(program) brings its own model, optimizer, types and batch. "
          + "Leave it out.")
    }
    guard let program = step.program else { return }
    guard step.images != nil, step.labels != nil else {
      throw .usage(
        "--step \(program): which arguments does the batch go to? Say --feed images=I and "
          + "--feed labels=J with their numbers.")
    }
    if isResumed { return }
    switch (step.state, step.initial) {
    case (nil, nil):
      throw .usage(
        "--step \(program) needs its first state: give the arrays in0, in1, ... with --state FILE.npz, or "
          + "a program whose results they are with --init INIT.mlir.")
    case (.some(let state), .some(let initial)):
      throw .usage(
        "--state \(state) and --init \(initial) both say the first state. Leave one out.")
    default: return
    }
  }
}

/// A step of the user's own, read.
struct StepProgram {
  private let choice: StepChoice
  private let path: String
  private let file: ProgramFile
  private let step: ImportedStep
  private let prediction: ImportedPrediction?

  /// - Throws: what is wrong with its files.
  init?(_ choice: StepChoice, on device: any Device) throws {
    guard let path = choice.program, let images = choice.images, let labels = choice.labels else {
      return nil
    }
    self.choice = choice
    self.path = path
    file = try ProgramFile(path: path)
    try file.requireMemory()
    let graph = try file.graph.computingProducts(nil, on: device)
    let step = try ImportedStep(
      graph, name: path, images: images, labels: labels, loss: choice.loss)
    self.step = step
    prediction = try choice.predict.map { path in
      let file = try ProgramFile(path: path)
      try file.requireMemory()
      let graph = try file.graph.computingProducts(nil, on: device)
      return try ImportedPrediction(graph, name: path, for: step)
    }
  }

  /// What the training loop runs.
  ///
  /// - Parameter seed: of the first state; `nil` where a checkpoint has it.
  func program(for data: ImageDataset, seed: UInt64?) throws -> TrainingProgram {
    try TrainingProgram(
      importing: step, prediction: prediction, initial: seed.map(initialState),
      checksum: file.checksum, data: data)
  }

  // MARK: The first state

  private func initialState(seed: UInt64) throws -> [Literal] {
    if let state = choice.state { return try ProgramArrays.values(of: step.state, in: state) }
    guard let path = choice.initial else { return [] }
    let file = try ProgramFile(path: path)
    try file.requireMemory()
    let graph = file.graph
    let wanted = step.state
    let found = graph.results.map { graph.type(of: $0.value) }
    guard found == wanted.map(\.type) else {
      let place = zip(found, wanted).enumerated().first { $1.0 != $1.1.type }
      throw CommandFailure.usage(
        place.map { index, pair in
          "\(path): its result out\(index) is \(pair.0), and '\(pair.1.name)' of \(self.path) is "
            + "\(pair.1.type). Its results are the step's arguments that are not fed, in their order."
        }
          ?? "\(path): it has \(found.count) results, and the state of \(self.path) is \(wanted.count) "
          + "arguments. Its results are the step's arguments that are not fed, in their order.")
    }
    // The same numbers for every device.
    let device = try RunDevice(DeviceChoice(name: DeviceCatalog.hostName)).device
    return try device.values(
      of: graph, [Self.seedArgument(of: graph, seed, path)].compactMap(\.self))
  }

  /// The seed as the program takes it: a number, or the key that `jax.random.key` makes of one.
  private static func seedArgument(
    of graph: Graph, _ seed: UInt64, _ path: String
  ) throws -> Literal? {
    guard let parameter = graph.parameters.first else { return nil }
    let type = parameter.type
    if graph.parameters.count == 1, type.shape == [2], type.dtype == .ui32 || type.dtype == .i32 {
      let words = [seed >> 32, seed & 0xffff_ffff].map { UInt32($0) }
      return Literal(
        type, words.map { type.dtype == .i32 ? Double(Int32(bitPattern: $0)) : Double($0) })
    }
    if graph.parameters.count == 1, type.rank == 0, !type.dtype.isFloatingPoint, type.dtype != .i1 {
      return Literal(type, [Double(seed & 0x7fff_ffff)])
    }
    throw CommandFailure.usage(
      "\(path): it takes \(graph.parameters.count) arguments, the first \(type). A program that makes "
        + "the first state takes none, or the seed as an integer or as a key, tensor<2xui32>.")
  }
}

extension Device {
  /// Executes a graph once.
  func values(
    of graph: Graph, _ inputs: [Literal], options: CompileOptions = CompileOptions()
  ) throws -> [Literal] {
    let executable = try compile(graph, options: options)
    let arguments = try inputs.map { try makeBuffer($0) }
    let results = try graph.results.map { result in
      try result.donatedParameter.map { arguments[$0] } ?? makeBuffer(graph.type(of: result.value))
    }
    try executable.execute(inputs: arguments, outputs: results)
    return try results.map { try $0.literal() }
  }
}
