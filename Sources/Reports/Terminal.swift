internal import Foundation
internal import Glibc

/// How wide the place is that a stream leads to.
package enum Terminal {
  /// Columns of `descriptor`'s terminal, or those that the user asks for with `COLUMNS`; `nil` for
  /// a file or a pipe, which have no end of line.
  package static func columns(of descriptor: Int32) -> Int? {
    if let asked = ProcessInfo.processInfo.environment["COLUMNS"].flatMap({ Int($0) }), asked > 0 {
      return asked
    }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Columns of standard output.
  package static var outputColumns: Int? { columns(of: STDOUT_FILENO) }

  /// Columns of standard error.
  package static var errorColumns: Int? { columns(of: STDERR_FILENO) }
}
