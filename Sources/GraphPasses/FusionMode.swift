/// Which operations a device runs together, without writing what lies between them to memory.
///
/// It changes no value: every operation is rounded by itself in any case.
public enum FusionMode: String, Hashable, Sendable, Codable, CaseIterable {
  /// Everything that the device can fuse.
  case on
  /// Nothing: every operation reads its operands from memory and writes its result there.
  case off
  /// Elementwise operations behind a product, and nothing else. A device whose products write to
  /// memory runs them as one loop over the product.
  case epilogueOnly = "epilogue-only"

  /// What a plan may fuse.
  package var rules: FusionPlan.Rules {
    switch self {
    case .on: .all
    case .off: .none
    case .epilogueOnly: .epilogues
    }
  }
}

extension FusionMode: CustomStringConvertible {
  /// The word that `--fusion` takes.
  public var description: String { rawValue }
}
