internal import ConfigFiles
internal import Reports
internal import Training

extension ConfigKind {
  /// The key of the kind's list in JSON.
  var listName: String {
    switch self {
    case .chips: "architectures"
    case .models: "models"
    case .energy: "energyTables"
    case .dram: "memoryStandards"
    case .area: "areaTables"
    }
  }

  /// The named configurations of the kind.
  ///
  /// - Throws: what is wrong with one of them.
  func json(library: ConfigLibrary) throws -> JSONValue {
    .list(
      try library.names(of: rawValue).map { name in
        let path = try library.path(of: name, kind: rawValue)
        let document = try library.document(name, kind: rawValue)
        return .object(
          [.init("name", .text(name)), .init("file", .text(path))]
            + (try members(document, library: library)))
      })
  }

  private func members(
    _ document: ConfigDocument, library: ConfigLibrary
  ) throws -> [JSONValue.Member] {
    if let config = try ChipConfig(document, kind: self, library: library) {
      return config.members
    }
    let description = try document.decode(ModelDescription.self).description
    return [
      .init("description", .text(description)),
      .init("parameters", .integer(try Self.parameterCount(document))),
    ]
  }
}
