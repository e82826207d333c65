package import ConfigFiles

/// Every key that a chip's file may have, with the values that the named chips give it.
package struct ChipReference: Sendable {
  /// A value, the chips that have it, and where one of them has it from.
  package struct Value: Hashable, Sendable {
    /// As it stands in the file.
    package let text: String
    /// Names of chips, sorted.
    package let chips: [String]
    /// The comment behind the value, the nearest to a publication of those of the chips; absent where
    /// none says where it is from.
    package let source: Source?
  }

  /// What a chip's file says of a value.
  package struct Source: Hashable, Sendable {
    /// The name of the chip.
    package let chip: String
    /// The comment.
    package let text: String

    /// How far it is from a publication: what a source says, what follows from one, what was assumed,
    /// what was chosen.
    fileprivate var distance: Int {
      let marks = [["our own", "as "], ["assumed"], ["[der]"]]
      return marks.firstIndex { $0.contains(where: text.hasPrefix) }.map { marks.count - $0 } ?? 0
    }
  }

  /// A key and its values, the least number first.
  package struct Entry: Hashable, Sendable {
    /// The key.
    package let key: ConfigKey
    /// Empty for a block, and for what each chip has of its own, such as a name.
    package let values: [Value]
  }

  /// All keys in the order in which a chip is read, `extends` first.
  package let entries: [Entry]

  /// The key that `ConfigLibrary` reads before any type does.
  private static let extends = ConfigKey(
    path: ConfigDocument.extendsKey, value: .text, isRequired: false,
    note: KeyNote(
      "The chip that has what this file does not state: a name, or a file beside this one. Blocks "
        + "merge key by key; a list or a single value takes the place of the other's; `null` takes "
        + "an optional block away.", absent: "the file states every required key itself"))

  /// The keys of `ChipArchitecture`, with the values of the chips that `library` finds by name; one
  /// that cannot be read is left out.
  package init(library: ConfigLibrary) throws {
    let chips: [(name: String, document: ConfigDocument)] =
      library.names(of: ConfigKind.chips.rawValue).compactMap { name in
        (try? library.document(name, kind: ConfigKind.chips.rawValue)).map { (name, $0) }
      }
    entries = try ([Self.extends] + ConfigSchema(of: ChipArchitecture.self).keys).map {
      Entry(key: $0, values: Self.values(of: $0, in: chips))
    }
  }

  /// The key of that path and those below it; empty if there is no such key.
  package func entries(at path: String) -> [Entry] {
    entries.filter { $0.key.path == path || $0.key.path.hasPrefix(path + ".") }
  }

  private static func values(
    of key: ConfigKey, in chips: [(name: String, document: ConfigDocument)]
  ) -> [Value] {
    var found: [(text: String, chips: [String], sources: [Source])] = []
    for (name, document) in chips {
      guard let text = document.text(of: key.path) else { continue }
      let comment = document.comment(of: key.path)
      // A value that stands for nothing is typical of nothing.
      if let comment, comment.hasPrefix("n/a") { continue }
      let index = found.firstIndex { isEqual($0.text, text) } ?? found.endIndex
      if index == found.endIndex { found.append((text, [], [])) }
      found[index].chips.append(name)
      if let comment { found[index].sources.append(Source(chip: name, text: comment)) }
    }
    if key.value == .text, found.allSatisfy({ $0.chips.count == 1 }) { return [] }
    let sorted = found.sorted {
      guard let first = Double($0.text), let second = Double($1.text) else { return false }
      return first < second
    }
    return sorted.map { value in
      Value(
        text: value.text, chips: value.chips,
        source: value.sources.min { $0.distance < $1.distance })
    }
  }

  /// Whether two values are the same number, or the same words.
  private static func isEqual(_ first: String, _ second: String) -> Bool {
    if let first = Double(first), let second = Double(second) { return first == second }
    return first == second
  }
}
