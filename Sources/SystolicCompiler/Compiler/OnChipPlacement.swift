/// Parameters and results of a graph that lie in VMEM outside of the program too: they are never
/// copied from or to DRAM, and their memory is theirs throughout.
public struct OnChipPlacement: Hashable, Sendable {
  /// Indices of parameters.
  public var parameters: Set<Int>
  /// Indices of results.
  public var results: Set<Int>

  /// Indices of parameters and of results; none unless given.
  public init(parameters: Set<Int> = [], results: Set<Int> = []) {
    self.parameters = parameters
    self.results = results
  }
}
