/// What a key of a configuration means, as its type says it.
package struct KeyNote: Hashable, Sendable {
  /// One or two sentences.
  package let meaning: String
  /// The unit of a number: `MHz`, `bytes a cycle`; absent for texts and plain ratios.
  package let unit: String?
  /// What holds where the key is absent; absent itself for a key that every file must have.
  package let absent: String?

  /// A note; `absent` for a key that a file may leave out.
  package init(_ meaning: String, unit: String? = nil, absent: String? = nil) {
    self.meaning = meaning
    self.unit = unit
    self.absent = absent
  }
}

/// A configuration type that says what each of its keys means.
package protocol Described: Decodable {
  /// A note for each key by its name.
  static var notes: [String: KeyNote] { get }
}

/// One key that a configuration may have.
package struct ConfigKey: Hashable, Sendable {
  /// What stands behind the key.
  package enum Value: Hashable, Sendable {
    case text, number, wholeNumber, truth, list
    /// One of these words.
    case choice([String])
    /// A mapping with keys of its own.
    case block
  }

  /// The dotted path: `mxu.rows`.
  package let path: String
  /// What stands behind it.
  package let value: Value
  /// Whether every file that has the block must have the key.
  package let isRequired: Bool
  /// What it means; absent where its type does not say so.
  package let note: KeyNote?

  /// A key that no type reads, such as `extends`.
  package init(path: String, value: Value, isRequired: Bool, note: KeyNote?) {
    self.path = path
    self.value = value
    self.isRequired = isRequired
    self.note = note
  }

  /// The block that the key stands in; empty for one at the top.
  package var block: String {
    path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
  }

  /// What stands behind the key, in words: `whole number`.
  package var valueTitle: String {
    switch value {
    case .text: "text"
    case .number: "number"
    case .wholeNumber: "whole number"
    case .truth: "true or false"
    case .list: "list"
    case .choice(let choices): "one of " + choices.joined(separator: ", ")
    case .block: "block"
    }
  }
}
