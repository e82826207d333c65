package import ConfigFiles

/// Energies of the actions of a chip in one process, as a file of `Configs/Energy` states them.
///
/// Every figure is there or the file does not load; none is ever taken for zero.
package struct EnergyTable: Hashable, Sendable, Codable, Validatable {
  /// Short name, as in the file's name.
  package let name: String
  /// One line on the process and the main source.
  package let description: String
  /// Feature size of the process, in nanometres.
  package let processNanometres: Double
  /// One multiply-accumulate in a processing element, by operand type, in picojoules.
  package let macPicojoules: MACEnergies
  /// One fp32 operation of the vector unit on one element, by class, in picojoules.
  package let vectorPicojoules: VectorEnergies
  /// Reading and writing VMEM, in picojoules a byte.
  package let vmemPicojoulesPerByte: AccessEnergies
  /// Reading and writing CMEM, in picojoules a byte; absent where no source has a figure, and then no
  /// chip that has CMEM may use the table.
  package let cmemPicojoulesPerByte: AccessEnergies?
  /// Reading and writing the accumulators of an array, in picojoules a byte.
  package let accumulatorPicojoulesPerByte: AccessEnergies
  /// One byte moving from a processing element's register to its neighbour's, in picojoules.
  package let arrayHopPicojoulesPerByte: PublishedRange
  /// Moving a bit between DRAM and chip, by kind of memory, in picojoules.
  package let dramPicojoulesPerBit: [String: PublishedRange]
  /// Energies of rows and of bits apart, by kind of memory, where a source gives both; the `banked`
  /// model uses them instead of `dramPicojoulesPerBit`, which has the rows in it in the mean.
  package let dramRows: [String: DRAMRowEnergies]?
  /// Moving a bit over the host link, in picojoules.
  package let hostLinkPicojoulesPerBit: PublishedRange

  /// Energy of a bit of a kind of DRAM; `nil` where the table has none, which is not zero.
  package func dramPicojoulesPerBit(kind: String) -> PublishedRange? { dramPicojoulesPerBit[kind] }

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("processNanometres", processNanometres, in: 0.1...10_000)
    if dramPicojoulesPerBit.isEmpty {
      throw ConfigIssue("dramPicojoulesPerBit", "must have at least one kind of memory")
    }
  }
}

/// Energies of a DRAM whose row activations are counted.
package struct DRAMRowEnergies: Hashable, Sendable, Codable {
  /// Opening and closing a row, in picojoules.
  package let activationPicojoules: PublishedRange
  /// Moving a bit of an open row between DRAM and chip, in picojoules.
  package let picojoulesPerBit: PublishedRange
}

/// Energies of one multiply-accumulate, by type of the operands.
package struct MACEnergies: Hashable, Sendable, Codable {
  /// int8 operands, int32 sum.
  package let int8: PublishedRange
  /// bf16 operands, fp32 sum.
  package let bf16: PublishedRange
  /// fp16 operands, fp32 sum.
  package let fp16: PublishedRange
  /// fp32 operands, fp32 sum.
  package let fp32: PublishedRange

  /// The energy of a multiply-accumulate of a type.
  package subscript(type: OperandType) -> PublishedRange {
    switch type {
    case .int8: int8
    case .bf16: bf16
    case .fp16: fp16
    case .fp32: fp32
    }
  }
}

/// Energies of one fp32 vector operation on one element, by class.
package struct VectorEnergies: Hashable, Sendable, Codable {
  /// Comparison, maximum, minimum, select, negation, conversion, copy.
  package let compare: PublishedRange
  /// Addition or subtraction.
  package let add: PublishedRange
  /// Multiplication.
  package let multiply: PublishedRange
  /// Division.
  package let divide: PublishedRange
  /// exp, log, tanh, square root, power.
  package let transcendental: PublishedRange
}

/// Energies of the two directions of a memory.
package struct AccessEnergies: Hashable, Sendable, Codable {
  /// Reading.
  package let read: PublishedRange
  /// Writing.
  package let write: PublishedRange
}
