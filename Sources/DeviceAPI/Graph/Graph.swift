/// Names one value of a graph: the result of the instruction at this index.
public struct ValueID: Hashable, Comparable, Sendable {
  public let index: Int

  public init(_ index: Int) { self.index = index }

  public static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }
}

/// One operation with its operands; it defines exactly one value.
public struct Instruction: Hashable, Sendable {
  public var operation: Operation
  public var operands: [ValueID]
  /// The type of the value that it defines.
  public var type: TensorType
  /// Which part of the model it belongs to, for reports: `forward/dense1`.
  public var scope: String

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

  public var name: String
  public var type: TensorType
  public var role: Role

  public init(name: String, type: TensorType, role: Role) {
    self.name = name
    self.type = type
    self.role = role
  }
}

/// An output of a graph.
public struct GraphResult: Hashable, Sendable {
  public var name: String
  public var value: ValueID
  /// The parameter whose buffer is donated: the result takes its place in memory.
  public var donatedParameter: Int?

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
  public var name: String
  public var parameters: [Parameter]
  public var instructions: [Instruction]
  public var results: [GraphResult]

  public init(
    name: String, parameters: [Parameter], instructions: [Instruction], results: [GraphResult]
  ) {
    self.name = name
    self.parameters = parameters
    self.instructions = instructions
    self.results = results
  }

  public subscript(value: ValueID) -> Instruction { instructions[value.index] }

  /// The type of a value.
  public func type(of value: ValueID) -> TensorType { instructions[value.index].type }

  /// The values of the graph in order.
  public var values: some RandomAccessCollection<ValueID> {
    instructions.indices.lazy.map { ValueID($0) }
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
      let operands = instruction.operands.map { "%\($0.index)" }.joined(separator: ", ")
      lines.append(
        "  %\(index) = \(instruction.operation.name)(\(operands)) : \(instruction.type)"
          + (instruction.scope.isEmpty ? "" : "  // \(instruction.scope)"))
    }
    let results = results.map { "\($0.name) = %\($0.value.index)" }.joined(separator: ", ")
    return (lines + ["  return \(results)", "}"]).joined(separator: "\n")
  }
}
