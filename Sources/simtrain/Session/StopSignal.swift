internal import CStopSignal

/// Ctrl-C, SIGTERM and SIGHUP.
///
/// They end the process at once, with a sentence and exit status 130, 143 or 129, from its first
/// moments on. Work that has to end in good order defers them: the first is then a wish to stop,
/// and the next kills.
enum StopSignal {
  static var isRequested: Bool { stop_signal_received() != 0 }

  /// The signal that asked to stop, if one did.
  static var signal: Int32? {
    let number = stop_signal_received()
    return number == 0 ? nil : number
  }

  /// From here to the end of the process, a signal is a wish to stop.
  static func `defer`() { stop_signal_defer() }

  /// Runs `body`, which writes files, to its end.
  ///
  /// - Throws: `CommandFailure.interrupted` where a signal came meanwhile; what `body` throws.
  static func deferred<Result>(_ body: () throws -> Result) throws -> Result {
    stop_signal_defer()
    let result = Swift.Result<Result, any Error>(catching: body)
    stop_signal_release()
    if let signal {
      StandardStreams.note("Interrupted; the files that were begun are whole.")
      throw CommandFailure.interrupted(signal: signal)
    }
    return try result.get()
  }
}
