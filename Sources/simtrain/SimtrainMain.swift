internal import ArgumentParser
internal import ConfigFiles
internal import Glibc

/// The program: parses the command line, runs a command, and turns errors into exit statuses.
@main
enum SimtrainMain {
  static func main() {
    // A reader that goes away, or a limit on file sizes, must not cost the run file: writes fail
    // with an error instead.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == UnverifiedFile.argument, arguments.count == 2 {
      Glibc.exit(UnverifiedFile.copyToStandardOutput(arguments[1]))
    }
    do {
      if let word = arguments.first, !word.hasPrefix("-") { try checkCommand(word) }
      var command = try Simtrain.parseAsRoot(arguments)
      try command.run()
    } catch {
      Glibc.exit(report(error, arguments: arguments))
    }
  }

  /// Says what is wrong, in one line, and gives the exit status.
  private static func report(_ error: any Error, arguments: [String]) -> Int32 {
    if Simtrain.exitCode(for: error) == .success {
      // Help and version.
      let text = Simtrain.fullMessage(for: error)
      if !text.isEmpty { StandardStreams.write(text + "\n", to: STDOUT_FILENO) }
      return 0
    }
    if isParserError(error) {
      let help = (["simtrain"] + Simtrain.namedCommand(in: arguments) + ["--help"])
        .joined(separator: " ")
      let message = Simtrain.message(for: error).split(separator: "\n").joined(separator: " ")
      let stop = message.hasSuffix(".") || message.hasSuffix("?") ? "" : "."
      StandardStreams.complain("\(message)\(stop) See '\(help)'.")
      return CommandFailure.usage("").exitCode
    }
    let failure = CommandFailure(error)
    if let message = failure.message { StandardStreams.complain(message) }
    return failure.exitCode
  }

  private static func isParserError(_ error: any Error) -> Bool {
    error is ValidationError || Simtrain.exitCode(for: error) == .validationFailure
  }

  /// The parser takes a misspelt command for an argument of `train`; this says what it is.
  private static func checkCommand(_ word: String) throws(CommandFailure) {
    let names = Simtrain.commandNames
    guard !names.contains(word), word != "help" else { return }
    let suggestion = Spelling.suggestion(for: word, among: names)
    throw .usage(
      "No command is called '\(word)'. "
        + (suggestion.map { "Did you mean '\($0)'?" }
          ?? "Use one of: \(names.joined(separator: ", "))."))
  }
}
