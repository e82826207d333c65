internal import Glibc
internal import Synchronization

/// Turns the first SIGINT, SIGTERM or SIGHUP into a wish to stop; the next kills at once.
enum StopSignal {
  /// The signal that came; 0 as long as none has.
  private static let received = Atomic<Int32>(0)

  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// The signal that asked to stop, if one did.
  static var signal: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Begins to listen. A signal that the process was started to ignore stays ignored.
  static func install() {
    // The handler must find the variable made: making it is not safe in a handler.
    _ = isRequested
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      sigaction(number, nil, &action)
      if action.__sigaction_handler.sa_handler.map({ unsafeBitCast($0, to: Int.self) }) == 1 {
        continue
      }
      action = sigaction()
      action.sa_flags = SA_RESTART
      action.__sigaction_handler.sa_handler = { number in
        StopSignal.received.store(number, ordering: .relaxed)
        Glibc.signal(SIGINT, SIG_DFL)
        Glibc.signal(SIGTERM, SIG_DFL)
        Glibc.signal(SIGHUP, SIG_DFL)
      }
      sigaction(number, &action, nil)
      // Whoever started the process may have had the signal blocked.
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, number)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
  }
}
