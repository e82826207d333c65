/// Names one value of a graph: the result of the instruction at this index.
public struct ValueID: Hashable, Comparable, Sendable {
  /// The place of the instruction in the graph.
  public let index: Int

  /// The value of the instruction at `index`.
  public init(_ index: Int) { self.index = index }

  /// Earlier instructions come first.
  public static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }
}

/// One operation with its operands. It defines one value, or several: then its own value is the
/// first, and those that follow it in the graph, one `Operation.result` each, are the others. So
/// every value has a place, a type and a scope of its own, and none is a tuple.
public struct Instruction: Hashable, Sendable {
  /// What it computes.
  public var operation: Operation
  /// What it computes it from; earlier values only.
  public var operands: [ValueID]
  /// The type of the value that it defines; of the first, if there are several.
  public var type: TensorType
  /// Which part of the model it belongs to, for reports: `forward/dense1`.
  public var scope: String

  /// An instruction as it stands; `GraphBuilder` infers the type instead.
  public init(operation: Operation, operands: [ValueID], type: TensorType, scope: String) {
    self.operation = operation
    self.operands = operands
    self.type = type
    self.scope = scope
  }
}

/// An input of a graph.
public struct Parameter: Hashable, Sendable {
  /// How the input comes to the device.
  public enum Role: Hashable, Sendable {
    /// It stays in the device's memory from one execution to the next: weights, optimizer state.
    case resident
    /// The host sends a new value before each execution: a batch.
    case infeed
  }

  /// Unique among the parameters of a graph: `dense1.weight`.
  public var name: String
  /// Shape and element type of the buffer that is passed.
  public var type: TensorType
  /// How the value comes to the device.
  public var role: Role

  /// An input of this name, type and role.
  public init(name: String, type: TensorType, role: Role) {
    self.name = name
    self.type = type
    self.role = role
  }
}

/// An output of a graph.
public struct GraphResult: Hashable, Sendable {
  /// Unique among the results of a graph.
  public var name: String
  /// The value that is returned.
  public var value: ValueID
  /// The parameter whose buffer is donated: the result takes its place in memory.
  public var donatedParameter: Int?

  /// A result with a buffer of its own, or in place of a parameter.
  public init(name: String, value: ValueID, donatedParameter: Int? = nil) {
    self.name = name
    self.value = value
    self.donatedParameter = donatedParameter
  }
}

/// A program over tensors of static shape, in SSA form: what a device compiles.
///
/// Instruction `i` defines value `i` and uses only values below `i`, so the order of the
/// instructions is a valid order of execution. Build one with `GraphBuilder`.
public struct Graph: Hashable, Sendable {
  /// What reports call the program: `trainingStep`.
  public var name: String
  /// The inputs, in the order in which buffers are passed.
  public var parameters: [Parameter]
  /// The instructions, in an order in which they may run.
  public var instructions: [Instruction]
  /// The outputs, in the order in which buffers are filled.
  public var results: [GraphResult]

  /// A graph as it stands, unchecked: call `verify` before it is compiled.
  public init(
    name: String, parameters: [Parameter], instructions: [Instruction], results: [GraphResult]
  ) {
    self.name = name
    self.parameters = parameters
    self.instructions = instructions
    self.results = results
  }

  /// The instruction that defines a value.
  @inlinable public subscript(value: ValueID) -> Instruction { instructions[value.index] }

  /// The type of a value.
  @inlinable public func type(of value: ValueID) -> TensorType { instructions[value.index].type }

  /// The values of the graph in order.
  public var values: some RandomAccessCollection<ValueID> {
    instructions.indices.lazy.map { ValueID($0) }
  }

  /// How many values the instruction at `index` defines.
  package func valueCount(at index: Int) -> Int {
    guard instructions[index].operation.definesSeveral else { return 1 }
    let others = instructions[(index + 1)...].prefix { $0.operation.kind == .result }
    return 1 + others.count
  }

  /// For each value, the values whose instructions use it, ascending, once each.
  public func users() -> [[ValueID]] {
    var users = [[ValueID]](repeating: [], count: instructions.count)
    for (index, instruction) in instructions.enumerated() {
      for operand in instruction.operands where users[operand.index].last != ValueID(index) {
        users[operand.index].append(ValueID(index))
      }
    }
    return users
  }
}

extension Graph: CustomStringConvertible {
  /// One line an instruction, in the manner of StableHLO's text.
  public var description: String {
    var lines = ["func @\(name) {"]
    for (index, instruction) in instructions.enumerated() {
      if case .result = instruction.operation { continue }
      let descriptor = instruction.operation.descriptor
      let operands = instruction.operands.map { "%\($0.index)" }.joined(separator: ", ")
      let values = index..<index + valueCount(at: index)
      lines.append(
        "  " + values.map { "%\($0)" }.joined(separator: ", ")
          + " = \(descriptor.name)(\(operands)) : "
          + values.map { "\(instructions[$0].type)" }.joined(separator: ", ")
          + (instruction.scope.isEmpty ? "" : "  // \(instruction.scope)"))
      for (role, body) in descriptor.regions {
        lines.append("    \(role):")
        lines += body.description.split(separator: "\n").map { "    \($0)" }
      }
    }
    let results = results.map { "\($0.name) = %\($0.value.index)" }.joined(separator: ", ")
    return (lines + ["  return \(results)", "}"]).joined(separator: "\n")
  }
}
