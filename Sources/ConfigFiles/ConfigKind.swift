/// The kinds of named configuration: the folders of `Configs`.
public enum ConfigKind: String, CaseIterable, Hashable, Sendable {
  /// Chips, in YAML.
  case chips = "Chips"
  /// Models by their layers.
  case models = "Models"
  /// Energy tables, one a process.
  case energy = "Energy"
  /// Memory standards and their timings.
  case dram = "DRAM"
  /// Areas of the parts of a chip.
  case area = "Area"

  /// One such configuration, with its article.
  package var noun: String {
    switch self {
    case .chips: "an architecture (a chip)"
    case .models: "a model"
    case .energy: "an energy table"
    case .dram: "a memory standard (DRAM)"
    case .area: "a table of areas"
    }
  }

  /// A key at the top of every file of the kind, and of no other kind.
  private var mark: String {
    switch self {
    case .chips: "mxu"
    case .models: "layers"
    case .energy: "processNanometres"
    case .dram: "bankGroups"
    case .area: "referenceProcess"
    }
  }

  /// The kind of a document, by the keys at its top; `nil` for one of no kind.
  package init?(of document: ConfigDocument) {
    let keys = Set(document.settings.compactMap { $0.path.split(separator: ".").first })
    guard let kind = Self.allCases.first(where: { keys.contains(Substring($0.mark)) }) else {
      return nil
    }
    self = kind
  }

  /// The first kind of which `library` has a configuration called `name`.
  package init?(named name: String, in library: ConfigLibrary) {
    guard
      let kind = Self.allCases.first(where: { library.names(of: $0.rawValue).contains(name) })
    else { return nil }
    self = kind
  }
}
