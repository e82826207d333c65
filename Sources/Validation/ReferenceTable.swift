internal import ConfigFiles
internal import Foundation

/// A table of published figures: a file of `Configs/Validation`.
///
/// Lines of a comma-separated file; the first that is no comment (`#`) names the columns.
struct ReferenceTable: Sendable {
  /// One line.
  struct Row: Sendable {
    let file: String
    let line: Int
    private let fields: [String: String]

    init(file: String, line: Int, fields: [String: String]) {
      self.file = file
      self.line = line
      self.fields = fields
    }

    /// The field of a column as it is written.
    func text(_ column: String) throws(ValidationError) -> String {
      guard let field = fields[column] else {
        throw ValidationError("\(file):\(line)", "there is no column '\(column)'. Add it.")
      }
      return field
    }

    /// The field of a column as a number of a type.
    func number<T: LosslessStringConvertible>(
      _ column: String, as type: T.Type = T.self
    ) throws(ValidationError) -> T {
      let text = try text(column)
      guard let value = T(text) else {
        throw ValidationError(
          "\(file):\(line)", "'\(column)' must be a number (\(type)); found '\(text)'")
      }
      return value
    }
  }

  let rows: [Row]

  /// Reads a file of `Configs/Validation`.
  init(_ name: String, library: ConfigLibrary) throws(ValidationError) {
    let path = try ValidationError.at("Configs/Validation/\(name)") {
      try library.file(name, kind: "Validation")
    }
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(validating: data, as: UTF8.self)
    else { throw ValidationError(path, "cannot be read as UTF-8 text. Restore the file.") }
    try self.init(text: text, file: path)
  }

  init(text: String, file: String) throws(ValidationError) {
    var header: [String]?
    var rows: [Row] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard let header else {
        header = fields
        continue
      }
      guard fields.count == header.count else {
        throw ValidationError(
          "\(file):\(index + 1)",
          "has \(fields.count) fields; the header has \(header.count)")
      }
      rows.append(
        Row(
          file: file, line: index + 1,
          fields: Dictionary(zip(header, fields), uniquingKeysWith: { first, _ in first })))
    }
    if rows.isEmpty { throw ValidationError(file, "has no rows. Restore the file.") }
    self.rows = rows
  }
}
