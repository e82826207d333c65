internal import ConfigFiles
internal import Reports
internal import Training

extension ConfigKind {
  /// Above the kind's list.
  var title: String {
    switch self {
    case .chips: "Architectures (--config)"
    case .models: "Models (--model), for images of 28 x 28 in 10 classes"
    case .energy: "Energy tables (energy.table of an architecture)"
    case .dram: "Memory standards (dram.banked.standard of an architecture)"
    case .area: "Tables of areas (area.table of an architecture)"
    }
  }

  /// The configuration of that name, of the first kind that has it, or the file of that path.
  ///
  /// - Throws: what is wrong with the file, or that `command` cannot show such a one.
  static func find(
    _ nameOrPath: String, in library: ConfigLibrary, for command: String
  ) throws -> (kind: ConfigKind, document: ConfigDocument) {
    try InputKind.expecting(
      .chip, .model, .config(.energy), .config(.dram), .config(.area), .workload,
      name: nameOrPath, of: "'\(command)'"
    ) { try find(nameOrPath, in: library) }
  }

  private static func find(
    _ nameOrPath: String, in library: ConfigLibrary
  ) throws(ConfigError) -> (kind: ConfigKind, document: ConfigDocument) {
    if let kind = ConfigKind(named: nameOrPath, in: library) {
      return (kind, try library.document(nameOrPath, kind: kind.rawValue))
    }
    let document: ConfigDocument
    do {
      document = try library.document(nameOrPath, kind: ConfigKind.chips.rawValue)
    } catch {
      guard case .unknownName = error.problem else { throw error }
      let names = allCases.flatMap { library.names(of: $0.rawValue) } + library.workloadNames
      throw ConfigError(
        .file("Configs"),
        .unknownName(
          nameOrPath, names: Spelling.nearestFirst(nameOrPath, among: names),
          places: library.roots, file: nameOrPath + ".yaml"))
    }
    return (ConfigKind(of: document) ?? .chips, document)
  }

  /// Decodes the configuration and says in one line what it is.
  ///
  /// - Throws: what is wrong with it.
  func summary(_ document: ConfigDocument, library: ConfigLibrary) throws -> String {
    if let config = try ChipConfig(document, kind: self, library: library) { return config.summary }
    let model = try Self.model(document)
    return "\(model.name): \(model.summary), "
      + "\(Quantity.grouped(Self.parameterCount(model))) parameters"
  }

  /// What follows from the configuration, as YAML comments; empty if nothing does.
  ///
  /// - Throws: what is wrong with it.
  func comments(_ document: ConfigDocument, library: ConfigLibrary) throws -> String {
    if let config = try ChipConfig(document, kind: self, library: library) {
      return config.comments
    }
    let model = try Self.model(document)
    var table = TextTable([.left, .left])
    table.add(["layers", model.summary])
    table.add(["parameters", Quantity.grouped(Self.parameterCount(model))])
    return (["# Derived, for images of 28 x 28 in 10 classes:"] + table.lines(indent: "#   "))
      .joined(separator: "\n") + "\n"
  }

  /// The named configurations of the kind as a table.
  ///
  /// - Throws: what is wrong with one of them.
  func listing(library: ConfigLibrary) throws -> String {
    let documents = try library.names(of: rawValue).map { name throws(ConfigError) in
      (name: name, document: try library.document(name, kind: rawValue))
    }
    guard self == .models else {
      return ChipConfig.listing(
        try documents.compactMap { name, document in
          try ChipConfig(document, kind: self, library: library).map { (name, $0) }
        }, of: self)
    }
    var table = TextTable([.left, .right, .left, .left])
    table.add(["name", "parameters", "description"])
    for (name, document) in documents {
      let model = try Self.model(document)
      let description = try document.decode(ModelDescription.self).description
      table.add([name, Quantity.grouped(Self.parameterCount(model)), description])
    }
    return table.lines().joined(separator: "\n") + "\n"
  }

  private static func model(_ document: ConfigDocument) throws(ConfigError) -> LayeredModel {
    try document.decode(ModelDescription.self)
      .model(rows: 28, columns: 28, classes: 10, from: document)
  }

  static func parameterCount(_ document: ConfigDocument) throws(ConfigError) -> Int {
    parameterCount(try model(document))
  }

  private static func parameterCount(_ model: LayeredModel) -> Int {
    model.parameters.reduce(0) { $0 + $1.type.elementCount }
  }
}
