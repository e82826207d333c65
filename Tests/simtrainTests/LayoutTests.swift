import Foundation
import Testing

@testable import Reports
@testable import simtrain

@Suite("Tables and lines in a narrow terminal")
struct LayoutTests {
  private static let table: TextTable = {
    var table = TextTable([.left, .right, .right, .right])
    table.add(["", "total", "share", "a steady step"])
    table.add(["compute (MXU)", "12,000", "6.4 %", "600"])
    table.add(["host link", "558", "0.3 %", "0"])
    return table
  }()

  @Test("a table that fits is as it is without a limit")
  func fits() {
    let free = Self.table.lines(indent: "  ", columns: nil)
    let width = free.map(\.count).max() ?? 0
    #expect(Self.table.lines(indent: "  ", columns: width) == free)
    #expect(Self.table.lines(indent: "  ", columns: width - 1) != free)
  }

  @Test("columns that have no room follow below, beside the first column")
  func blocks() {
    #expect(
      Self.table.lines(indent: "  ", columns: 40) == [
        "                  total  share",
        "  compute (MXU)  12,000  6.4 %",
        "  host link         558  0.3 %",
        "",
        "                 a steady step",
        "  compute (MXU)            600",
        "  host link                  0",
      ])
  }

  @Test("a last column of words goes on in its column; a word longer than it stays whole")
  func words() {
    var table = TextTable([.left, .left])
    table.add(["time", "5.23 ms (training steps 4.30 ms)"])
    table.add(["run file", "runs/a-path-that-is-longer-than-the-room.h5"])
    #expect(
      table.lines(columns: 30) == [
        "time      5.23 ms (training", "          steps 4.30 ms)",
        "run file  runs/a-path-that-is-longer-than-the-room.h5",
      ])
  }

  @Test("a row without words in a block has no line there")
  func emptyRows() {
    var table = TextTable([.right, .left, .right])
    table.add(["run", "a device of some length", "accuracy"])
    table.add(["", "", "+0.10"])
    #expect(
      table.lines(columns: 30) == [
        "run  a device of some length", "", "run  accuracy", "        +0.10",
      ])
  }

  @Test("the line of an epoch keeps to one line, what matters most last to go", arguments: 30...120)
  func epochLine(width: Int) {
    let line = EpochLine(
      epoch: 2, epochs: 5, trainLoss: 0.1234, testLoss: 0.2, testAccuracy: 0.957,
      samplesPerSecond: 98_200, seconds: 1.99)
    let text = line.text(width: width)
    #expect(text.count <= width)
    #expect(text.hasPrefix("epoch 2/5  ") && text.contains("95.70 %"))
    #expect(
      line.text(width: nil)
        == "epoch 2/5  train loss 0.1234  test loss 0.2000  test accuracy 95.70 %  "
        + "98.2 ksamples/s  1.99 s")
    #expect(line.text(width: 40) == "epoch 2/5  loss 0.1234  accuracy 95.70 %")
  }

  @Test("sentences are broken at blanks and go on further in")
  func prose() {
    #expect(
      Prose.fitted("  one two three four five six\nshort\n", columns: 20)
        == "  one two three\n    four five six\nshort\n")
  }

  @Test("no report is wider than the terminal", arguments: [40, 80])
  func reports(columns: Int) throws {
    let place = try Workplace()
    let small = ["--epochs", "2", "--log", "run.h5"]
    for words in [
      small, ["inspect", "run.h5"], ["estimate", "--gemm", "512x4096x4096", "--explain"],
      ["config", "list"], ["devices"], ["validate", "--suite", "scalesim"],
      ["compare", "--precision", "fp32", "--precision", "bf16", "--epochs", "1", "--no-log"],
    ] {
      let outcome = try place.run(words, with: ["COLUMNS": "\(columns)"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      for line in (outcome.output + outcome.errors).split(separator: "\n")
      where line.count > columns {
        // One word, such as a path, is not broken.
        let rest = line.drop { $0 == " " }
        #expect(rest.split(separator: "  ").last?.contains(" ") == false, "\(words): \(line)")
      }
    }
  }
}
