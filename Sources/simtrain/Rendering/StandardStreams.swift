internal import Glibc

/// Text to standard output and standard error, without buffers.
enum StandardStreams {
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

  /// Writes a line about what is going on to standard error.
  static func note(_ line: String) { write(ShownText.escaped(line) + "\n", to: STDERR_FILENO) }

  /// Writes an error to standard error: one line.
  static func complain(_ message: String) { note("simtrain: error: \(shown(message))") }

  /// Writes a warning to standard error: one line.
  static func warn(_ message: String) { note("simtrain: warning: \(shown(message))") }

  private static func shown(_ message: String) -> String {
    ShownText.message(message, words: Array(CommandLine.arguments.dropFirst()))
  }
}
