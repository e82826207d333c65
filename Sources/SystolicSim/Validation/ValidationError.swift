internal import ConfigFiles
public import DeviceAPI

/// Why a suite could not be run.
public struct ValidationError: InputError, Hashable, Sendable, CustomStringConvertible {
  /// The file and line, or the suite.
  public let place: String
  /// What is wrong, what was expected, how to mend it.
  public let reason: String

  init(_ place: String, _ reason: String) {
    self.place = place
    self.reason = reason
  }

  public var description: String { "\(place): \(reason)" }

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
