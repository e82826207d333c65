public import DeviceAPI

/// What a compiled graph does on the chip: tile-level instructions in program order.
///
/// Every unit executes its instructions in program order, and the DRAM serves copies in program
/// order. VMEM addresses are static.
public struct Program: Sendable {
  /// Groups of instructions that belong together in reports, in program order.
  public internal(set) var ops: [ProgramOp]
  public internal(set) var instructions: [ProgramInstruction]
  /// The VMEM ranges that instructions touch; see `accesses(of:)`.
  public internal(set) var accessPool: [VMEMAccess]
  /// Buffers in VMEM: one a value kept on chip, or a slot that tiles pass through.
  public internal(set) var buffers: [VMEMBuffer]
  /// Waits for the buffers that the host fills and empties.
  public internal(set) var turns: [Turn]
  /// Bytes from VMEM address 0 to the end of the highest buffer.
  public internal(set) var vmemBytes: Int
  /// Bytes of DRAM that parameters, constants, results and spilled values take.
  public internal(set) var dramBytes: Int
  /// Bytes of CMEM that those of them take that lie there.
  public internal(set) var cmemBytes = 0

  /// The VMEM ranges that an instruction reads and writes.
  public func accesses(of index: Int) -> ArraySlice<VMEMAccess> {
    accessPool[instructions[index].accesses]
  }
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

/// One instruction; see `Program`.
public struct ProgramInstruction: Sendable {
  public var work: Work
  /// Index into `Program.ops`.
  public var op: Int
  /// Instructions whose results it reads.
  public var dataDependences: Dependences
  /// Instructions that must have left the memory that it writes.
  public var spaceDependences: Dependences
  /// Its range of `Program.accessPool`.
  public var accesses: Range<Int>

  /// What an instruction does.
  public enum Work: Hashable, Sendable {
    /// Starts the program.
    case launch
    /// Brings a parameter's bytes from the host to DRAM.
    case hostIn(parameter: Int, bytes: Int)
    /// Takes a result's bytes from DRAM to the host.
    case hostOut(result: Int, bytes: Int)
    /// Copies bytes of a value from DRAM to VMEM.
    case load(value: ValueID, TransferPattern)
    /// Copies bytes of a value from VMEM to DRAM.
    case store(value: ValueID, TransferPattern)
    /// Copies bytes of a value from CMEM to VMEM.
    case loadFromCMEM(value: ValueID, TransferPattern)
    /// Copies bytes of a value from VMEM to CMEM.
    case storeToCMEM(value: ValueID, TransferPattern)
    /// Multiplies operand tiles in VMEM into the accumulators.
    case matmul(MatmulTile)
    /// Computes elementwise, reduces or moves elements; takes sums out of the accumulators.
    case vector(VectorWork)
  }

  /// The unit that executes it.
  public var unit: ProgramUnit {
    switch work {
    case .launch: .sequencer
    case .hostIn: .hostIn
    case .hostOut: .hostOut
    case .load: .dmaLoad
    case .store: .dmaStore
    case .loadFromCMEM, .storeToCMEM: .dmaCMEM
    case .matmul: .mxu
    case .vector: .vpu
    }
  }
}

/// A set of instructions to wait for: the latest of each unit, because units finish in order.
public struct Dependences: Hashable, Sendable {
  /// The instruction of each unit, by raw value; −1 for none.
  var latest = SIMD8<Int32>(repeating: -1)

  /// The instructions, by unit.
  public var instructions: [Int] {
    ProgramUnit.allCases.compactMap { latest[$0.rawValue] < 0 ? nil : Int(latest[$0.rawValue]) }
  }

  mutating func insert(_ instruction: Int, _ unit: ProgramUnit) {
    latest[unit.rawValue] = max(latest[unit.rawValue], Int32(truncatingIfNeeded: instruction))
  }

  mutating func formUnion(_ other: Dependences) {
    latest.replace(with: other.latest, where: other.latest .> latest)
  }
}

/// A tile of a matrix product: `batch` times `[m, k] · [k, n]`, added to the accumulators.
public struct MatmulTile: Hashable, Sendable {
  public var batch: Int
  public var shape: GEMMShape
  /// Bytes of an element in VMEM; f32 operands are rounded to bf16 on their way into the array.
  public var lhsElementBytes: Int
  public var rhsElementBytes: Int
  /// The type in which the array multiplies.
  public var operandType: OperandType

  /// Multiply-accumulates.
  public var macs: Int { batch * shape.macs }
}

/// A range of VMEM that an instruction reads or writes.
public struct VMEMAccess: Hashable, Sendable {
  /// Index into `Program.buffers`.
  public var buffer: Int
  public var isWrite: Bool
  /// Addresses, in bytes.
  public var range: Range<Int>
}

/// A range of VMEM that holds one thing from its first write to its last use.
public struct VMEMBuffer: Hashable, Sendable {
  /// What it is for: a value's number, and the tile slot if it is one.
  public var label: String
  public var range: Range<Int>
}

/// Two instructions that share DRAM buffers with the host link. There are two buffers, used by
/// turns, so that the link may work beside the core: `waiter` waits for `awaited` of the execution
/// before the last one.
public struct Turn: Hashable, Sendable {
  public var waiter: Int
  public var awaited: Int
}

/// How a product's sum over `k` is divided: `foldDepth` products are added in a row, ascending in
/// `k`, and folds are added to the accumulator in ascending order.
public struct Accumulation: Hashable, Sendable {
  /// Length of the whole sum.
  public var k: Int
  /// Products of a fold: the array's rows, or all of `k` for an output-stationary array.
  public var foldDepth: Int
}
