/// The value of an attribute: a scalar, or a list.
package enum HDF5Value: Hashable, Sendable {
  case text(String)
  case integer(Int64)
  case unsigned(UInt64)
  case real(Double)
  case flag(Bool)
  case texts([String])
  case integers([Int64])
  case reals([Double])
}

extension HDF5Value: CustomStringConvertible {
  /// The value as a person would write it; lists in brackets.
  package var description: String {
    switch self {
    case .text(let value): value
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .real(let value): "\(value)"
    case .flag(let value): "\(value)"
    case .texts(let values): "[" + values.joined(separator: ", ") + "]"
    case .integers(let values): "[" + values.map { "\($0)" }.joined(separator: ", ") + "]"
    case .reals(let values): "[" + values.map { "\($0)" }.joined(separator: ", ") + "]"
    }
  }
}
