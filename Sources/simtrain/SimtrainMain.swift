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
    StandardStreams.occupy()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == UnverifiedFile.argument, arguments.count >= 2 {
      Glibc.exit(
        UnverifiedFile.copyToStandardOutput(arguments[1], arrays: Array(arguments.dropFirst(2))))
    }
    do {
      try run(arguments)
    } catch {
      Glibc.exit(report(error, arguments: arguments))
    }
  }

  private static func run(_ arguments: [String]) throws {
    if let page = try HelpPage(arguments) { return try StandardStreams.output(page.text) }
    let path = try CommandPath(arguments)
    let words = try CommandWords(arguments, path: path).words
    do {
      var command = try Simtrain.parseAsRoot(words)
      try command.run()
    } catch  where Simtrain.exitCode(for: error) == .success {
      // The version, and what shells ask for.
      let text = Simtrain.fullMessage(for: error)
      if !text.isEmpty { try StandardStreams.output(text + "\n") }
    }
  }

  /// Says what is wrong, in one line, and gives the exit status.
  private static func report(_ error: any Error, arguments: [String]) -> Int32 {
    if error is ArgumentParser.ValidationError
      || Simtrain.exitCode(for: error) == .validationFailure
    {
      let names = (try? CommandPath(arguments).names) ?? []
      let help = (["simtrain"] + (names.isEmpty ? ["train"] : names) + ["--help"])
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
}
