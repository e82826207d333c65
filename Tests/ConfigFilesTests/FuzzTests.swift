import ConfigFiles
import Testing

@Suite("Any text")
struct FuzzTests {
  @Test(
    "nesting far beyond any configuration is an error, not a crash",
    arguments: [200, 5000, 100_000])
  func nesting(depth: Int) {
    let text = "a: " + String(repeating: "[", count: depth)
    #expect(throws: ConfigError.self) {
      _ = try ConfigDocument(text: text, file: "chip.yaml").decode(Sample.self)
    }
    let closed = text + String(repeating: "]", count: depth)
    #expect(throws: ConfigError.self) {
      _ = try ConfigDocument(text: closed, file: "chip.yaml").decode(Sample.self)
    }
    let block = (0..<min(depth, 300)).map { String(repeating: " ", count: $0) + "a:" }
    #expect(throws: ConfigError.self) {
      _ = try ConfigDocument(text: block.joined(separator: "\n"), file: "chip.yaml").decode(
        Sample.self)
    }
  }

  @Test("a file with one byte changed decodes or gives one line", arguments: UInt64(1)...4)
  func oneByte(seed: UInt64) {
    var state = seed
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    let alphabet = Array("\0\t\n \"'#&*,-:[]{}|>%@`~!?0e.<aé".utf8)
    for _ in 0..<500 {
      var bytes = Array(Sample.text.utf8)
      bytes[next() % bytes.count] = alphabet[next() % alphabet.count]
      let message = Sample.message(String(decoding: bytes, as: UTF8.self))
      #expect(!message.contains("\n"))
    }
  }
}
