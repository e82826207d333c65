internal import ConfigFiles

/// Why a suite could not be run.
package struct ValidationError: InputError, Hashable, Sendable, CustomStringConvertible {
  /// The file and line, or the suite.
  package let place: String
  /// What is wrong, what was expected, how to mend it.
  package let reason: String

  init(_ place: String, _ reason: String) {
    self.place = place
    self.reason = reason
  }

  package var description: String { "\(place): \(reason)" }

  /// Runs `body`; what it throws becomes an error at `place`.
  static func at<T>(_ place: String, _ body: () throws -> T) throws(ValidationError) -> T {
    do {
      return try body()
    } catch let error as ValidationError {
      throw error
    } catch {
      throw ValidationError(place, "\(error)")
    }
  }
}
