public import Units

/// How a product is divided over cores.
public struct CoreSplit: Hashable, Sendable {
  /// What is divided.
  public enum Dimension: String, CaseIterable, Sendable {
    /// Rows of the left operand: each core needs the whole right operand.
    case m
    /// Columns of the right operand: each core needs the whole left operand.
    case n
    /// The sums: each core leaves 32-bit partial sums in DRAM, and adds a share of them in the end.
    case k
    /// The products of a batch: the groups of a convolution.
    case batch
  }

  public var dimension: Dimension
  /// Cores that have work.
  public var cores: Int
}

/// One way to divide a product over cores, as `--explain` shows it.
public struct CoreSplitChoice: Hashable, Sendable {
  /// `nil`: one core does all.
  public var split: CoreSplit?
  public var cycles: Cycles
  /// Bytes over the DRAM's interface, of all cores.
  public var dramBytes: Int
}

extension ProductProblem {
  func extent(of dimension: CoreSplit.Dimension) -> Int {
    switch dimension {
    case .m: product.m
    case .n: product.n
    case .k: product.k
    case .batch: product.batch
    }
  }

  /// The ways to divide the product over at most so many cores, one core first. Parts are as even as
  /// can be; of numbers of cores whose longest part is the same, only the least counts.
  func splits(cores: Int) -> [CoreSplit?] {
    var splits: [CoreSplit?] = [nil]
    guard cores > 1 else { return splits }
    for dimension in CoreSplit.Dimension.allCases {
      let extent = extent(of: dimension)
      var longest = extent
      for parts in 2...cores {
        let length = extent.dividedRoundingUp(by: parts)
        if length < longest { splits.append(CoreSplit(dimension: dimension, cores: parts)) }
        longest = length
      }
    }
    return splits
  }

  /// The parts of a split: the problem of the core with the most to do, then, if it has less, that
  /// of the others; with the number of cores that have it.
  func parts(_ split: CoreSplit?) -> [(problem: ProductProblem, cores: Int)] {
    guard let split else { return [(self, 1)] }
    let shares = EvenSplit(extent(of: split.dimension), parts: split.cores)
    var parts = [(part(split.dimension, shares.longest), shares.longerCount)]
    if shares.longerCount == 0 { return [(parts[0].0, shares.count)] }
    parts.append((part(split.dimension, shares.shorter), shares.count - shares.longerCount))
    return parts
  }

  /// The problem of a core that has so much of a dimension.
  ///
  /// - Validity: what an implicit convolution reads is divided evenly; halos are left out.
  private func part(_ dimension: CoreSplit.Dimension, _ length: Int) -> ProductProblem {
    let share = Share(part: length, whole: extent(of: dimension))
    var part = self
    switch dimension {
    case .m: part.product.m = length
    case .n: part.product.n = length
    case .k: part.product.k = length
    case .batch: part.product.batch = length
    }
    if dimension != .n { part.lhsBytes = share.of(lhsBytes) }
    if dimension != .m { part.rhsBytes = share.of(rhsBytes) }
    if dimension != .k { part.outputBytes = share.of(outputBytes) }
    if dimension == .k {
      part.leavesSums = true
      part.outputBytes = 4 * product.batch * product.m * product.n
      part.resident.remove(.outputs)
    }
    return part
  }
}
