import Foundation
import Testing

@testable import Reports
@testable import simtrain

@Suite("Numbers, tables and lines as a person reads them")
struct RenderingTests {
  @Test(
    "a quantity has three significant digits and the prefix that leaves 1 to 999",
    arguments: [
      (0, "0 s"), (1, "1.00 s"), (0.00123, "1.23 ms"), (4.5e-6, "4.50 µs"), (999.4, "999 s"),
      (999.6, "1.00 ks"), (999_600, "1.00 Ms"), (12_345, "12.3 ks"), (99.96, "100 s"),
      (9.996, "10.0 s"), (1e-15, "1.00 fs"), (-0.002, "-2.00 ms"), (1e21, "1000000 Ps"),
      (.infinity, "inf s"),
    ] as [(Double, String)])
  func engineering(value: Double, text: String) {
    #expect(Quantity.engineering(value, "s") == text)
  }

  @Test(
    "whole numbers are grouped by thousands",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000"),
      (Int.min, "-9,223,372,036,854,775,808"),
    ])
  func grouped(value: Int, text: String) {
    #expect(Quantity.grouped(value) == text)
  }

  @Test(
    "time left reads as a clock",
    arguments: [
      (0, "0:00"), (6.2, "0:07"), (59.5, "1:00"), (3599, "59:59"), (3723, "1:02:03"),
      (.infinity, "-:--"),
    ] as [(Double, String)])
  func countdown(seconds: Double, text: String) {
    #expect(Quantity.countdown(seconds) == text)
  }

  @Test("columns align, and no line ends in blanks")
  func table() {
    var table = TextTable([.left, .right, .left])
    table.add(["a", "1", "x"])
    table.add(["longer", "1,000", ""])
    #expect(table.lines(indent: "  ") == ["  a           1  x", "  longer  1,000"])
  }

  @Test("the progress line never is wider than the terminal", arguments: 0...140)
  func progress(width: Int) {
    let line = ProgressLine(
      epoch: 2, epochs: 5, step: 940, stepsPerEpoch: 1875, loss: 0.12345,
      samplesPerSecond: 98_200, secondsLeft: 3.2
    ).text(width: width)
    #expect(line.count <= width)
    if width >= 120 {
      #expect(
        line
          == "epoch 2/5  [###############...............]   940/1875  loss 0.1235  0:04 left  "
          + "98.2 ksamples/s")
    }
  }

  @Test("JSON is read back by another parser as it was meant")
  func json() throws {
    let text = JSONValue.object([
      .init("a\"\\\n\u{1}é", .text("\"\\\n\t\u{1F}\u{7F}ß")), .init("i", .integer(.min)),
      .init("r", .list([.real(1e-300), .real(0.1), .real(.nan), .null, .flag(true)])),
      .init("e", .object([])), .init("l", .list([])),
    ]).text()
    let read = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(read?["a\"\\\n\u{1}é"] as? String == "\"\\\n\t\u{1F}\u{7F}ß")
    #expect(read?["i"] as? Int == .min)
    let list = try #require(read?["r"] as? [Any])
    #expect(list[0] as? Double == 1e-300)
    #expect(list[1] as? Double == 0.1)
    #expect(list[2] is NSNull && list[3] is NSNull)
    #expect(list[4] as? Bool == true)
  }

  @Test(
    "a word is quoted where a shell would read it otherwise",
    arguments: [
      ("a/b-c_1.h5", "a/b-c_1.h5"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"),
      ("$x", "'$x'"), ("é", "'é'"),
    ])
  func quoting(word: String, quoted: String) {
    #expect(ResumeHint.quoted(word) == quoted)
  }
}
