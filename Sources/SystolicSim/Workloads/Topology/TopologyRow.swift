internal import Foundation

/// What separates the cells of a row.
enum TopologySeparator: Character, CaseIterable {
  case comma = ","
  case tab = "\t"
  case semicolon = ";"

  /// The one that stands most often in a header.
  init(of header: Substring) {
    self = .comma
    var most = header.count { $0 == "," }
    for other in [Self.tab, .semicolon] {
      let count = header.count { $0 == other.rawValue }
      if count > most { (self, most) = (other, count) }
    }
  }
}

/// One line of a workload file as cells.
struct TopologyRow {
  /// The cells, trimmed; none is blank at the end.
  private(set) var cells: [String] = []
  /// `file:line`.
  let place: String
  /// The last cell has no separator behind it.
  private(set) var endsInText: Bool

  /// - Parameter hasComments: what follows a `#` or `//` in any cell but the first is a comment.
  init(_ line: Substring, separator: TopologySeparator, place: String, hasComments: Bool) {
    self.place = place
    endsInText = true
    var cell = ""
    var isQuoted = false
    var isComment = false
    for character in line {
      if character == "\"", isQuoted || cell.allSatisfy(\.isWhitespace) {
        isQuoted.toggle()
      } else if character == separator.rawValue, !isQuoted {
        cells.append(cell)
        cell = ""
      } else {
        cell.append(character)
        if hasComments, !isQuoted, !cells.isEmpty, character == "#" || cell.hasSuffix("//") {
          cell.removeLast(character == "#" ? 1 : 2)
          isComment = true
          break
        }
      }
    }
    cells = (cells + [cell]).map { $0.trimmingCharacters(in: .whitespaces) }
    if isComment || cells.last?.isEmpty == true { endsInText = false }
    while cells.last?.isEmpty == true { cells.removeLast() }
  }

  /// The cell at `index`; empty where the row ends before it.
  subscript(index: Int) -> String { cells.indices.contains(index) ? cells[index] : "" }

  /// Cells that hold something.
  var filledCount: Int { cells.count { !$0.isEmpty } }

  /// It has no number but perhaps in its first cell, and at least four cells: it can be a header.
  var looksLikeHeader: Bool {
    filledCount > 3 && cells.dropFirst().allSatisfy { Self.number($0) == nil && !$0.contains(":") }
  }

  /// It is one cell that holds a title, not a row whose separator is another.
  var isTitle: Bool {
    guard filledCount == 1, let cell = cells.first(where: { !$0.isEmpty }) else { return false }
    return !cell.contains { "\t;,".contains($0) }
      && cell.split(separator: " ").count { Self.number($0) != nil } < 3
  }

  /// A whole number as a cell spells it; `224.0`, as tables of floats have it, is one.
  static func number(_ text: some StringProtocol) -> Int? {
    if let value = Int(text) { return value }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].allSatisfy({ $0 == "0" }) else { return nil }
    return Int(parts[0])
  }
}
