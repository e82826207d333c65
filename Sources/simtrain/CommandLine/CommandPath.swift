internal import ArgumentParser
internal import ConfigFiles

/// Which command the words at the start of a command line name.
struct CommandPath {
  /// `["config", "show"]`; empty where no command is named.
  private(set) var names: [String] = []
  private(set) var command: any ParsableCommand.Type = Simtrain.self

  /// - Throws: `CommandFailure.usage` for a word in a command's place that is none.
  init(_ words: [String]) throws(CommandFailure) {
    for word in words {
      guard let next = Self.subcommand(word, of: command) else {
        try requireOption(word)
        return
      }
      names.append(word)
      command = next
    }
  }

  /// The command that runs: `train` where none is named.
  var runningCommand: any ParsableCommand.Type {
    command.configuration.defaultSubcommand ?? command
  }

  /// The command has subcommands, and one has to be named.
  var isIncomplete: Bool {
    !command.configuration.subcommands.isEmpty && command.configuration.defaultSubcommand == nil
  }

  /// `simtrain config show`.
  var words: [String] { ["simtrain"] + names }

  /// Names of the subcommands of a command.
  static func subcommandNames(of command: any ParsableCommand.Type) -> [String] {
    command.configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  private static func subcommand(
    _ name: String, of command: any ParsableCommand.Type
  ) -> (any ParsableCommand.Type)? {
    command.configuration.subcommands.first { $0.configuration.commandName == name }
  }

  /// The parser takes a misspelt command for an argument of `train`; this says what it is.
  private func requireOption(_ word: String) throws(CommandFailure) {
    let choices = Self.subcommandNames(of: command)
    guard !choices.isEmpty, !word.hasPrefix("-") else { return }
    let suggestion = Spelling.suggestion(for: word, among: choices)
    throw .usage(
      "No command is called '\((names + [word]).joined(separator: " "))'. "
        + (suggestion.map { "Did you mean '\((names + [$0]).joined(separator: " "))'?" }
          ?? "Use one of: \(choices.joined(separator: ", "))."))
  }
}
