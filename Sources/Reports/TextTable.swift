/// Rows of text in aligned columns.
///
/// A table that is wider than the terminal keeps its shape: the text of a last column of words goes
/// on in its column, other columns that have no room follow below, beside the first column again.
package struct TextTable: Sendable {
  package enum Alignment: Sendable { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// Room that a column of words needs to be worth breaking.
  private static let leastWords = 16

  package init(_ alignments: [Alignment]) { self.alignments = alignments }

  /// Adds a row; a cell is one line.
  package mutating func add(_ cells: [String]) { rows.append(cells.map { ShownText.escaped($0) }) }

  /// The lines, each indented, columns two blanks apart, without blanks at the end.
  ///
  /// - Parameter columns: of the terminal; `nil` for no limit.
  package func lines(indent: String = "", columns: Int? = Terminal.outputColumns) -> [String] {
    let all = Array(alignments.indices)
    guard let columns, indent.count + width(of: all) > columns else {
      return lines(of: all, indent: indent, lastWidth: nil)
    }
    let room = columns - indent.count
    if let last = all.last, alignments[last] == .left {
      let rest = room - width(of: all.dropLast()) - (all.count > 1 ? 2 : 0)
      if rest >= Self.leastWords { return lines(of: all, indent: indent, lastWidth: rest) }
    }
    var lines: [String] = []
    for block in blocks(room: room) {
      if !lines.isEmpty { lines.append("") }
      lines += self.lines(
        of: block, indent: indent,
        lastWidth: block.last.flatMap { last in
          alignments[last] == .left
            ? max(Self.leastWords, room - width(of: block.dropLast()) - 2) : nil
        })
    }
    return lines
  }

  /// The columns in groups that fit into `room`, the first column in each.
  private func blocks(room: Int) -> [[Int]] {
    var blocks: [[Int]] = []
    var block = [0]
    for column in alignments.indices.dropFirst() {
      if block.count > 1, width(of: block + [column]) > room {
        blocks.append(block)
        block = [0]
      }
      block.append(column)
    }
    return blocks + [block]
  }

  private func width(of column: Int) -> Int {
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }

  private func width(of columns: some Collection<Int>) -> Int {
    columns.reduce(0) { $0 + width(of: $1) } + 2 * max(0, columns.count - 1)
  }

  /// - Parameter lastWidth: where the text of the last column ends and goes on below.
  private func lines(of columns: [Int], indent: String, lastWidth: Int?) -> [String] {
    let widths = columns.map { width(of: $0) }
    let before = widths.dropLast().reduce(0) { $0 + $1 + 2 }
    return rows.flatMap { row -> [String] in
      // A row without a word in these columns has its words in others.
      if columns.count < alignments.count, columns.allSatisfy({ $0 >= row.count || row[$0] == "" })
      {
        return []
      }
      var line = indent
      var more: [String] = []
      for (place, column) in columns.enumerated() where column < row.count {
        var cell = row[column]
        if let lastWidth, place == columns.count - 1 {
          let parts = Prose.lines(cell, width: lastWidth)
          cell = parts.first ?? ""
          more = Array(parts.dropFirst())
        }
        let padding = String(repeating: " ", count: max(0, widths[place] - cell.count))
        line += place == 0 ? "" : "  "
        line += alignments[column] == .right ? padding + cell : cell + padding
      }
      let hanging = indent + String(repeating: " ", count: before)
      return ([line] + more.map { hanging + $0 }).map(Self.withoutBlanksAtEnd)
    }
  }

  private static func withoutBlanksAtEnd(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
