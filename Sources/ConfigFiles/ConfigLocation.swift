/// Where a configuration value came from: a place in a file, or a `--set` argument.
package enum ConfigLocation: Hashable, Sendable, CustomStringConvertible {
  /// A file as a whole.
  case file(String)
  /// A line of a file, counted from 1.
  case line(file: String, line: Int)
  /// A line and a column of a file, both counted from 1.
  case position(file: String, line: Int, column: Int)
  /// An override, as it was given: `mxu.rows=64`.
  case argument(String)

  /// The line in the file, counted from 1; `nil` if it is not known.
  var line: Int? {
    switch self {
    case .line(_, let line), .position(_, let line, _): line
    case .file, .argument: nil
    }
  }

  package var description: String {
    switch self {
    case .file(let file): file
    case .line(let file, let line): "\(file):\(line)"
    case .position(let file, let line, let column): "\(file):\(line):\(column)"
    case .argument(let argument): "--set \(argument)"
    }
  }
}
