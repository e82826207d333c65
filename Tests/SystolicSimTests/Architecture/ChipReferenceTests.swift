import ConfigFiles
import SystolicModel
import Testing

@Suite("Reference of a chip's keys")
struct ChipReferenceTests {
  private func entries() throws -> [ChipReference.Entry] {
    try ChipReference(library: repositoryLibrary()).entries
  }

  @Test("every key that a chip is read by is explained, and no other")
  func complete() throws {
    let schema = try ConfigSchema(of: ChipArchitecture.self)
    #expect(schema.strayNotes == [])
    #expect(try entries().map(\.key.path) == ["extends"] + schema.keys.map(\.path))
    for key in try entries().map(\.key) {
      #expect(key.note?.meaning.hasSuffix(".") == true, "\(key.path)")
      // What an absent key means is said of those that may be absent, and of no other.
      #expect((key.note?.absent != nil) == !key.isRequired, "\(key.path)")
    }
  }

  @Test("every key of a named chip is in the reference")
  func named() throws {
    let library = try repositoryLibrary()
    let known = Set(try entries().map(\.key.path))
    for name in library.names(of: "Chips") {
      let document = try library.document(name, kind: "Chips")
      let own = try ConfigDocument(text: document.text, file: name)
      for (path, _) in document.settings + own.settings { #expect(known.contains(path), "\(path)") }
    }
  }

  /// A document with one key more or less decodes or says so: the reference's "required" is what
  /// decoding asks for.
  @Test("a chip without a required key is refused, without an optional one it is not")
  func required() throws {
    let library = try repositoryLibrary()
    for entry in try entries() where entry.key.path != "extends" {
      let path = entry.key.path
      // A chip that has the key.
      guard
        let document = try library.names(of: "Chips").lazy
          .map({ try library.document($0, kind: "Chips") })
          .first(where: { document in
            document.settings.contains { $0.path == path || $0.path.hasPrefix(path + ".") }
          })
      else { continue }
      let lines = document.effectiveText.split(separator: "\n", omittingEmptySubsequences: false)
      let block = path.split(separator: ".")
      let without = try ConfigDocument(
        text: Self.without(block.map(String.init), lines.map(String.init)), file: "chip.yaml")
      let message: String
      do {
        message = "no error: \(try without.decode(ChipArchitecture.self).name)"
      } catch {
        message = "\(error.problem)"
      }
      if entry.key.isRequired {
        // A block without its only key is no block.
        let isBlockGone = message == "'\(entry.key.block)' must be a mapping; found nothing."
        #expect(
          message == "missing key '\(path)'. Add it; no key has a default." || isBlockGone)
      } else if path.hasSuffix("bytes") {
        #expect(message.hasPrefix("'\(path.dropLast(9))Mebibytes' is missing"), "\(path)")
      } else {
        #expect(message.hasPrefix("no error"), "\(path): \(message)")
      }
    }
  }

  /// The lines without a key and what stands below it.
  private static func without(_ path: [String], _ lines: [String]) -> String {
    var (start, end) = (0, lines.count)
    for (depth, key) in path.enumerated() {
      let indent = String(repeating: " ", count: 2 * depth)
      guard let line = lines[start..<end].firstIndex(where: { $0.hasPrefix("\(indent)\(key):") })
      else { return lines.joined(separator: "\n") }
      let below = lines[(line + 1)..<end].prefix { $0.hasPrefix(indent + "  ") }
      (start, end) = depth == path.count - 1 ? (line, below.endIndex) : (line + 1, below.endIndex)
    }
    return (lines[..<start] + lines[end...]).joined(separator: "\n")
  }

  @Test("typical values are those of the named chips, each with a source")
  func values() throws {
    let rows = try #require(entries().first { $0.key.path == "mxu.rows" })
    #expect(rows.values.map(\.text) == ["8", "32", "128", "256"])
    #expect(rows.values[2].chips.contains("tpu-v3") && rows.values[2].source?.text == "JAX")
    // Of a chip that was chosen and one that was published, the publication.
    let cores = try #require(entries().first { $0.key.path == "cores" }?.values.first)
    #expect(cores.chips.first == "edge-8x8")
    #expect(cores.source?.chip == "tpu-v1" && cores.source?.text == "ISCA 2017")
    for entry in try entries() {
      for value in entry.values where !entry.key.path.hasSuffix(".table") {
        #expect(value.source != nil, "\(entry.key.path) \(value.text)")
      }
    }
    // Names are no typical values.
    #expect(try entries().first { $0.key.path == "name" }?.values == [])
  }

  @Test("a key is found by its path, a block with all that is in it")
  func lookUp() throws {
    let reference = try ChipReference(library: repositoryLibrary())
    #expect(reference.entries(at: "mxu.rows").map(\.key.path) == ["mxu.rows"])
    #expect(
      reference.entries(at: "dma").map(\.key.path) == ["dma", "dma.queues", "dma.setupCycles"])
    #expect(reference.entries(at: "mxu.row") == [])
  }
}
