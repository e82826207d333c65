internal import SystolicModel
package import Units

/// How a product is divided over cores.
public struct CoreSplit: Hashable, Sendable {
  /// What is divided.
  package enum Dimension: String, CaseIterable, Sendable {
    /// Rows of the left operand: each core needs the whole right operand. Of a convolution images, or
    /// rows of one image.
    case m
    /// Columns of the right operand: each core needs the whole left operand.
    case n
    /// The sums: each core leaves 32-bit partial sums in DRAM, and adds a share of them in the end.
    case k
    /// The products of a batch: the groups of a convolution.
    case batch
  }

  package var dimension: Dimension
  /// Cores that have work.
  package var cores: Int
}

/// One way to divide a product over cores, as `--explain` shows it.
package struct CoreSplitChoice: Hashable, Sendable {
  /// `nil`: one core does all.
  package var split: CoreSplit?
  package var cycles: Cycles
  /// Bytes over the DRAM's interface, of all cores.
  package var dramBytes: Int
}

extension LayerProduct {
  func extent(of dimension: CoreSplit.Dimension) -> Int {
    switch dimension {
    case .m:
      guard let geometry else { return product.m }
      return geometry.images > 1 ? geometry.images : geometry.rows.output
    case .n: return product.n
    case .k: return product.k
    case .batch: return product.batch
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

  /// The parts of a split: what the core with the most to do has, then, if it has less, what others
  /// have; with the number of cores that have it.
  func parts(_ split: CoreSplit?) -> [(layer: LayerProduct, cores: Int)] {
    guard let split else { return [(self, 1)] }
    let shares = EvenSplit(extent(of: split.dimension), parts: split.cores)
    if shares.longerCount == 0 { return [(part(split.dimension, shares.longest), shares.count)] }
    return [
      (part(split.dimension, shares.longest), shares.longerCount),
      (part(split.dimension, shares.shorter), shares.count - shares.longerCount),
    ]
  }

  /// What a core has that takes so much of a dimension.
  private func part(_ dimension: CoreSplit.Dimension, _ length: Int) -> LayerProduct {
    var part = self
    switch dimension {
    case .m: part.takeRows(length)
    case .n: part.product.n = length
    case .k:
      part.product.k = length
      if let geometry {
        let share = Share(part: length, whole: product.k)
        part.geometry?.placeBytes = share.of(
          bytes: geometry.placeBytes, elementBytes: operandType.byteCount)
      }
      part.leavesSums = true
      part.resident.remove(.outputs)
    case .batch: part.product.batch = length
    }
    return part
  }

  /// So many images, or rows of the one image with their halos.
  private mutating func takeRows(_ length: Int) {
    guard let whole = geometry else {
      product.m = length
      return
    }
    if whole.images > 1 {
      geometry?.images = length
      product.m = length * whole.rows.output * whole.columns.output
    } else {
      geometry?.rows.output = length
      geometry?.rows.input = whole.rows.mostNeeded(count: length)
      product.m = length * whole.columns.output
    }
  }
}
