internal import ArgumentParser

/// The words of a command line as the parser is to see them.
///
/// The parser silently takes the last of two values, and takes a negative number for an option;
/// here the first is an error, and the second becomes `--option=-1`, so that the option's own check
/// says what it must be.
struct CommandWords {
  private(set) var words: [String]
  private let path: CommandPath
  /// `nil` where no option is given that every command does not have: asking the parser takes long.
  private let declaration: CommandDeclaration?
  /// The words after the command's name.
  private let rest: [String]
  /// Options that were given, and keys of `--set`.
  private var seen: Set<String> = []

  /// - Throws: `CommandFailure.usage` for an option before its subcommand and for one that is
  ///   given twice.
  init(_ arguments: [String], path: CommandPath) throws {
    self.path = path
    words = path.names
    rest = Array(arguments.dropFirst(path.names.count))
    let hasOwn = rest.contains { $0.hasPrefix("--") && !Self.common.contains($0) }
    declaration = hasOwn ? try CommandDeclaration(of: path.runningCommand) : nil
    var index = 0
    while index < rest.count, rest[index] != "--" {
      let next = index + 1 < rest.count ? rest[index + 1] : nil
      index += try take(rest[index], next: next)
    }
    words += rest[index...]
  }

  /// Options of every command.
  private static let common = ["--help", "--version"]

  /// Takes a word, and the next one where that is its value.
  ///
  /// - Returns: how many words were taken.
  private mutating func take(_ word: String, next: String?) throws -> Int {
    guard word.hasPrefix("--") else {
      try requireNoCommand(word)
      words.append(word)
      return 1
    }
    let parts = word.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map(String.init) ?? ""
    let option = declaration?.argument(named: name)
    if option == nil, path.names.isEmpty, !Self.common.contains("--\(name)") {
      try requireOwn(name)
    }
    if let option, !option.isRepeating { try requireFirst(name) }
    let isValueNext = option?.kind == .option && parts.count == 1
    let isNegative = next.map(Self.isNegativeNumber) ?? false
    guard isValueNext, let next, isNegative || !next.hasPrefix("-") else {
      if Self.setting.contains(name), parts.count == 2 {
        try requireFirst(name, setting: String(parts[1]))
      }
      words.append(word)
      return 1
    }
    if Self.setting.contains(name) { try requireFirst(name, setting: next) }
    words += isNegative ? ["\(word)=\(next)"] : [word, next]
    return 2
  }

  /// Options of which each key may be given once.
  private static let setting = ["set", "plugin-option"]

  /// Requires that an option, or a key that it sets, was not given before.
  private mutating func requireFirst(_ name: String, setting: String? = nil) throws(CommandFailure)
  {
    let key = setting.map { "\(name) \($0.prefix { $0 != "=" })" } ?? name
    if seen.insert(key).inserted { return }
    let varied = (declaration?.repeatingOptions ?? []).filter {
      !["--set", "--plugin-option", "--feed"].contains($0)
    }
    let hint =
      path.names == ["compare"] && setting == nil
      ? "; a comparison varies \(varied.dropLast().joined(separator: ", ")) and "
        + "\(varied.last ?? "")" : ""
    throw .usage("--\(key) is given twice\(hint). Leave one out.")
  }

  private static func isNegativeNumber(_ word: String) -> Bool {
    guard word.hasPrefix("-"), let next = word.dropFirst().first else { return false }
    return next.isNumber || next == "." || Double(word) != nil
  }

  /// An option of another command, where none is named: the parser would guess that it is misspelt.
  private func requireOwn(_ name: String) throws {
    // One that is named later is to come first.
    let commands = CommandPath.subcommandNames(of: path.command)
    if rest.contains(where: commands.contains) { return }
    let owners = try Simtrain.configuration.subcommands.filter { command in
      try CommandDeclaration(of: command).argument(named: name) != nil
    }.compactMap { $0.configuration.commandName }
    guard !owners.isEmpty else { return }
    throw CommandFailure.usage(
      "--\(name) is an option of \(owners.map { "'simtrain \($0)'" }.joined(separator: " and ")), "
        + "and no command is named, so that this trains. Name the command first.")
  }

  /// A command's name after options: the parser would take it for an argument.
  private func requireNoCommand(_ word: String) throws(CommandFailure) {
    let choices = CommandPath.subcommandNames(of: path.command)
    guard choices.contains(word), let place = rest.firstIndex(of: word) else { return }
    var others = rest
    others.remove(at: place)
    // `config` and then `show`.
    var command = path.words + [word]
    if let inner = try? CommandPath(path.names + [word]), inner.isIncomplete,
      let next = others.firstIndex(where: {
        CommandPath.subcommandNames(of: inner.command).contains($0)
      })
    {
      command.append(others.remove(at: next))
    }
    throw .usage(
      "'\(word)' stands after an option; put the subcommand first: '"
        + (command + others).map(ResumeHint.quoted).joined(separator: " ") + "'.")
  }
}
