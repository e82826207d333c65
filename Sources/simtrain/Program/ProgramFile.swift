internal import Foundation
internal import GraphIR
internal import GraphPasses
internal import Reports
internal import StableHLO

/// A program as a file holds it.
struct ProgramFile {
  let path: String
  private(set) var graph: Graph
  /// Of the file's bytes.
  let checksum: String
  /// Where each operation of the graph stands.
  private var places: [SourcePlace]

  /// Reads text or bytecode, whichever the file holds.
  ///
  /// - Throws: `CommandFailure.usage` with line and column, or byte.
  init(path: String) throws(CommandFailure) {
    self.path = path
    let bytes = try Self.bytes(of: path)
    checksum = Self.checksum(of: bytes)
    let isBytecode = bytes.starts(with: BytecodeReader.magic)
    if !isBytecode && bytes.prefix(1024).contains(0) {
      throw .usage(
        "\(path): neither text nor bytecode of a program. Give a StableHLO program (.mlir, .bc).")
    }
    do {
      let tree =
        isBytecode
        ? try BytecodeReader.read(bytes) : try TextReader.read(bytes)
      (graph, places) = try GraphConverter.locatedGraph(of: tree)
    } catch {
      let place: String =
        if case .byte = error.place { "\(path): \(error.place)" } else { "\(path):\(error.place)" }
      throw .usage("\(place): \(error.reason).")
    }
  }

  /// The program as a chip computes it: products of f32 in as many passes as are wanted, `nil` as each
  /// asks. Its operations have no places.
  func computingProducts(_ precision: ProductPrecision?) throws -> ProgramFile {
    var changed = self
    changed.graph = try ProductPrecisionPass(precision).run(graph)
    changed.places = []
    return changed
  }

  /// Requires that this machine can hold its values.
  func requireMemory() throws(CommandFailure) {
    let types = graph.parameters.map(\.type) + graph.results.map { graph.type(of: $0.value) }
    // Constants and literals have 8 bytes an element while they are made.
    let largest = graph.instructions.map { $0.type.elementCount * 8 }.max() ?? 0
    let bytes = types.reduce(largest) { $0 + $1.byteCount }
    let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    if bytes > memory {
      throw .usage(
        "\(path): its values take \(Quantity.engineering(Double(bytes), "B")) and more, and this machine has "
          + "\(Quantity.engineering(Double(memory), "B")). 'simtrain estimate --workload' needs no memory for "
          + "them.")
    }
  }

  /// FNV-1a of 64 bits, in hexadecimal digits.
  ///
  /// - Source: Fowler, Noll, Vo, Eastlake, "The FNV non-cryptographic hash algorithm", IETF draft.
  private static func checksum(of bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Where an operation stands: `line 12`, `byte 340`.
  func place(of value: ValueID) -> String {
    guard places.indices.contains(value.index) else { return "" }
    switch places[value.index] {
    case .text(let line, _): return "line \(line)"
    case let place: return "\(place)"
    }
  }

  /// Whether a path is that of a program, by its name.
  static func isProgram(_ path: String) -> Bool {
    [".mlir", ".mlirbc", ".bc", ".stablehlo"].contains { path.hasSuffix($0) }
  }

  /// More than any program that is no mistake.
  private static let mostBytes = 1 << 30

  private static func bytes(of path: String) throws(CommandFailure) -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .usage("\(path): no such file. Check the path of the program.")
    }
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path)
    guard !isFolder.boolValue, attributes?[.type] as? FileAttributeType == .typeRegular else {
      throw .usage("\(path): no regular file. Give the file of a program (.mlir, .bc).")
    }
    if let size = attributes?[.size] as? Int, size > mostBytes {
      throw .usage("\(path): \(size) bytes, and \(mostBytes) are the most that a program may have.")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .usage("\(path): the file cannot be read. Check its permissions.")
    }
    return [UInt8](data)
  }
}
