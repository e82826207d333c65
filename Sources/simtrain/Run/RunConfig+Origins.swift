internal import ConfigFiles
internal import Datasets
internal import Training

extension RunConfig {
  /// Where a value was said.
  enum Origin: Hashable, Sendable {
    /// `--dropout`.
    case option(String)
    /// A line of a recipe, or `--set`.
    case place(ConfigLocation)

    /// What a value that was said so is: one can be left out.
    var noun: String { isOfCommand ? "option" : "key" }

    /// Said on the command line.
    var isOfCommand: Bool {
      switch self {
      case .option, .place(.argument): true
      case .place: false
      }
    }
  }

  /// The value at `path` if `key` was said.
  func said<Value>(_ key: String, _ path: KeyPath<RunConfig, Value>) -> Value? {
    origins[key] == nil ? nil : self[keyPath: path]
  }

  /// How errors name a value: `--dropout`, `run.yaml:3: 'model.dropout'`.
  func name(of key: String) -> String {
    switch origins[key] {
    case .option(let option): option
    case .place(.argument): "--set \(key)"
    case .place(let place): "\(place): '\(key)'"
    case nil: "'\(key)'"
    }
  }

  /// Runs `body`, which compares a run with its checkpoint.
  ///
  /// - Throws: what `body` throws; a contradiction with the place where a recipe or `--set` said it.
  func locatingMismatch<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as TrainingError {
      guard case .checkpointMismatch(let setting, _, _) = error,
        let field = Self.fields.first(where: { $0.setting == setting }),
        let origin = origins[field.key]
      else { throw error }
      throw Self.located(error, origin)
    }
  }

  /// A file or a configuration that a run needs.
  enum Need: String {
    case config = "architecture"
    case dataset = "data set"
    case model
    case step

    fileprivate var key: String {
      switch self {
      case .config: "device.config"
      case .dataset: "data.name"
      case .model: "model.name"
      case .step: "step.program"
      }
    }
  }

  /// Runs `body`, which reads what the run needs.
  ///
  /// - Throws: what `body` throws; where nothing is there under the name that the checkpoint `saved`
  ///   has for it, what can be done.
  func finding<Result>(
    _ need: Need, _ saved: SavedRun?, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch {
      guard let saved, origins[need.key] == nil, Self.isMissing(error),
        let field = Self.fields.first(where: { $0.key == need.key })
      else { throw error }
      throw CommandFailure.usage(
        "\(saved.path): the checkpoint's \(need.rawValue), '\(field.text(self))', is not found. "
          + "Start simtrain in the folder where the run was started, or name it with "
          + "\(field.option).")
    }
  }

  private static func isMissing(_ error: any Error) -> Bool {
    switch error {
    case DatasetError.missingFile: return true
    case let error as ConfigError:
      switch error.problem {
      case .notFound, .unknownName: return true
      default: return false
      }
    default: return false
    }
  }

  /// Runs `body`, which uses the value of `key`.
  ///
  /// - Throws: what `body` throws; where a recipe or `--set` said the value, with its place.
  func locating<Result>(_ key: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      if let origin = origins[key] { throw Self.located(error, origin) }
      throw error
    }
  }

  static func located(_ error: any Error, _ origin: Origin) -> any Error {
    guard case .place(let place) = origin, case .usage(let message) = CommandFailure(error) else {
      return error
    }
    // An override names itself.
    if let error = error as? ConfigError, case .argument = error.location {
      return ConfigError(place, error.problem)
    }
    return CommandFailure.usage("\(place): \(message)")
  }
}
