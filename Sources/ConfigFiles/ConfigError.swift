/// What is wrong with a configuration, where, and how to mend it, in one line.
public struct ConfigError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The place to look at.
  package let location: ConfigLocation
  /// What is wrong there.
  package let problem: ConfigProblem

  /// Something wrong at a place.
  package init(_ location: ConfigLocation, _ problem: ConfigProblem) {
    self.location = location
    self.problem = problem
  }

  /// `file:line: what is wrong. How to mend it.`
  public var description: String { "\(location): \(problem)" }
}

/// Every way in which a configuration can be wrong. Paths are dotted: `mxu.rows`.
package enum ConfigProblem: Hashable, Sendable {
  /// No file or folder is there.
  case notFound
  /// Something is there, and it cannot be read.
  case unreadable(reason: String)
  /// The bytes are not UTF-8.
  case notUTF8
  /// The text is not YAML.
  case syntax(String)
  /// The file is SCALE-Sim's, which can be converted.
  case scaleSimConfiguration(path: String)
  /// The text is no `[section]` with `key: value` lines.
  case notSectioned(String)
  /// The file holds no value.
  case empty
  /// Aliases make the document larger than `limit` values.
  case tooLarge(limit: Int)
  /// The top of the file is not a mapping.
  case topLevelNotMapping(found: String)
  /// A key is not plain text.
  case keyNotText
  /// A key stands twice in one mapping.
  case repeatedKey(String)
  /// No type reads this key; `suggestion` is the nearest that one does.
  case unknownKey(path: String, suggestion: String?, valid: [String])
  /// A key that has to be there is not.
  case missingKey(path: String)
  /// The value has another type than the key asks for.
  case wrongType(path: String, expected: String, found: String)
  /// The number does not fit its type.
  case outOfRange(path: String, found: String)
  /// The value is none of the choices, which stand nearest first.
  case unknownChoice(path: String, found: String, choices: [String])
  /// The value decodes but makes no sense.
  case invalid(path: String, reason: String)
  /// An override is not `KEY=VALUE`.
  case malformedOverride
  /// No configuration has this name; `names` stand nearest first, `places` are the folders that were
  /// searched.
  case unknownName(String, names: [String], places: [String], file: String)
}

extension ConfigProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFound: "no such file or folder. Check the path."
    case .unreadable(let reason): "cannot be read: \(reason)."
    case .notUTF8: "not UTF-8 text. Save the file as UTF-8."
    case .syntax(let message): "not valid YAML: \(message)."
    case .scaleSimConfiguration(let path):
      "this is a configuration of SCALE-Sim, not YAML. Convert it with 'simtrain config import "
        + "\(path) > chip.yaml'."
    case .notSectioned(let reason): "\(reason)."
    case .empty: "the file is empty. Write 'key: value' lines."
    case .tooLarge(let limit): "more than \(limit) values once aliases are followed. Use fewer."
    case .topLevelNotMapping(let found):
      "expected 'key: value' lines at the top level; found \(found)."
    case .keyNotText: "a key must be plain text."
    case .repeatedKey(let key): "key '\(key)' stands twice in one mapping. Keep one."
    case .unknownKey(let path, let suggestion?, _):
      "unknown key '\(path)'. Did you mean '\(suggestion)'?"
    case .unknownKey(let path, nil, let valid):
      "unknown key '\(path)'. Valid keys here: \(valid.joined(separator: ", "))."
    case .missingKey(let path): "missing key '\(path)'. Add it; no key has a default."
    case .wrongType(let path, let expected, let found):
      "'\(path)' must be \(expected); found \(found)."
    case .outOfRange(let path, let found): "'\(path)' is out of range: \(found)."
    case .unknownChoice(let path, let found, let choices):
      "'\(path)' cannot be \(found). Use one of: \(choices.joined(separator: ", "))."
    case .invalid(let path, let reason): "'\(path)' \(reason)."
    case .malformedOverride: "expected KEY=VALUE, such as mxu.rows=64."
    case .unknownName(let name, let names, let places, let file):
      "no configuration is called '\(name)'. "
        + (names.isEmpty ? "" : "Use one of: \(names.joined(separator: ", ")). ")
        + (places.isEmpty
          ? "There was nowhere to look: no folder 'Configs' lies beside the program, in the current "
            + "folder or above it. Set SIMTRAIN_CONFIGS to that folder"
          : "Looked in \(places.joined(separator: ", ")), where SIMTRAIN_CONFIGS can add a folder "
            + "of yours")
        + "; or give a file, './\(file)'."
    }
  }
}
