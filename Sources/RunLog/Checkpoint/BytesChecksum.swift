internal import HDF5

/// FNV-1a over 64-bit words: finds bytes that changed on a disk.
///
/// - Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm", IETF draft; words are
///   taken in place of bytes, little-endian, the last one padded with zeros.
struct BytesChecksum {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { raw in
      let words = raw.count / 8
      for index in 0..<words {
        add(raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
      }
      var last: UInt64 = 0
      for (place, byte) in raw[(8 * words)...].enumerated() {
        last |= UInt64(byte) << UInt64(8 * place)
      }
      if words * 8 < raw.count { add(last) }
    }
  }

  private mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x100_0000_01b3 }
}

extension BytesChecksum {
  /// Of settings, whatever their order: names, kinds and values as text.
  init(of settings: [RunAttribute]) {
    self.init()
    for setting in settings.sorted(by: { $0.name < $1.name }) {
      add(Array("\(setting.name)\0\(setting.value.kind)\0\(setting.value)\0".utf8))
    }
  }
}

extension RunValue {
  /// Which case it is, so that the text `1` is another value than the number 1.
  fileprivate var kind: String {
    switch self {
    case .text: "text"
    case .integer: "integer"
    case .unsigned: "unsigned"
    case .real: "real"
    case .flag: "flag"
    case .texts: "texts"
    case .integers: "integers"
    case .reals: "reals"
    }
  }
}
