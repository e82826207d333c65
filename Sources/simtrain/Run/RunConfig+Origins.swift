internal import ConfigFiles

extension RunConfig {
  /// Where a value was said.
  enum Origin: Hashable, Sendable {
    /// `--dropout`.
    case option(String)
    /// A line of a recipe, or `--set`.
    case place(ConfigLocation)

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
