internal import ConfigFiles

/// Why there is nothing to see: one line that says what was expected.
package struct TraceError: InputError, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
