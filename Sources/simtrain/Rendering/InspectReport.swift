internal import Reports
internal import RunLog

/// What one of our files says.
protocol InspectReport {
  /// For a person.
  var text: String { get }
  /// One document, `kind` first.
  var json: JSONValue { get }
}

extension JSONValue {
  /// An object with a member for each attribute.
  init(_ attributes: [RunAttribute]) {
    self = .object(attributes.map { Member($0.name, JSONValue($0.value)) })
  }

  init(_ value: RunValue) {
    switch value {
    case .text(let value): self = .text(value)
    case .integer(let value): self = .integer(Int(value))
    case .unsigned(let value):
      self = Int(exactly: value).map(JSONValue.integer) ?? .text("\(value)")
    case .real(let value): self = .real(value)
    case .flag(let value): self = .flag(value)
    case .texts(let values): self = .list(values.map(JSONValue.text))
    case .integers(let values): self = .list(values.map { .integer(Int($0)) })
    case .reals(let values): self = .list(values.map(JSONValue.real))
    }
  }
}
