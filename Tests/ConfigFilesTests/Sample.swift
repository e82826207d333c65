import ConfigFiles

/// A small configuration with every shape of value that real ones have.
struct Sample: Codable, Hashable, Validatable {
  struct Unit: Codable, Hashable, Validatable {
    let rows: Int
    let columns: Int

    func validate() throws(ConfigIssue) {
      try ConfigIssue.require("rows", rows, in: 1...1024)
    }
  }

  enum Mode: String, CaseIterable, Codable {
    case none, doubleBuffered, pipelined
  }

  let name: String
  let clock: Double
  let mxu: Unit
  let mode: Mode
  let sizes: [Int]
  let fast: Bool
  let note: String?
  let spare: Unit?

  func validate() throws(ConfigIssue) {
    if sizes.count > 3 { throw ConfigIssue("sizes", "must have at most 3 items") }
    if clock < Double(mxu.rows) {
      throw ConfigIssue("mxu.rows", "must not be above the clock, \(clock); found \(mxu.rows)")
    }
  }

  /// Lines are counted from 1: `name` is on line 1, `rows` on line 4.
  static let text = """
    name: sample
    clock: 940.5
    mxu:
      rows: 128
      columns: 64
    mode: pipelined
    sizes: [1, 2]
    fast: true

    """

  static func document(_ text: String = text) throws(ConfigError) -> ConfigDocument {
    try ConfigDocument(text: text, file: "chip.yaml")
  }

  /// The sample's text with one line replaced.
  static func text(_ line: String, becomes replacement: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0 == line ? replacement : String($0) }
      .joined(separator: "\n")
  }

  /// The error of decoding a text, as the user sees it.
  static func message(_ text: String, set overrides: [String] = []) -> String {
    do {
      let sample = try document(text).applying(overrides: overrides).decode(Sample.self)
      return "no error: \(sample)"
    } catch {
      return error.description
    }
  }
}
