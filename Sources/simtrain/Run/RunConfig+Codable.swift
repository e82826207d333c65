internal import ConfigFiles
internal import Foundation

extension RunConfig: Codable {
  /// Takes the values that are there; the others keep their defaults.
  init(from decoder: any Decoder) throws {
    self.init()
    try read(
      Self.fields.map { ($0.parts[...], $0) }, from: decoder.container(keyedBy: RunKeyPart.self))
  }

  private mutating func read(
    _ fields: [(parts: ArraySlice<RunKeyPart>, field: RunField)], from container: RunField.Reader
  ) throws {
    var seen: Set<RunKeyPart> = []
    for (parts, field) in fields {
      guard let part = parts.first, container.contains(part) else { continue }
      if parts.count == 1 {
        try field.decode(container, part, &self)
        origins[field.key] = .place(.file(""))
      } else if seen.insert(part).inserted {
        // Once a section, so that all its keys are asked for together.
        let section = fields.filter { $0.parts.first == part }
        try read(
          section.map { ($0.parts.dropFirst(), $0.field) },
          from: container.nestedContainer(keyedBy: RunKeyPart.self, forKey: part))
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    for field in Self.fields where applies(field.key) {
      var container = encoder.container(keyedBy: RunKeyPart.self)
      let parts = field.parts
      for part in parts.dropLast() {
        container = container.nestedContainer(keyedBy: RunKeyPart.self, forKey: part)
      }
      if let last = parts.last { try field.encode(self, &container, last) }
    }
  }

  /// Whether the value is about something that this run has.
  private func applies(_ key: String) -> Bool {
    if !concernsStep(key) { return false }
    if key.hasPrefix(Self.lossScaleKeys) { return precision.policy.needsLossScaling }
    return key != "precision.stochasticRounding" || precision.policy == .bf16
  }

  /// The description as a recipe: every value that there is.
  func recipeText() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // JSON is YAML too, and what is read can be written in YAML's own style.
    let json = String(decoding: try encoder.encode(self), as: UTF8.self)
    return try ConfigDocument(text: json, file: "recipe").yaml
  }
}
