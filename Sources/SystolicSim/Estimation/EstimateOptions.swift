public import SystolicCompiler
public import SystolicModel

/// How layers are to be estimated.
public struct EstimateOptions: Hashable, Sendable {
  /// How a convolution becomes a matrix product.
  public enum ConvolutionLowering: String, CaseIterable, Sendable {
    /// Patches are addressed in the input as the array reads it; nothing is copied.
    case implicit
    /// The vector unit first writes all patches to memory (im2col); then comes a plain product.
    case explicit
  }

  /// The type in which the array multiplies, and of all operands in memory.
  public var operandType: OperandType
  /// Operands that are on chip before the layer starts, or stay there after it: in VMEM, or in CMEM
  /// where a chip has it and the layer is faster or fits only so. `nil`: what one repeat leaves there
  /// for the next, as `ResidentOperands.betweenRepeats` says.
  public var resident: ResidentOperands?
  /// How often each layer runs, back to back. With more than one, figures are those of one repeat in
  /// the steady state: the launch of the program is not in them.
  public var repeats: Int
  /// How a convolution becomes a product.
  public var convolution: ConvolutionLowering
  /// Cores that work on each layer together, each with its share of the DRAM.
  public var cores: Int
  /// Fills `LayerEstimate.schedules`.
  public var explains: Bool
  /// What mappings are chosen by.
  public var objective: MappingObjective
  /// The mappings of a workload's layers, instead of the best; `nil` lets the mapper choose.
  public var mapping: WorkloadMapping?

  /// Options; what is not given is one bf16 product on one core, everything in DRAM.
  public init(
    operandType: OperandType = .bf16, resident: ResidentOperands? = [], repeats: Int = 1,
    convolution: ConvolutionLowering = .implicit, cores: Int = 1, explains: Bool = false,
    objective: MappingObjective = .cycles
  ) {
    self.operandType = operandType
    self.resident = resident
    self.repeats = repeats
    self.convolution = convolution
    self.cores = cores
    self.explains = explains
    self.objective = objective
  }
}

/// Operands of a product that lie in on-chip memory.
public struct ResidentOperands: OptionSet, Hashable, Sendable {
  /// One bit an operand.
  public let rawValue: Int

  /// The operands whose bits are set.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The left operand, `[m, k]`.
  public static let inputs = ResidentOperands(rawValue: 1)
  /// The right operand, `[k, n]`.
  public static let weights = ResidentOperands(rawValue: 2)
  /// The result, `[m, n]`.
  public static let outputs = ResidentOperands(rawValue: 4)

  /// What a repeat may leave in VMEM for the next one: its inputs and outputs, both if both fit
  /// beside tiles of the weights. Weights come from DRAM in each repeat.
  ///
  /// - Source: chains of products measured on a TPU v6e, `Docs/model.md`: 8 MiB of weights take as
  ///   long as DRAM needs to deliver them, although 128 MiB would hold them.
  static let betweenRepeats: [ResidentOperands] = [[.inputs, .outputs], .outputs, .inputs, []]

  /// The names under which options list them.
  public static let names: [(name: String, operand: ResidentOperands)] = [
    ("inputs", .inputs), ("weights", .weights), ("outputs", .outputs),
  ]
}
