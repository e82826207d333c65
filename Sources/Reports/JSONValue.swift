/// A JSON document whose keys keep their order.
package enum JSONValue: Equatable, Sendable {
  case null
  case flag(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case list([JSONValue])
  case object([Member])

  package struct Member: Equatable, Sendable {
    package let key: String
    package let value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  package static func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.real) ?? .null }
  package static func optional(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
  package static func optional(_ value: String?) -> JSONValue { value.map(JSONValue.text) ?? .null }

  /// The document, indented by two blanks a level. What JSON cannot say, NaN and infinity, is
  /// `null`.
  package func text(indent: String = "") -> String {
    switch self {
    case .null: "null"
    case .flag(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .real(let value): value.isFinite ? "\(value)" : "null"
    case .text(let value): Self.quoted(value)
    case .list([]): "[]"
    case .object([]): "{}"
    case .list(let values):
      Self.block("[", "]", indent, values.map { $0.text(indent: indent + "  ") })
    case .object(let members):
      Self.block(
        "{", "}", indent,
        members.map { Self.quoted($0.key) + ": " + $0.value.text(indent: indent + "  ") })
    }
  }

  private static func block(
    _ open: String, _ close: String, _ indent: String, _ items: [String]
  ) -> String {
    let separator = ",\n\(indent)  "
    return "\(open)\n\(indent)  " + items.joined(separator: separator) + "\n\(indent)\(close)"
  }

  /// - Source: RFC 8259, section 7.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // All of these are below U+10000.
      case _ where ShownText.isControl(scalar):
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
