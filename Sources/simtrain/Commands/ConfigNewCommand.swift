internal import ArgumentParser
internal import ConfigFiles
internal import Foundation

/// `simtrain config new`: an architecture's file to start from.
struct ConfigNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write NAME.yaml here: an architecture like another one, with every key explained.")

  @Argument(help: "Name of the new architecture.")
  var name: String

  @Option(help: ArgumentHelp("Architecture to start from, or its file.", valueName: "chip"))
  var like: String

  @OptionGroup
  var changes: ConfigCommand.Changes

  func run() throws {
    let name = name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    let isName =
      name.contains { $0.isLetter || $0.isNumber } && !name.hasPrefix("-") && !name.hasPrefix(".")
      && name.allSatisfy { $0.isLetter || $0.isNumber || "-_.+".contains($0) }
    guard isName else {
      throw CommandFailure.usage(
        "'\(self.name)' cannot be a name: use letters, digits, '-', '_', '.' and '+'. The file is "
          + "written in the current folder.")
    }
    let library = try Surroundings.configLibrary()
    let document = try InputKind.expecting(.chip, name: like, of: "--like") {
      let document = try library.document(like, kind: ConfigCommand.kind)
        .applying(overrides: changes.overrides)
      try ChipFiles.check(document, library: library)
      return document
    }
    let text = try Self.text(of: document, named: name, like: like, changes.overrides, library)
    let file = name + ".yaml"
    do {
      try Data(text.utf8).write(to: URL(filePath: file), options: .withoutOverwriting)
    } catch let error as CocoaError where error.code == .fileWriteFileExists {
      throw CommandFailure.usage(
        "\(file): is there already, and is not overwritten. Choose another name, or remove it.")
    } catch {
      throw CommandFailure.runtime("\(file): cannot be written: \(error.localizedDescription)")
    }
    try StandardStreams.output(
      "\(file): written. Edit it, then: simtrain config validate ./\(file)\n")
  }

  /// The file: the chip's values under another name, explained.
  static func text(
    of document: ConfigDocument, named name: String, like chip: String, _ overrides: [String],
    _ library: ConfigLibrary
  ) throws -> String {
    let origin = ([chip] + overrides.map { "--set \($0)" }).joined(separator: " ")
    let described = try document.setting("name", to: Self.quoted(name))
      .setting("description", to: Self.quoted("like \(origin)"))
    let keys = try ChipFiles.keys(library: library)
    let head = [
      "\(name), an architecture that starts as \(origin); written by 'simtrain config new'.",
      "Above each key stands what it means, behind its value where \(chip) has it from. Change what",
      "you like; 'simtrain config validate ./\(name).yaml' says what is wrong.",
      "Marks of sources: [sec] a transcription of it; [der] derived; [mem] from memory, unconfirmed.",
      "With 'extends: \(chip)' in place of all that you do not change, the file is as long as your",
      "changes; see 'simtrain config keys extends'.",
    ]
    return head.map { "# \($0.split(whereSeparator: \.isNewline).joined(separator: " "))\n" }
      .joined()
      + described.yaml(explainedBy: keys.filter { $0.path != ConfigDocument.extendsKey })
  }

  private static func quoted(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return "'" + words.replacing("'", with: "''") + "'"
  }
}
