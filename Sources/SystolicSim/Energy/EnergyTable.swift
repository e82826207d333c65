public import ConfigFiles

/// Energies of the actions of a chip in one process, as a file of `Configs/Energy` states them.
///
/// Every figure is there or the file does not load; none is ever taken for zero.
public struct EnergyTable: Hashable, Sendable, Codable, Validatable {
  /// Short name, as in the file's name.
  public let name: String
  /// One line on the process and the main source.
  public let description: String
  /// Feature size of the process, in nanometres.
  public let processNanometres: Double
  /// One multiply-accumulate in a processing element, by operand type, in picojoules.
  public let macPicojoules: MACEnergies
  /// One fp32 operation of the vector unit on one element, by class, in picojoules.
  public let vectorPicojoules: VectorEnergies
  /// Reading and writing VMEM, in picojoules a byte.
  public let vmemPicojoulesPerByte: AccessEnergies
  /// Reading and writing CMEM, in picojoules a byte; absent where no source has a figure, and then no
  /// chip that has CMEM may use the table.
  public let cmemPicojoulesPerByte: AccessEnergies?
  /// Reading and writing the accumulators of an array, in picojoules a byte.
  public let accumulatorPicojoulesPerByte: AccessEnergies
  /// One byte moving from a processing element's register to its neighbour's, in picojoules.
  public let arrayHopPicojoulesPerByte: EnergyRange
  /// Moving a bit between DRAM and chip, by kind of memory, in picojoules.
  public let dramPicojoulesPerBit: [String: EnergyRange]
  /// Energies of rows and of bits apart, by kind of memory, where a source gives both; the `banked`
  /// model uses them instead of `dramPicojoulesPerBit`, which has the rows in it in the mean.
  public let dramRows: [String: DRAMRowEnergies]?
  /// Moving a bit over the host link, in picojoules.
  public let hostLinkPicojoulesPerBit: EnergyRange

  /// Energy of a bit of a kind of DRAM; `nil` where the table has none, which is not zero.
  public func dramPicojoulesPerBit(kind: String) -> EnergyRange? { dramPicojoulesPerBit[kind] }

  public func validate() throws(ConfigIssue) {
    try ConfigIssue.require("processNanometres", processNanometres, in: 0.1...10_000)
    if dramPicojoulesPerBit.isEmpty {
      throw ConfigIssue("dramPicojoulesPerBit", "must have at least one kind of memory")
    }
  }
}

/// Energies of a DRAM whose row activations are counted.
public struct DRAMRowEnergies: Hashable, Sendable, Codable {
  /// Opening and closing a row, in picojoules.
  public let activationPicojoules: EnergyRange
  /// Moving a bit of an open row between DRAM and chip, in picojoules.
  public let picojoulesPerBit: EnergyRange
}

/// Energies of one multiply-accumulate, by type of the operands.
public struct MACEnergies: Hashable, Sendable, Codable {
  /// int8 operands, int32 sum.
  public let int8: EnergyRange
  /// bf16 operands, fp32 sum.
  public let bf16: EnergyRange
  /// fp16 operands, fp32 sum.
  public let fp16: EnergyRange
  /// fp32 operands, fp32 sum.
  public let fp32: EnergyRange

  /// The energy of a multiply-accumulate of a type.
  public subscript(type: OperandType) -> EnergyRange {
    switch type {
    case .int8: int8
    case .bf16: bf16
    case .fp16: fp16
    case .fp32: fp32
    }
  }
}

/// Energies of one fp32 vector operation on one element, by class.
public struct VectorEnergies: Hashable, Sendable, Codable {
  /// Comparison, maximum, minimum, select, negation, conversion, copy.
  public let compare: EnergyRange
  /// Addition or subtraction.
  public let add: EnergyRange
  /// Multiplication.
  public let multiply: EnergyRange
  /// Division.
  public let divide: EnergyRange
  /// exp, log, tanh, square root, power.
  public let transcendental: EnergyRange
}

/// Energies of the two directions of a memory.
public struct AccessEnergies: Hashable, Sendable, Codable {
  /// Reading.
  public let read: EnergyRange
  /// Writing.
  public let write: EnergyRange
}
