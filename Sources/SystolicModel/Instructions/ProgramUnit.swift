/// The in-order units of the modelled core. Their raw values index `SimulatedCost.unitNames`.
public enum ProgramUnit: Int, Hashable, Sendable, CaseIterable {
  /// Starts programs.
  case sequencer
  /// Host memory to DRAM.
  case hostIn
  /// DRAM to host memory.
  case hostOut
  /// DRAM to VMEM.
  case dmaLoad
  /// VMEM to DRAM.
  case dmaStore
  /// All matrix units of the core; they share the work of one instruction.
  case mxu
  /// The vector unit.
  case vpu
  /// CMEM to VMEM and back; idle, and in no report, where a chip has no CMEM.
  case dmaCMEM

  /// The name in reports.
  public var name: String {
    switch self {
    case .sequencer: "sequencer"
    case .hostIn: "host-in"
    case .hostOut: "host-out"
    case .dmaLoad: "dma-load"
    case .dmaStore: "dma-store"
    case .mxu: "mxu"
    case .vpu: "vpu"
    case .dmaCMEM: "dma-cmem"
    }
  }

  /// The unit belongs to the core, which works on one execution at a time; the host link may run
  /// ahead of it or behind.
  package var isOnCore: Bool { self != .hostIn && self != .hostOut }

  /// The unit copies between VMEM and another memory of the chip: the lead of one copy hides behind
  /// the data of another.
  package var isCopy: Bool { usesDRAM || self == .dmaCMEM }

  /// The unit uses the DRAM's data bus.
  package var usesDRAM: Bool { self == .dmaLoad || self == .dmaStore }
}
