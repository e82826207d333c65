/// Reads portable artifacts: MLIR bytecode of the dialect VHLO, as `jax.export` and
/// `serialize_portable_artifact` write them, and as JAX hands programs to plugins.
///
/// - Source: MLIR's documentation, "MLIR Bytecode Format", versions 0 to 6; StableHLO's `VhloBytecode.cpp`
///   for the codes of types and attributes.
package struct BytecodeReader {
  private enum Section {
    static let (strings, dialects, content, offsets, ir, properties) = (0, 1, 2, 3, 4, 8)
  }

  let bytes: [UInt8]
  private var version = 0
  private var sections: [Int: ByteCursor] = [:]
  var strings: [String] = []
  private var dialects: [String] = []
  private var operationNames: [String] = []
  /// Where attributes and types lie.
  var attributeEntries: [Entry] = []
  var typeEntries: [Entry] = []
  private var properties: [Range<Int>] = []
  private var attributes: [TreeAttribute?] = []
  private var typesRead: [MLIRType?] = []
  var depth = 0

  // Of the function that is read: its types, and for each value of the bytecode its number there.
  private var types: [TreeType] = []
  private var values: [Int?] = []
  private var nextValue = 0

  struct Entry {
    var dialect: String
    var range: Range<Int>
    /// By a code of the dialect's own; otherwise as text.
    var isCustom: Bool
  }

  /// A type as bytecode knows it.
  indirect enum MLIRType: Hashable {
    case element(String)
    case tensor([Int], String)
    case function([MLIRType], [MLIRType])
    case other(String)
  }

  /// What every artifact begins with.
  package static let magic: [UInt8] = [0x4D, 0x4C, 0xEF, 0x52]

  /// Reads a whole program.
  ///
  /// - Throws: `StableHLOError` with the byte.
  package static func read(_ bytes: [UInt8]) throws(StableHLOError) -> OperationTree {
    var reader = BytecodeReader(bytes: bytes)
    return try reader.program()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func program() throws(StableHLOError) -> OperationTree {
    var cursor = ByteCursor(bytes, 0..<bytes.count)
    guard bytes.starts(with: Self.magic) else {
      throw StableHLOError(.byte(0), "expected bytecode, which begins with 4D 4C EF 52")
    }
    _ = try cursor.take(4)
    version = try cursor.varint()
    if version > 6 {
      throw StableHLOError(
        .byte(4),
        "expected bytecode of version 0 to 6, found \(version). Write it with an older JAX")
    }
    try checkProducer(try cursor.zeroTerminated())
    while !cursor.isAtEnd {
      let (number, content) = try cursor.section()
      sections[number] = content
    }
    try readStrings()
    try readDialects()
    try readOffsets()
    try readProperties()
    attributes = .init(repeating: nil, count: attributeEntries.count)
    typesRead = .init(repeating: nil, count: typeEntries.count)
    var ir = try section(Section.ir, "of operations")
    var tree = OperationTree()
    try readBlockOfFunctions(&ir, into: &tree)
    return tree
  }

  private func section(_ number: Int, _ what: String) throws(StableHLOError) -> ByteCursor {
    guard let found = sections[number] else {
      throw StableHLOError(.byte(bytes.count), "expected a section \(what), found none")
    }
    return found
  }

  // MARK: Tables

  private mutating func readStrings() throws(StableHLOError) {
    var cursor = try section(Section.strings, "of strings")
    let count = try cursor.count()
    var lengths: [Int] = []
    for _ in 0..<count { lengths.append(try cursor.varint()) }
    // Lengths are listed backwards.
    for length in lengths.reversed() {
      let range = try cursor.take(length)
      strings.append(String(decoding: bytes[range].dropLast(), as: UTF8.self))
    }
  }

  func string(_ index: Int, _ cursor: ByteCursor) throws(StableHLOError) -> String {
    guard strings.indices.contains(index) else {
      throw cursor.failure("expected one of \(strings.count) strings, found number \(index)")
    }
    return strings[index]
  }

  private mutating func readDialects() throws(StableHLOError) {
    var cursor = try section(Section.dialects, "of dialects")
    let count = try cursor.count()
    for _ in 0..<count {
      let (index, hasVersion) = version >= 1 ? try cursor.flagged() : (try cursor.varint(), false)
      let name = try string(index, cursor)
      dialects.append(name)
      if hasVersion { try checkVersion(of: name, try cursor.section().content) }
      if !["builtin", "vhlo"].contains(name) {
        throw cursor.failure(
          "expected operations of VHLO, found the dialect '\(name)'. Write a portable artifact, as "
            + "jax.export does")
      }
    }
    if version >= 4 { _ = try cursor.varint() }
    while !cursor.isAtEnd {
      let dialect = try dialect(try cursor.varint(), cursor)
      let names = try cursor.count()
      for _ in 0..<names {
        let index = version >= 5 ? try cursor.flagged().value : try cursor.varint()
        operationNames.append(dialect + "." + (try string(index, cursor)))
      }
    }
  }

  private func dialect(_ index: Int, _ cursor: ByteCursor) throws(StableHLOError) -> String {
    guard dialects.indices.contains(index) else {
      throw cursor.failure("expected one of \(dialects.count) dialects, found number \(index)")
    }
    return dialects[index]
  }

  private func checkVersion(
    of dialect: String, _ content: ByteCursor
  ) throws(StableHLOError) {
    guard dialect == "vhlo" else { return }
    var cursor = content
    try check(try cursor.varint(), try cursor.varint(), .byte(content.position))
  }

  /// `StableHLO_v1.0.0`, as portable artifacts have it.
  private func checkProducer(_ name: String) throws(StableHLOError) {
    let prefix = "StableHLO_v"
    guard name.hasPrefix(prefix) else { return }
    let numbers = name.dropFirst(prefix.count).split(separator: ".").map { Int($0) }
    guard numbers.count > 1, let major = numbers[0], let minor = numbers[1] else { return }
    try check(major, minor, .byte(5))
  }

  private func check(_ major: Int, _ minor: Int, _ place: SourcePlace) throws(StableHLOError) {
    let found = "expected VHLO 0.17 to 1.x, found \(major).\(minor)"
    if major > 1 { throw StableHLOError(place, "\(found). Write it for an older version") }
    if major == 0 && minor < 17 {
      throw StableHLOError(place, "\(found). Write it with a newer JAX")
    }
  }

  private mutating func readOffsets() throws(StableHLOError) {
    var cursor = try section(Section.offsets, "of places")
    let content = try section(Section.content, "of attributes and types")
    let (attributeCount, typeCount) = (try cursor.count(), try cursor.count())
    var offset = content.position
    let end = content.position + content.left
    func entries(_ count: Int) throws(StableHLOError) -> [Entry] {
      var found: [Entry] = []
      while found.count < count {
        let dialect = try dialect(try cursor.varint(), cursor)
        let group = try cursor.count()
        if group == 0 || group > count - found.count {
          throw cursor.failure("expected 1 to \(count - found.count) entries, found \(group)")
        }
        for _ in 0..<group {
          let (length, isCustom) = try cursor.flagged()
          guard length <= end - offset else {
            throw cursor.failure("expected at most \(end - offset) bytes, found \(length)")
          }
          found.append(Entry(dialect: dialect, range: offset..<offset + length, isCustom: isCustom))
          offset += length
        }
      }
      return found
    }
    attributeEntries = try entries(attributeCount)
    typeEntries = try entries(typeCount)
  }

  private mutating func readProperties() throws(StableHLOError) {
    guard var cursor = sections[Section.properties] else { return }
    let count = try cursor.count()
    for _ in 0..<count { properties.append(try cursor.take(try cursor.varint())) }
  }

  // MARK: Attributes and types, each read once

  mutating func attribute(_ cursor: inout ByteCursor) throws(StableHLOError) -> TreeAttribute {
    let index = try cursor.varint()
    guard attributes.indices.contains(index) else {
      throw cursor.failure("expected one of \(attributes.count) attributes, found number \(index)")
    }
    if let known = attributes[index] { return known }
    try descend(cursor)
    defer { depth -= 1 }
    let found = try readAttribute(attributeEntries[index])
    attributes[index] = found
    return found
  }

  mutating func type(_ cursor: inout ByteCursor) throws(StableHLOError) -> MLIRType {
    let index = try cursor.varint()
    guard typesRead.indices.contains(index) else {
      throw cursor.failure("expected one of \(typesRead.count) types, found number \(index)")
    }
    if let known = typesRead[index] { return known }
    try descend(cursor)
    defer { depth -= 1 }
    let found = try readType(typeEntries[index])
    typesRead[index] = found
    return found
  }

  private mutating func descend(_ cursor: ByteCursor) throws(StableHLOError) {
    depth += 1
    if depth > 100 { throw cursor.failure("expected less than 100 things inside one another") }
  }

  // MARK: Operations

  /// The module's block, or the one of its region.
  private mutating func readBlockOfFunctions(
    _ cursor: inout ByteCursor, into tree: inout OperationTree
  ) throws(StableHLOError) {
    let (count, hasArguments) = try cursor.flagged()
    if hasArguments { throw cursor.failure("expected functions, found a block with arguments") }
    for _ in 0..<min(count, cursor.left) {
      let place = SourcePlace.byte(cursor.position)
      let head = try readHead(&cursor)
      guard head.name == "builtin.module" || head.name == "vhlo.func_v1" else {
        throw StableHLOError(place, "expected a function, found '\(head.name)'")
      }
      if head.name == "builtin.module" {
        tree.attributes.merge(head.attributes) { $1 }
      } else {
        begin()
      }
      var function = TreeFunction(name: "", place: place)
      if head.name == "vhlo.func_v1" { try describe(&function, head.attributes, cursor) }
      try readRegions(head, &cursor) { (reader, content) throws(StableHLOError) in
        if head.name == "builtin.module" {
          try reader.readBlockOfFunctions(&content, into: &tree)
        } else {
          function.body = try reader.readBlock(&content)
        }
      }
      guard head.name == "vhlo.func_v1" else { continue }
      function.types = types
      tree.functions.append(function)
    }
    if tree.functions.isEmpty { throw cursor.failure("expected a function, found none") }
  }

  private mutating func begin() {
    (types, values, nextValue) = ([], [], 0)
  }

  private func describe(
    _ function: inout TreeFunction, _ attributes: [String: TreeAttribute], _ cursor: ByteCursor
  ) throws(StableHLOError) {
    guard case .text(let name) = attributes["sym_name"] else {
      throw cursor.failure("expected the name of a function")
    }
    function.name = name
    func dictionaries(_ attribute: TreeAttribute?) -> [[String: TreeAttribute]] {
      guard case .list(let list) = attribute else { return [] }
      return list.map { if case .dictionary(let entries) = $0 { entries } else { [:] } }
    }
    function.argumentAttributes = dictionaries(attributes["arg_attrs"])
    function.resultAttributes = dictionaries(attributes["res_attrs"])
    if case .list(let results) = attributes["function_type"] {
      function.resultTypes = results.compactMap {
        if case .type(let type) = $0 { type } else { nil }
      }
    }
  }

  /// An operation up to its regions.
  private struct Head {
    var name: String
    var attributes: [String: TreeAttribute] = [:]
    var operands: [Int] = []
    var results: [Int] = []
    var hasRegions: Bool
  }

  private mutating func readHead(_ cursor: inout ByteCursor) throws(StableHLOError) -> Head {
    let index = try cursor.varint()
    guard operationNames.indices.contains(index) else {
      throw cursor.failure(
        "expected one of \(operationNames.count) operations, found number \(index)")
    }
    let kinds = try cursor.byte()
    _ = try cursor.varint()  // where it comes from
    var head = Head(name: operationNames[index], hasRegions: kinds & 16 != 0)
    if kinds & 1 != 0, case .dictionary(let found) = try attribute(&cursor) {
      head.attributes = found
    }
    if kinds & 64 != 0 { try readProperties(of: &head, &cursor) }
    var resultTypes: [TreeType] = []
    if kinds & 2 != 0 {
      for _ in 0..<(try cursor.count()) { resultTypes.append(tree(try type(&cursor))) }
    }
    if kinds & 4 != 0 {
      for _ in 0..<(try cursor.count()) { head.operands.append(try operand(&cursor)) }
    }
    if kinds & 8 != 0 { for _ in 0..<(try cursor.count()) { _ = try cursor.varint() } }
    for type in resultTypes { head.results.append(try define(type, cursor)) }
    if kinds & 32 != 0 { try skipUseOrders(&cursor, count: resultTypes.count) }
    return head
  }

  private mutating func readProperties(
    of head: inout Head, _ cursor: inout ByteCursor
  ) throws(StableHLOError) {
    let index = try cursor.varint()
    guard properties.indices.contains(index) else {
      throw cursor.failure("expected one of \(properties.count) sets of properties, found \(index)")
    }
    var content = ByteCursor(bytes, properties[index])
    let short = head.name.split(separator: ".").last.map(String.init) ?? head.name
    if head.name.hasPrefix("builtin.") { return }
    for name in VHLOAttributes.names[short] ?? [] where !content.isAtEnd {
      head.attributes[name] = try attribute(&content)
    }
  }

  private mutating func define(_ type: TreeType, _ cursor: ByteCursor) throws(StableHLOError) -> Int
  {
    types.append(type)
    let number = types.count - 1
    guard nextValue < values.count else {
      throw cursor.failure("expected at most \(values.count) values, found another one")
    }
    values[nextValue] = number
    nextValue += 1
    return number
  }

  private func operand(_ cursor: inout ByteCursor) throws(StableHLOError) -> Int {
    let index = try cursor.varint()
    guard values.indices.contains(index), let value = values[index] else {
      throw cursor.failure("expected a value that is defined before, found number \(index)")
    }
    return value
  }

  /// Regions of an operation; those of functions and modules lie in sections of their own.
  private mutating func readRegions(
    _ head: Head, _ cursor: inout ByteCursor,
    _ readBlock: (inout BytecodeReader, inout ByteCursor) throws(StableHLOError) -> Void
  ) throws(StableHLOError) {
    guard head.hasRegions else { return }
    let (count, isIsolated) = try cursor.flagged()
    if count > 1024 { throw cursor.failure("expected at most 1024 regions, found \(count)") }
    // Those that see nothing from outside have numbers of their own.
    let (outer, before) = (values, nextValue)
    if isIsolated { (values, nextValue) = ([], 0) }
    defer { if isIsolated { (values, nextValue) = (outer, before) } }
    if isIsolated && version >= 2 {
      let (number, content) = try cursor.section()
      guard number == Section.ir else {
        throw cursor.failure("expected a section of operations, found number \(number)")
      }
      var inner = content
      for _ in 0..<count { try readRegion(&inner, readBlock) }
    } else {
      for _ in 0..<count { try readRegion(&cursor, readBlock) }
    }
  }

  private mutating func readRegion(
    _ cursor: inout ByteCursor,
    _ readBlock: (inout BytecodeReader, inout ByteCursor) throws(StableHLOError) -> Void
  ) throws(StableHLOError) {
    try descend(cursor)
    defer { depth -= 1 }
    let blocks = try cursor.varint()
    if blocks == 0 { return }
    if blocks > 1 { throw cursor.failure("expected regions of one block, found \(blocks)") }
    let count = try cursor.count()
    // Values of a region are numbered on from all of those around it, and forgotten behind it.
    let (base, before) = (values.count, nextValue)
    values += [Int?](repeating: nil, count: count)
    nextValue = base
    defer {
      values.removeSubrange(base...)
      nextValue = before
    }
    try readBlock(&self, &cursor)
  }

  private mutating func readBlock(_ cursor: inout ByteCursor) throws(StableHLOError) -> TreeRegion {
    let (count, hasArguments) = try cursor.flagged()
    var region = TreeRegion()
    if hasArguments {
      let arguments = try cursor.count()
      var stated: [TreeType] = []
      for _ in 0..<arguments {
        guard version >= 4 else {
          stated.append(tree(try type(&cursor)))
          _ = try cursor.varint()
          continue
        }
        let (index, hasLocation) = try cursor.flagged()
        guard typesRead.indices.contains(index) else {
          throw cursor.failure("expected one of \(typesRead.count) types, found number \(index)")
        }
        let known = typesRead[index]
        stated.append(tree(known == nil ? try readType(typeEntries[index]) : known ?? .other("")))
        if hasLocation { _ = try cursor.varint() }
      }
      for type in stated { region.arguments.append(try define(type, cursor)) }
      if version >= 3, try cursor.byte() != 0 { try skipUseOrders(&cursor, count: arguments) }
    }
    for _ in 0..<min(count, cursor.left) { region.operations.append(try readOperation(&cursor)) }
    return region
  }

  private mutating func readOperation(
    _ cursor: inout ByteCursor
  ) throws(StableHLOError) -> TreeOperation {
    let place = SourcePlace.byte(cursor.position)
    let head = try readHead(&cursor)
    var operation = TreeOperation(
      name: Self.plain(head.name), operands: head.operands, results: head.results,
      attributes: head.attributes, place: place)
    try readRegions(head, &cursor) { (reader, content) throws(StableHLOError) in
      operation.regions.append(try reader.readBlock(&content))
    }
    return operation
  }

  /// `vhlo.add_v1` is `add`.
  private static func plain(_ name: String) -> String {
    guard name.hasPrefix("vhlo.") else { return name }
    let short = name.dropFirst(5)
    guard let end = short.lastIndex(of: "_"), short[end...].hasPrefix("_v") else {
      return String(short)
    }
    return String(short[..<end])
  }

  private func skipUseOrders(
    _ cursor: inout ByteCursor, count: Int
  ) throws(StableHLOError) {
    let lists = count == 1 ? 1 : try cursor.count()
    for _ in 0..<lists {
      if count > 1 { _ = try cursor.varint() }
      let (length, _) = try cursor.flagged()
      if length > cursor.left { throw cursor.failure("expected at most \(cursor.left) uses") }
      for _ in 0..<length { _ = try cursor.varint() }
    }
  }

  func tree(_ type: MLIRType) -> TreeType {
    switch type {
    case .tensor(let shape, let element): .tensor(shape: shape, element: element)
    case .element(let name), .other(let name): .other(name)
    case .function: .other("function")
    }
  }
}
