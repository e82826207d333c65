import Foundation
import RunLog
import Testing

@testable import Reports
@testable import simtrain

@Suite("Text from outside cannot command the terminal")
struct ShownTextTests {
  @Test("control characters are written out, others stay")
  func escaped() {
    #expect(ShownText.escaped("größe 10 µJ ✔") == "größe 10 µJ ✔")
    #expect(
      ShownText.escaped("a\u{1B}[31mb\r\n\t\u{7F}\u{9B}\u{202E}c")
        == "a\\u{1B}[31mb\\r\\n\\t\\u{7F}\\u{9B}\\u{202E}c")
    #expect(ShownText.escaped("a\nb\tc\u{7}", keepsLines: true) == "a\nb\tc\\u{7}")
  }

  @Test(
    "values above 200 characters are cut, in quotes, by themselves and as a word of the command")
  func cut() {
    let long = String(repeating: "x", count: 5000)
    let spaced = String(repeating: "y z", count: 500)
    #expect(ShownText.message("No device is called '\(long)'. Use: cpu.", words: []).count < 250)
    #expect(ShownText.message("\(long): no such file.", words: []).count < 220)
    #expect(ShownText.message("it's '\(spaced)' that isn't", words: []).count < 230)
    #expect(ShownText.message("no '\(spaced)", words: ["--set=\(spaced)"]).count < 210)
    #expect(ShownText.message("the rest stays: \(long) here", words: []).hasSuffix("x here"))
    let sentence = String(repeating: "a word of a sentence ", count: 20)
    #expect(ShownText.message(sentence, words: []) == sentence)
    #expect(ShownText.message(String(repeating: "word ", count: 5000), words: []).count == 2000)
  }

  @Test("messages, tables and JSON about hostile names hold no control character")
  func processes() throws {
    let place = try Workplace()
    let name = "a\u{1B}]0;owned\u{7}\nb\u{9B}31m"
    let header = RunHeader(
      generator: name, commandLine: [name], seed: 0, device: name, dataset: name, model: name,
      hyperParameters: [RunAttribute("x", .text(name))], config: nil)
    let writer = try RunWriter(
      path: place.path + "/run.h5", header: header, modelsCost: false, now: { 0 })
    writer.finish(.failed, failure: name, summary: [RunAttribute(name, .text(name))])
    for arguments in [
      ["inspect", "run.h5"], ["inspect", "run.h5", "--json"], ["inspect", name], [name],
      ["--device", name], ["--config", name], ["--set", name], ["--data-dir", name],
      ["--\(name)"], ["--resume", name], ["estimate", "--gemm", name], ["config", "show", name],
      ["--model", name], ["estimate", "--workload", name],
    ] {
      let outcome = try place.start(arguments).outcome()
      let text = outcome.output + outcome.errors
      let controls = text.unicodeScalars.filter {
        $0 != "\n" && ($0.value < 0x20 || (0x7F...0x9F).contains($0.value))
      }
      #expect(controls.isEmpty, "\(arguments)")
      #expect(text.contains("owned"), "\(arguments): \(text)")
      if outcome.status != 0 { #expect(outcome.errors.split(separator: "\n").count == 1) }
    }
  }

  @Test("no message shows a value of more than 200 characters whole")
  func longValues() throws {
    let place = try Workplace()
    let long = String(repeating: "long ", count: 800) + String(repeating: "x", count: 1000)
    let file = "description: \(long)\n\(long): 1\nlayers: [{type: \(long)}]\n"
    try Data(file.utf8).write(to: URL(filePath: place.path + "/long.yaml"))
    for arguments in [
      ["--device", long], ["--config", long], ["--set", "\(long)=1"], ["--optimizer", long],
      ["--lr-schedule", long], ["--hidden", long], ["--resume", long], ["--data-dir", long],
      ["inspect", long], ["estimate", "--gemm", long], [long], ["--epochs", long],
      ["--model", "./long.yaml"], ["--config", "./long.yaml"],
    ] {
      let outcome = try place.start(arguments).outcome()
      #expect(outcome.status == 2, "\(arguments[0])")
      #expect(outcome.errors.count < 1200, "\(arguments[0]): \(outcome.errors)")
    }
  }
}
