internal import Glibc
internal import Reports

/// Text to standard output and standard error, without buffers.
enum StandardStreams {
  /// Takes the numbers of standard streams that are closed, so that no file of ours gets one of
  /// them and is written into; writing to such a stream is an error still.
  static func occupy() {
    for (descriptor, mode) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ] where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free number is this one.
      _ = open("/dev/null", mode)
    }
  }

  /// Writes all of `text`. A reader that has gone away is no error: it has read what it wanted.
  ///
  /// - Returns: whether the text arrived or its reader has gone.
  @discardableResult
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(
          descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0 {
          if errno == EINTR { continue }
          return errno == EPIPE
        }
        written += count
      }
      return true
    }
  }

  /// Writes a command's result to standard output, with what a terminal would obey written out.
  ///
  /// - Throws: `CommandFailure.runtime` if it cannot be written.
  static func output(_ text: String) throws(CommandFailure) {
    if !write(ShownText.escaped(text, keepsLines: true), to: STDOUT_FILENO) {
      let reason = String(cString: strerror(errno))
      throw .runtime("cannot write to standard output: \(reason).")
    }
  }

  /// Writes a command's result as one JSON document, or as a report that fits the terminal.
  ///
  /// - Throws: `CommandFailure.runtime` if it cannot be written.
  static func output(
    _ json: @autoclosure () -> JSONValue, or report: @autoclosure () -> String, asJSON: Bool
  ) throws(CommandFailure) {
    try output(asJSON ? json().text() + "\n" : Prose.fitted(report()))
  }

  /// Writes a line about what is going on to standard error; with `columns`, as several where it
  /// is wider.
  static func note(_ line: String, columns: Int? = nil) {
    write(Prose.fitted(ShownText.escaped(line), columns: columns) + "\n", to: STDERR_FILENO)
  }

  /// Writes an error to standard error: one line.
  static func complain(_ message: String) { note("simtrain: error: \(shown(message))") }

  /// Writes a warning to standard error: one line.
  static func warn(_ message: String) { note("simtrain: warning: \(shown(message))") }

  private static func shown(_ message: String) -> String {
    ShownText.message(message, words: Array(CommandLine.arguments.dropFirst()))
  }
}
