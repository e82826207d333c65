internal import ConfigFiles
internal import Datasets

extension RunConfig {
  /// What a recipe says, and what the command line says over it.
  ///
  /// - Throws: `ConfigError` for the recipe and for `--set`, `CommandFailure.usage` for an option.
  init(_ options: RecipeOptions) throws {
    self.init()
    if let path = options.recipe {
      try TrainRequest.requireName(path, "--recipe")
      self = try InputKind.expecting(.recipe, name: path, of: "--recipe") {
        var config = try Self.reading(ConfigDocument(contentsOf: path))
        config.startPaths(in: path)
        return config
      }
    }
    try take(options.overrides + options.plugin.overrides)
  }

  /// What a recipe says, and what the command line says over it.
  init(_ options: RunOptions) throws {
    try self.init(options.recipe)
    for field in Self.fields {
      if let word = field.word(options) { try say(field.key, word) }
    }
  }

  /// Takes what an option says.
  ///
  /// - Throws: `CommandFailure.usage` for a word that the option does not take, and where `--set`
  ///   says the same value.
  mutating func say(_ key: String, _ word: String?) throws {
    guard let word, let field = Self.fields.first(where: { $0.key == key }) else { return }
    if case .place(.argument(let argument)) = origins[key] {
      throw CommandFailure.usage(
        "\(field.option) and --set \(argument) say the same value. Leave one out.")
    }
    let before = self
    try field.parse(word, &self)
    origins[key] = .option(field.option)
    forgetRecipe(where: before)
  }

  /// Forgets what a recipe says of a device, a model or a precision in whose place the command line
  /// has put another: its architecture, its widths, its loss scaling.
  private mutating func forgetRecipe(where before: RunConfig) {
    var gone: [String] = []
    if device.name != before.device.name {
      gone += ["device.config", "device.cores"]
      device.overrides.removeAll { overrideOrigins[$0]?.isOfCommand == false }
      if device.overrides.isEmpty { gone.append("device.set") }
    }
    if model.name != before.model.name { gone.append("model.hidden") }
    if precision.policy != before.precision.policy {
      gone.append("precision.stochasticRounding")
      gone += Self.fields.map(\.key).filter { $0.hasPrefix(Self.lossScaleKeys) }
    }
    for key in gone where origins[key]?.isOfCommand == false { forget(key) }
  }

  /// Forgets that a value was said.
  mutating func forget(_ key: String) {
    guard let field = Self.fields.first(where: { $0.key == key }) else { return }
    field.copy(RunConfig(), &self)
    origins[key] = nil
  }

  /// The description in a document: a recipe, or what `--set` says.
  ///
  /// - Throws: `ConfigError` with the place of an unknown key or a value that cannot be.
  private static func reading(_ document: ConfigDocument) throws -> RunConfig {
    var config = try document.decode(RunConfig.self)
    for field in fields where config.origins[field.key] != nil {
      let place = document.location(of: field.key)
      if let problem = field.problem(config) {
        throw ConfigError(place, .invalid(path: field.key, reason: problem))
      }
      config.origins[field.key] = .place(place)
    }
    var seen: Set<Substring> = []
    for (index, override) in config.device.overrides.enumerated() {
      let place = document.location(of: "device.set.\(index)")
      let key = override.prefix { $0 != "=" }
      guard key != override else { throw ConfigError(place, .malformedOverride) }
      // As `--set` has it.
      if !seen.insert(key).inserted {
        throw ConfigError(
          place, .invalid(path: "device.set", reason: "has '\(key)' twice. Leave one out"))
      }
      if sections.contains(String(key.prefix { $0 != "." })) {
        throw ConfigError(
          place,
          .invalid(
            path: "device.set",
            reason: "has '\(key)', which is a key of the run, not of the architecture. Write it as "
              + "one"))
      }
      config.overrideOrigins[override] = .place(place)
    }
    return config
  }

  /// Makes relative paths of files start in the folder of the recipe that names them.
  private mutating func startPaths(in recipe: String) {
    guard let slash = recipe.lastIndex(of: "/") else { return }
    func path(_ name: String) -> String {
      name.hasPrefix("/") ? name : recipe[...slash] + name
    }
    if let config = device.config, ConfigLibrary.isPath(config) { device.config = path(config) }
    if ConfigLibrary.isPath(model.name) { model.name = path(model.name) }
    if case .file(let name) = data.name { data.name = .file(path(name)) }
    for key in [\StepChoice.program, \.state, \.initial, \.predict] {
      step[keyPath: key] = step[keyPath: key].map(path)
    }
  }

  /// Takes what `--set` says: values of the run, and of the architecture.
  private mutating func take(_ arguments: [String]) throws {
    func key(_ argument: String) -> Substring { argument.prefix { $0 != "=" } }
    let ofRun = arguments.filter { Self.sections.contains(String(key($0).prefix { $0 != "." })) }
    if !ofRun.isEmpty {
      let nothing = try ConfigDocument(text: "{}", file: "--set")
      let said = try Self.reading(nothing.applying(overrides: ofRun))
      let before = self
      for field in Self.fields {
        guard let origin = said.origins[field.key] else { continue }
        field.copy(said, &self)
        origins[field.key] = origin
      }
      overrideOrigins.merge(said.overrideOrigins) { $1 }
      forgetRecipe(where: before)
    }
    let ofChip = arguments.filter { !ofRun.contains($0) }
    if ofChip.isEmpty { return }
    let keys = Set(ofChip.map(key))
    device.overrides = device.overrides.filter { !keys.contains(key($0)) } + ofChip
    for argument in ofChip { overrideOrigins[argument] = .option("--set") }
    origins["device.set"] = .option("--set")
  }
}
