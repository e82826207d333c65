internal import ArgumentParser

/// A command whose help ends with examples.
protocol ExampledCommand: ParsableCommand {
  /// Command lines, each as a shell takes it.
  static var examples: [String] { get }
}

/// The help of a command.
///
/// The parser fills lines up to the terminal's width; examples stand below its text, one a line
/// however long, so that each can be pasted.
struct HelpPage {
  private let path: CommandPath

  /// - Returns: `nil` if the words ask for no help.
  /// - Throws: `CommandFailure.usage` for help on a command that is none.
  init?(_ arguments: [String]) throws(CommandFailure) {
    let words = Array(arguments.prefix { $0 != "--" })
    let asksByWord = words.first == "help"
    let asksByOption = words.contains { ["--help", "-h"].contains($0) }
    path = try CommandPath(asksByWord ? Array(words.dropFirst()) : words)
    guard asksByWord || asksByOption || (path.isIncomplete && words == path.names) else {
      return nil
    }
  }

  var text: String {
    var text =
      path.names.isEmpty ? Simtrain.helpMessage() : Simtrain.helpMessage(for: path.command)
    while text.last?.isNewline == true { text.removeLast() }
    if let command = path.command as? any ExampledCommand.Type {
      text += "\n\nEXAMPLES:\n" + command.examples.map { "  " + $0 }.joined(separator: "\n")
    }
    return text + "\n"
  }
}
