internal import Foundation

/// Tables and remarks, printed as they come and kept as Markdown.
struct Report {
  private(set) var markdown = ""

  mutating func heading(_ text: String) {
    show("\n\(text)")
    markdown += "\n## \(text)\n"
  }

  mutating func remark(_ text: String) {
    show(text)
    markdown += "\n\(text)\n"
  }

  /// The first column is aligned left, the others right.
  mutating func table(_ columns: [String], _ rows: [[String]]) {
    let widths = columns.indices.map { index in
      ([columns] + rows).map { $0[index].count }.max() ?? 0
    }
    func padded(_ cells: [String]) -> [String] {
      cells.enumerated().map { index, cell in
        let space = String(repeating: " ", count: widths[index] - cell.count)
        return index == 0 ? cell + space : space + cell
      }
    }
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    for cells in [columns] + rows { show("  " + padded(cells).joined(separator: "  ")) }
    let rule = widths.enumerated().map { index, width in
      String(repeating: "-", count: max(width - 1, 2)) + (index == 0 ? "-" : ":")
    }
    markdown += "\n" + line(padded(columns)) + line(rule)
    for cells in rows { markdown += line(padded(cells)) }
  }

  /// At once, also into a pipe: a benchmark that is stopped has shown what it has.
  private func show(_ line: String) {
    print(line)
    fflush(nil)
  }
}

/// A verdict on a figure; a NaN meets nothing.
func verdict(_ isMet: Bool) -> String { isMet ? "met" : "NOT met" }
