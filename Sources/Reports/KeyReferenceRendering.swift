internal import ConfigFiles
package import SystolicModel

/// The keys of an architecture as text, JSON and Markdown.
package struct KeyReferenceRendering {
  private let entries: [ChipReference.Entry]

  package init(entries: [ChipReference.Entry]) { self.entries = entries }

  /// A table of several keys; all there is of a single one.
  package var text: String {
    if entries.count == 1, let entry = entries.first { return Self.page(entry) }
    var table = TextTable([.left, .left, .left, .left])
    table.add(["key", "value", "", "meaning"])
    for entry in entries {
      let key = entry.key
      table.add([
        key.path, key.shortValue + (key.note?.unit.map { ", \($0)" } ?? ""),
        key.isRequired ? "" : "optional", Self.plain(key.note?.meaning ?? ""),
      ])
    }
    return table.lines().joined(separator: "\n") + "\n"
  }

  private static func page(_ entry: ChipReference.Entry) -> String {
    var table = TextTable([.left, .left])
    table.add([entry.key.path, plain(entry.key.note?.meaning ?? "")])
    table.add(["value", entry.key.valueAndUnit])
    table.add(entry.key.need.map(plain))
    var values = TextTable([.left, .left, .left])
    for value in entry.values {
      values.add([value.text, value.chips.joined(separator: ", "), value.credit])
    }
    let typical =
      entry.values.isEmpty ? [] : ["", "Values of named architectures, and their source:"]
    return (table.lines() + typical + values.lines(indent: "  ")).joined(separator: "\n") + "\n"
  }

  package var json: JSONValue {
    .object([.init("keys", .list(entries.map(Self.json)))])
  }

  private static func json(_ entry: ChipReference.Entry) -> JSONValue {
    let key = entry.key
    var members: [JSONValue.Member] = [
      .init("key", .text(key.path)), .init("value", .text(key.shortValue)),
      .init("required", .flag(key.isRequired)), .init("meaning", .text(key.note?.meaning ?? "")),
    ]
    if case .choice(let choices) = key.value {
      members.append(.init("choices", .list(choices.map(JSONValue.text))))
    }
    if let unit = key.note?.unit { members.append(.init("unit", .text(unit))) }
    if let absent = key.note?.absent { members.append(.init("absent", .text(absent))) }
    members.append(
      .init(
        "values",
        .list(
          entry.values.map { value in
            .object(
              [
                .init("value", .text(value.text)),
                .init("architectures", .list(value.chips.map(JSONValue.text))),
              ]
                + (value.source.map {
                  [.init("source", .text($0.text)), .init("sourceOf", .text($0.chip))]
                } ?? []))
          })))
    return .object(members)
  }

  package var markdown: String {
    var lines = [
      "# Every key of a chip", "",
      "Printed by `simtrain config keys --markdown > Docs/chip-reference.md` from the types that read "
        + "a chip's file; `simtrain config keys KEY` prints the part of one key or block. A key is "
        + "required unless the page says what holds where it is absent; the keys of an optional block "
        + "are required where the block is there. Typical values are those of the named chips of "
        + "`Configs/Chips`, with the source that stands beside one of them, the nearest to a publication; the marks ([sec], "
        + "[der], [mem], assumed) are explained at the head of those files.", "",
    ]
    for entry in entries {
      let key = entry.key
      lines += ["\(key.value == .block ? "##" : "###") `\(key.path)`", ""]
      lines += [Self.escaped(key.note?.meaning ?? ""), ""]
      let need = key.need
      lines += [
        "- \(key.valueAndUnit.capitalizedFirst).", "- \(need[0].capitalizedFirst): \(need[1]).", "",
      ]
      if entry.values.isEmpty { continue }
      lines += ["| Typical | Chips | Source |", "|---|---|---|"]
      lines += entry.values.map {
        "| \($0.text) | \($0.chips.joined(separator: ", ")) | \(Self.escaped($0.credit)) |"
      }
      lines.append("")
    }
    return lines.dropLast().joined(separator: "\n") + "\n"
  }

  /// A text of notes without its markup.
  private static func plain(_ text: String) -> String { text.replacing("`", with: "'") }

  /// A text that is a cell of a table and no markup.
  private static func escaped(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("<", with: "&lt;").replacing("*", with: "\\*")
      .replacing("_", with: "\\_")
  }
}

extension ConfigKey {
  /// What stands behind the key, without its choices.
  fileprivate var shortValue: String {
    if case .choice = value { "word" } else { valueTitle }
  }

  fileprivate var valueAndUnit: String {
    valueTitle + (note?.unit.map { ", \($0)" } ?? "")
  }

  /// Whether the key has to be there, and what holds where it is not.
  fileprivate var need: [String] {
    if let absent = note?.absent, !isRequired { return ["absent", absent] }
    return ["required", block.isEmpty ? "in every file" : "in every block `\(block)`"]
  }
}

extension ChipReference.Value {
  /// The source, and which of several chips it is of.
  fileprivate var credit: String {
    source.map { chips.count > 1 ? "\($0.chip): \($0.text)" : $0.text } ?? ""
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
