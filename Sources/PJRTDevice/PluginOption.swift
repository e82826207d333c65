internal import CPJRT

/// What a plugin is told when it starts. A value is of the type that it looks like: `true` or `false`,
/// a whole number, a list of them in brackets, a number with a point, else text.
package enum PluginOption: Hashable, Sendable {
  case flag(Bool)
  case integer(Int64)
  case integers([Int64])
  case real(Float)
  case text(String)

  package init(_ word: String) {
    if word == "true" || word == "false" {
      self = .flag(word == "true")
    } else if let value = Int64(word) {
      self = .integer(value)
    } else if word.hasPrefix("["), word.hasSuffix("]"), let list = Self.list(word) {
      self = .integers(list)
    } else if let value = Float(word), value.isFinite {
      self = .real(value)
    } else {
      self = .text(word)
    }
  }

  /// `[0, 1]`
  private static func list(_ word: String) -> [Int64]? {
    var list: [Int64] = []
    for part in word.dropFirst().dropLast().split(separator: ",") {
      guard let value = Int64(part.filter { $0 != " " }) else { return nil }
      list.append(value)
    }
    return list
  }

  /// Options as a plugin reads them, in memory that lives as long as this does.
  final class Values {
    let table: UnsafeMutableBufferPointer<pj_named_value>
    private var memory: [UnsafeMutableRawPointer] = []

    init(_ options: [String: String]) {
      table = .allocate(capacity: options.count)
      let sorted = options.sorted { $0.key < $1.key }
      for (index, (name, word)) in sorted.enumerated() {
        var entry = pj_named_value_make()
        (entry.name, entry.name_size) = text(name)
        entry.value_size = 1
        switch PluginOption(word) {
        case .flag(let value):
          entry.type = Int32(PJ_NAMED_BOOL)
          entry.bool_value = value
        case .integer(let value):
          entry.type = Int32(PJ_NAMED_INT64)
          entry.int64_value = value
        case .integers(let list):
          entry.type = Int32(PJ_NAMED_INT64_LIST)
          let copy = bytes(list.count * 8)
          list.withUnsafeBytes { Self.copy($0, to: copy) }
          entry.int64_array_value = UnsafePointer(copy.assumingMemoryBound(to: Int64.self))
          entry.value_size = list.count
        case .real(let value):
          entry.type = Int32(PJ_NAMED_FLOAT)
          entry.float_value = value
        case .text(let value):
          entry.type = Int32(PJ_NAMED_STRING)
          (entry.string_value, entry.value_size) = text(value)
        }
        table.initializeElement(at: index, to: entry)
      }
    }

    deinit {
      memory.forEach { $0.deallocate() }
      table.deallocate()
    }

    private static func copy(_ bytes: UnsafeRawBufferPointer, to memory: UnsafeMutableRawPointer) {
      if let start = bytes.baseAddress { memory.copyMemory(from: start, byteCount: bytes.count) }
    }

    private func bytes(_ count: Int) -> UnsafeMutableRawPointer {
      let new = UnsafeMutableRawPointer.allocate(byteCount: max(8, count), alignment: 8)
      memory.append(new)
      return new
    }

    private func text(_ text: String) -> (UnsafePointer<CChar>, Int) {
      let utf8 = Array(text.utf8)
      let copy = bytes(utf8.count + 1)
      utf8.withUnsafeBytes { Self.copy($0, to: copy) }
      copy.storeBytes(of: 0, toByteOffset: utf8.count, as: UInt8.self)
      return (UnsafePointer(copy.assumingMemoryBound(to: CChar.self)), utf8.count)
    }
  }
}
