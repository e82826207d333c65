/// Reads the text of a program: of JAX's `lower(...).as_text()` and of MLIR's other printers, in the pretty
/// forms of operations and in the generic one.
///
/// - Source: the assembly formats of StableHLO's specification and of its `StablehloOps.td`; MLIR's language
///   reference for the generic form.
package struct TextReader {
  var scanner: TextScanner
  var depth = 0
  /// `#name = ...` of the file.
  var aliases: [String: TreeAttribute] = [:]
  // Of the function that is read.
  private(set) var types: [TreeType] = []
  private var names: [[String: [Int]]] = []

  private init(_ bytes: [UInt8]) { scanner = TextScanner(bytes) }

  /// Reads a whole program.
  ///
  /// - Throws: `StableHLOError` with line and column.
  package static func read(_ bytes: [UInt8]) throws(StableHLOError) -> OperationTree {
    var reader = TextReader(bytes)
    return try reader.program()
  }

  // MARK: Functions

  private mutating func program() throws(StableHLOError) -> OperationTree {
    var tree = OperationTree()
    try readAliases()
    let isModule = scanner.take("module")
    if isModule {
      if scanner.peek() == UInt8(ascii: "@") { _ = try scanner.symbol() }
      if scanner.take("attributes") { tree.attributes = try attributes() }
      try scanner.expect("{")
    }
    while scanner.peek() != nil && scanner.peek() != UInt8(ascii: "}") {
      if scanner.take("sdy.mesh") { try mesh() } else { tree.functions.append(try function()) }
    }
    if isModule {
      try scanner.expect("}")
      try skipLocation()
    }
    try readAliases()
    if scanner.peek() != nil { throw scanner.failure("a function or the end of the file") }
    if tree.functions.isEmpty { throw scanner.failure("a function such as func.func public @main") }
    return tree
  }

  /// `@mesh = <["x"=1]> {...}`: the devices that shardings name.
  private mutating func mesh() throws(StableHLOError) {
    let place = scanner.place
    let name = try scanner.symbol()
    try scanner.expect("=")
    try scanner.expect("<")
    let start = scanner.position
    try Self.skipBalanced(&scanner, until: UInt8(ascii: ">"))
    let axes = scanner.text(from: start).split(separator: "=").dropFirst()
    try scanner.expect(">")
    for axis in axes where (Int(axis.prefix { $0.isNumber }) ?? 1) > 1 {
      throw StableHLOError(
        place, "the mesh @\(name) is of several devices. Lower the program for a single one")
    }
    if scanner.peek() == UInt8(ascii: "{") { _ = try attributes() }
  }

  private mutating func readAliases() throws(StableHLOError) {
    while scanner.peek() == UInt8(ascii: "#") {
      try scanner.expect("#")
      let name = try scanner.name("the name of an attribute")
      try scanner.expect("=")
      aliases[name] = try attribute()
    }
  }

  private mutating func skipLocation() throws(StableHLOError) {
    guard scanner.take("loc") else { return }
    try scanner.expect("(")
    try Self.skipBalanced(&scanner, until: UInt8(ascii: ")"))
    try scanner.expect(")")
  }

  private mutating func function() throws(StableHLOError) -> TreeFunction {
    _ = scanner.peek()
    let place = scanner.place
    guard scanner.take("func.func") || scanner.take("func") else {
      throw scanner.failure("a function such as func.func public @main")
    }
    _ = scanner.take("public") || scanner.take("private") || scanner.take("nested")
    var function = TreeFunction(name: try scanner.symbol(), place: place)
    types = []
    names = [[:]]
    try scanner.expect("(")
    if !scanner.take(")") {
      repeat {
        let name = try scanner.value()
        try scanner.expect(":")
        let type = try type()
        function.body.arguments.append(try define(name, type))
        function.argumentAttributes.append(
          scanner.peek() == UInt8(ascii: "{") ? try attributes() : [:])
        try skipLocation()
      } while scanner.take(",")
      try scanner.expect(")")
    }
    if scanner.take("->") { try results(of: &function) }
    if scanner.take("attributes") { _ = try attributes() }
    try scanner.expect("{")
    function.body.operations = try operations()
    function.types = types
    try skipLocation()
    return function
  }

  private mutating func results(of function: inout TreeFunction) throws(StableHLOError) {
    guard scanner.take("(") else {
      function.resultTypes = [try type()]
      function.resultAttributes = [[:]]
      return
    }
    if scanner.take(")") { return }
    repeat {
      function.resultTypes.append(try type())
      function.resultAttributes.append(
        scanner.peek() == UInt8(ascii: "{") ? try attributes() : [:])
    } while scanner.take(",")
    try scanner.expect(")")
  }

  // MARK: Values

  mutating func define(_ name: String, _ type: TreeType) throws(StableHLOError) -> Int {
    types.append(type)
    let value = types.count - 1
    try define(name, [value])
    return value
  }

  private mutating func define(_ name: String, _ values: [Int]) throws(StableHLOError) {
    if names.contains(where: { $0[name] != nil }) {
      throw StableHLOError(scanner.place, "expected a new name, found %\(name), which is taken")
    }
    names[names.count - 1][name] = values
  }

  /// `%name` or `%name#2`.
  mutating func operand() throws(StableHLOError) -> Int {
    _ = scanner.peek()
    let place = scanner.place
    let name = try scanner.value()
    var index = 0
    let isPart = scanner.peekAhead(0) == UInt8(ascii: "#")
    if isPart {
      try scanner.expect("#")
      index = try scanner.integer("the number of a result")
    }
    guard let values = names.reversed().lazy.compactMap({ $0[name] }).first else {
      throw StableHLOError(place, "expected a value that is defined before, found %\(name)")
    }
    guard values.indices.contains(index), isPart || values.count == 1 else {
      throw StableHLOError(
        place, "expected one of the \(values.count) results of %\(name), such as %\(name)#0")
    }
    return values[index]
  }

  /// `%a, %b, ...`; none where no value begins.
  mutating func operands() throws(StableHLOError) -> [Int] {
    var found: [Int] = []
    guard scanner.peek() == UInt8(ascii: "%") else { return found }
    repeat {
      guard scanner.peek() == UInt8(ascii: "%") else { break }
      found.append(try operand())
    } while nextIsOperand()
    return found
  }

  /// Takes a comma with a value behind it.
  private mutating func nextIsOperand() -> Bool {
    let start = scanner.position
    guard scanner.take(",") else { return false }
    if scanner.peek() == UInt8(ascii: "%") { return true }
    scanner.rewind(to: start)
    return false
  }

  // MARK: Operations

  /// Up to the closing brace, which is taken.
  mutating func operations() throws(StableHLOError) -> [TreeOperation] {
    depth += 1
    defer { depth -= 1 }
    if depth > 64 {
      throw StableHLOError(scanner.place, "expected less than 64 regions inside one another")
    }
    var found: [TreeOperation] = []
    while !scanner.take("}") {
      if scanner.isAtEnd { throw scanner.failure("an operation or '}'") }
      found.append(try operation())
    }
    return found
  }

  private mutating func operation() throws(StableHLOError) -> TreeOperation {
    var targets: [(name: String, count: Int)] = []
    if scanner.peek() == UInt8(ascii: "%") {
      repeat {
        let name = try scanner.value()
        let count = scanner.take(":") ? try scanner.integer("a number of results") : 1
        targets.append((name, count))
      } while scanner.take(",")
      try scanner.expect("=")
    }
    _ = scanner.peek()
    var operation = TreeOperation(name: "", place: scanner.place)
    let resultTypes: [TreeType]
    if scanner.peek() == UInt8(ascii: "\"") {
      operation.name = Self.plain(try scanner.quoted("the name of an operation"))
      resultTypes = try genericForm(&operation)
    } else {
      operation.name = Self.plain(try scanner.name("an operation"))
      resultTypes = try prettyForm(&operation)
    }
    try skipLocation()
    let wanted = targets.reduce(0) { $0 &+ $1.count }
    if !targets.isEmpty && wanted != resultTypes.count {
      throw StableHLOError(
        operation.place,
        "expected \(wanted) results, and '\(operation.name)' has \(resultTypes.count)")
    }
    var left = resultTypes[...]
    for target in targets {
      let values = left.prefix(target.count).map { type in
        types.append(type)
        return types.count - 1
      }
      left = left.dropFirst(target.count)
      operation.results += values
      try define(target.name, values)
    }
    // Results that nobody names.
    for type in left {
      types.append(type)
      operation.results.append(types.count - 1)
    }
    return operation
  }

  /// Without the dialect where that says nothing.
  private static func plain(_ name: String) -> String {
    for prefix in ["stablehlo.", "func.", "mhlo."] where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return name
  }

  /// `(operands) <{properties}> ({regions}) {attributes} : (types) -> types`
  private mutating func genericForm(
    _ operation: inout TreeOperation
  ) throws(StableHLOError) -> [TreeType] {
    try scanner.expect("(")
    operation.operands = try operands()
    try scanner.expect(")")
    if scanner.take("<") {
      operation.take(try attributes())
      try scanner.expect(">")
    }
    if scanner.take("(") {
      repeat { operation.regions.append(try region()) } while scanner.take(",")
      try scanner.expect(")")
    }
    if scanner.peek() == UInt8(ascii: "{") { operation.take(try attributes()) }
    try scanner.expect(":")
    return try functionType(of: operation)
  }

  /// `(types) -> types`, checked against the operands.
  mutating func functionType(
    of operation: TreeOperation
  ) throws(StableHLOError) -> [TreeType] {
    let place = scanner.place
    let type = try Self.functionType(&scanner)
    try check(operation, type.operands, place)
    return type.results
  }

  private func check(
    _ operation: TreeOperation, _ stated: [TreeType], _ place: SourcePlace
  ) throws(StableHLOError) {
    guard stated.count == operation.operands.count else {
      throw StableHLOError(
        place, "expected the types of \(operation.operands.count) operands, found \(stated.count)")
    }
    for (value, type) in zip(operation.operands, stated) where types[value] != type {
      throw StableHLOError(place, "expected \(types[value]), which its operand has, found \(type)")
    }
  }

  /// `{ ^bb0(%a: type): operations }`
  mutating func region(
    _ arguments: [(String, TreeType)] = []
  ) throws(StableHLOError) -> TreeRegion {
    try scanner.expect("{")
    names.append([:])
    defer { names.removeLast() }
    var region = TreeRegion()
    for (name, type) in arguments { region.arguments.append(try define(name, type)) }
    if scanner.take("^") {
      _ = try scanner.name("the name of a block")
      if scanner.take("(") {
        repeat {
          let name = try scanner.value()
          try scanner.expect(":")
          region.arguments.append(try define(name, try type()))
          try skipLocation()
        } while scanner.take(",")
        try scanner.expect(")")
      }
      try scanner.expect(":")
    }
    region.operations = try operations()
    return region
  }

  /// A region that applies one operation to scalars.
  mutating func region(applying name: String, to element: String) -> TreeRegion {
    let scalar = TreeType.tensor(shape: [], element: element)
    let first = types.count
    types += [scalar, scalar, scalar]
    let place = scanner.place
    return TreeRegion(
      arguments: [first, first + 1],
      operations: [
        TreeOperation(
          name: name, operands: [first, first + 1], results: [first + 2], place: place),
        TreeOperation(name: "return", operands: [first + 2], place: place),
      ])
  }
}

extension TreeOperation {
  /// Takes attributes over, those in groups as single ones.
  mutating func take(_ stated: [String: TreeAttribute]) {
    for (key, value) in stated {
      if case .dictionary(let group) = value, Self.groups.contains(key) {
        attributes.merge(group) { $1 }
      } else {
        attributes[key] = value
      }
    }
  }

  /// Attributes that hold others; the `feature_group_count` beside them stands by itself.
  private static let groups: Set<String> = [
    "dimension_numbers", "dot_dimension_numbers", "scatter_dimension_numbers",
  ]
}
