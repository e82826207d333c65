package import ConfigFiles
internal import Foundation
internal import SystolicModel

/// A configuration of SCALE-Sim as a chip: the named chip `scalesim` with the array, the memory and
/// the bandwidth of the file.
///
/// - Source: SCALE-Sim 3.0.0, `scale_config.py`; versions 1 and 2 for keys that it no longer reads.
package struct ScaleSimImport: Sendable {
  /// The chip, decoded and found sound.
  package let document: ConfigDocument
  /// What became of the keys that have a counterpart here, one sentence each.
  package let mapped: [String]
  /// The keys that have none, each with the reason.
  package let unmapped: [String]

  /// Converts a file.
  ///
  /// - Throws: `ConfigError` with the line of the file.
  package init(_ file: SectionedFile, library: ConfigLibrary) throws(ConfigError) {
    var mapping = ScaleSimMapping(file)
    try mapping.map()
    var document = try library.document("scalesim", kind: "Chips")
    for setting in mapping.settings {
      document = try document.setting(setting.path, to: setting.value)
    }
    do {
      _ = try Chip(document: document, library: library)
    } catch {
      throw mapping.located(error)
    }
    self.document = document
    (mapped, unmapped) = (mapping.mapped, mapping.unmapped)
  }

  /// The chip's file: what was mapped and what was not as comments, then every value.
  package func text(source: String) -> String {
    var lines = [
      "From \(source), a configuration of SCALE-Sim, by 'simtrain config import'.", "Mapped:",
    ]
    lines += mapped.map { "  " + $0 }
    if !unmapped.isEmpty { lines += ["Not mapped:"] + unmapped.map { "  " + $0 } }
    lines.append(
      "Every other value is that of the chip 'scalesim': memories and vector unit that never limit."
    )
    let comments = lines.map { line in
      "# " + String(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
    }
    return comments.joined(separator: "\n") + "\n" + document.yaml
  }
}

/// Which value of a chip each key of a SCALE-Sim configuration sets.
struct ScaleSimMapping {
  private let file: SectionedFile
  /// Values of the chip, with the line that each comes from.
  private(set) var settings: [(path: String, value: String, line: Int)] = []
  private(set) var mapped: [String] = []
  private(set) var unmapped: [String] = []

  init(_ file: SectionedFile) { self.file = file }

  mutating func map() throws(ConfigError) {
    guard let array = entry("ArrayHeight") ?? entry("ArrayWidth") else {
      throw ConfigError(
        .file(file.file),
        .notSectioned("no SCALE-Sim configuration: it has no ArrayHeight and no ArrayWidth"))
    }
    set("description", "from a configuration of SCALE-Sim", from: array)
    if let name = entry("run_name") {
      let plain = name.value.filter { $0.isLetter || $0.isNumber || "-_. ".contains($0) }
      set("name", "\"\(plain)\"", from: name)
      mapped.append("run_name \(name.value) -> name")
    }
    try mapArray()
    try mapMemory()
    try mapBandwidth()
    for entry in file.entries where !Self.keys.contains(entry.key.lowercased()) {
      unmapped.append("\(entry.key) \(entry.value): \(Self.reason(entry))")
    }
  }

  /// An error about a value of the chip as one about the line that it comes from.
  func located(_ error: ConfigError) -> ConfigError {
    guard case .argument(let argument) = error.location,
      let setting = settings.first(where: { argument == "\($0.path)=\($0.value)" })
    else { return error }
    return ConfigError(.line(file: file.file, line: setting.line), error.problem)
  }

  private mutating func mapArray() throws(ConfigError) {
    for (key, path) in [("ArrayHeight", "mxu.rows"), ("ArrayWidth", "mxu.columns")] {
      let side = try required(key)
      set(path, String(try number(side)), from: side)
      mapped.append("\(key) \(side.value) -> \(path)")
    }
    guard let dataflow = entry("Dataflow") else {
      mapped.append("no Dataflow, as in version 1: mxu.dataflow outputStationary")
      return
    }
    let names: [String: Dataflow] = [
      "os": .outputStationary, "ws": .weightStationary, "is": .inputStationary,
    ]
    guard let flow = names[dataflow.value.lowercased()] else {
      throw problem(
        dataflow,
        .unknownChoice(path: "Dataflow", found: "'\(dataflow.value)'", choices: ["os", "ws", "is"]))
    }
    set("mxu.dataflow", flow.rawValue, from: dataflow)
    mapped.append("Dataflow \(dataflow.value) -> mxu.dataflow \(flow.rawValue)")
  }

  private mutating func mapMemory() throws(ConfigError) {
    var kibibytes = 0
    var found: [SectionedFile.Entry] = []
    for name in ["IfmapSramSz", "FilterSramSz", "OfmapSramSz"] {
      // Version 1 has no unit in the key; it is the same.
      guard let size = entry(name + "kB") ?? entry(name) else { continue }
      kibibytes += try number(size)
      found.append(size)
    }
    guard let last = found.last else { return }
    set("vmem.capacityKibibytes", "\(kibibytes)", from: last)
    mapped.append(
      found.map { "\($0.key) \($0.value)" }.joined(separator: " + ")
        + " -> vmem.capacityKibibytes \(kibibytes) (three memories there, one here)")
  }

  private mutating func mapBandwidth() throws(ConfigError) {
    let mode = entry("InterfaceBandwidth")
    let isStated = mode?.value.uppercased() == "USER"
    if let mode, !isStated, mode.value.uppercased() != "CALC" {
      throw problem(
        mode,
        .unknownChoice(
          path: "InterfaceBandwidth", found: "'\(mode.value)'", choices: ["USER", "CALC"]))
    }
    if let mode {
      mapped.append(
        "InterfaceBandwidth \(mode.value): "
          + (isStated ? "Bandwidth is the DRAM's" : "memory never makes the array wait"))
    }
    guard let bandwidth = entry("Bandwidth") else { return }
    guard isStated else {
      unmapped.append("Bandwidth \(bandwidth.value): used only with InterfaceBandwidth USER")
      return
    }
    let words = try number(bandwidth, bandwidth.value.split(separator: ",").first ?? "")
    // Words of bf16, the chip's only type, at its clock of 1 GHz.
    let gigabytes = Double(words) * Double(OperandType.bf16.byteCount)
    set("dram.bandwidthGigabytesPerSecond", "\(gigabytes)", from: bandwidth)
    mapped.append(
      "Bandwidth \(bandwidth.value) -> dram.bandwidthGigabytesPerSecond \(gigabytes): \(words) words "
        + "a cycle x 2 bytes a word (bf16) x 1 GHz")
  }

  // MARK: Entries

  private mutating func set(_ path: String, _ value: String, from entry: SectionedFile.Entry) {
    settings.append((path, value, entry.line))
  }

  private func entry(_ key: String) -> SectionedFile.Entry? {
    file.entries.first { $0.key.lowercased() == key.lowercased() }
  }

  private func required(_ key: String) throws(ConfigError) -> SectionedFile.Entry {
    guard let entry = entry(key) else {
      throw ConfigError(.file(file.file), .missingKey(path: key))
    }
    return entry
  }

  private func number(
    _ entry: SectionedFile.Entry, _ text: (any StringProtocol)? = nil
  ) throws(ConfigError) -> Int {
    let text = (text ?? entry.value).trimmingCharacters(in: .whitespaces)
    // No configuration is near this; sums stay inside 64 bits.
    guard let value = Int(text), (0...(1 << 40)).contains(value) else {
      throw problem(
        entry, .wrongType(path: entry.key, expected: "a whole number", found: "'\(text)'"))
    }
    return value
  }

  private func problem(_ entry: SectionedFile.Entry, _ problem: ConfigProblem) -> ConfigError {
    ConfigError(.line(file: file.file, line: entry.line), problem)
  }
}
