public import SystolicModel

/// What a compiled graph does on the chip: groups of fused operations in program order, each a nest of
/// loops over tiles.
///
/// Every unit executes its instructions in program order, and the DRAM serves copies in program
/// order. VMEM addresses are static.
public struct Program: Sendable {
  /// Groups of instructions that belong together in reports, in program order.
  public internal(set) var ops: [ProgramOp]
  package var groups: [ProgramGroup] = []
  package var values: [StoredValue]
  /// Parameters that the host sends, and results that it fetches.
  package var infeeds: [HostTransfer] = []
  package var outfeeds: [HostTransfer] = []
  /// Buffers in VMEM: one a value kept on chip, or the slots that tiles pass through.
  package internal(set) var buffers: [VMEMBuffer] = []
  /// For each buffer, those that had some of its addresses before.
  package var predecessors: [[Int]] = []
  /// Bytes from VMEM address 0 to the end of the highest buffer.
  package internal(set) var vmemBytes = 0
  /// Bytes of DRAM that parameters, constants, results and spilled values take.
  package internal(set) var dramBytes = 0
  /// Bytes of CMEM that those of them take that lie there.
  package internal(set) var cmemBytes = 0
}

/// An entry of a report: one group of fused operations, or the program's own overhead.
public struct ProgramOp: Sendable {
  /// Where it comes from: `forward/dense1`.
  public var name: String
  /// What it computes: `dot_general+add+maximum`.
  public var kind: String
  /// The unit that computes it.
  public var unit: ProgramUnit
}

/// A group of fused operations, and where its tensors are.
package final class ProgramGroup: Sendable {
  /// A stored value and its buffer: of the whole value if it stays, of the slots if not.
  package struct Place: Hashable, Sendable {
    package var value: Int
    package var buffer: Int
  }

  /// Index into `Program.ops`.
  package let op: Int
  package let program: GroupProgram
  package let inputs: [Place]
  package let outputs: [Place]
  package let spillBuffer: Int?
  /// Copies of whole values: before the first tile, and, for later groups, with the last one.
  package let loadsBefore: [WholeLoad]
  package let loadsAfter: [WholeLoad]
  /// For each store and copy, the index of the result that the host fetches, −1 for none; empty if the
  /// host fetches none of them.
  package let fetched: [[Int]]

  init(
    op: Int, program: GroupProgram, inputs: [Place], outputs: [Place], spillBuffer: Int?,
    loadsBefore: [WholeLoad], loadsAfter: [WholeLoad], fetched: [[Int]]
  ) {
    self.op = op
    self.program = program
    self.inputs = inputs
    self.outputs = outputs
    self.spillBuffer = spillBuffer
    self.loadsBefore = loadsBefore
    self.loadsAfter = loadsAfter
    self.fetched = fetched
  }
}

/// A copy of a whole value to the buffer in which it stays.
package struct WholeLoad: Sendable {
  /// Index into `Program.ops` of the operation that uses the value first, which may be a later one.
  package var op: Int
  package var value: Int
  package var buffer: Int
  package var unit: ProgramUnit
  package var pattern: TransferPattern
  package var duration: InstructionDuration
}

/// A copy over the host link, between host memory and two DRAM buffers that are used by turns: for
/// even and for odd executions.
package struct HostTransfer: Sendable {
  /// Index into `Program.ops`.
  package var op: Int
  /// The stored value; `nil` for a result that is no tensor in memory.
  package var value: Int?
  package var bytes: Int
  package var duration: InstructionDuration
  /// Some group stores it.
  package var isStored = false
}

/// A range of VMEM that holds one thing from its first write to its last use.
package struct VMEMBuffer: Hashable, Sendable {
  /// What it is for: a value's number, and whether tiles pass through it.
  package var label: String
  /// Addresses, in bytes.
  package var range: Range<Int>
}

/// How a product's sum over `k` is divided: `foldDepth` products are added in a row, ascending in
/// `k`, and folds are added to the accumulator in ascending order.
package struct Accumulation: Hashable, Sendable {
  /// Length of the whole sum.
  package var k: Int
  /// Products of a fold: the array's rows, or all of `k` for an output-stationary array.
  package var foldDepth: Int
}
