package import SystolicModel
internal import Units

/// A group of fused operations as the mapper sees it: what it computes and where its tensors are.
package struct GroupProblem: Hashable, Sendable {
  /// Where a tensor is while the group runs.
  package enum Place: Hashable, Sendable {
    /// All of it lies in VMEM; the group copies nothing.
    case vmem
    /// Parts pass through slots in VMEM.
    case dram, cmem
  }

  package struct Input: Hashable, Sendable {
    package var role: GroupInput.Role
    package var bytes: Int
    package var elementBytes: Int
    package var place: Place

    package init(role: GroupInput.Role, bytes: Int, elementBytes: Int, place: Place) {
      (self.role, self.bytes, self.elementBytes, self.place) = (role, bytes, elementBytes, place)
    }
  }

  package struct Output: Hashable, Sendable {
    package var bytes: Int
    /// Every tile adds to all of it.
    package var isWhole: Bool
    package var place: Place
    /// Copies that leave VMEM, and where they go.
    package var stores: Int
    package var storesToCMEM: Bool

    package init(bytes: Int, isWhole: Bool, place: Place, stores: Int, storesToCMEM: Bool) {
      (self.bytes, self.isWhole, self.place) = (bytes, isWhole, place)
      (self.stores, self.storesToCMEM) = (stores, storesToCMEM)
    }
  }

  /// The product `[m, k] · [k, n]`, `batch` times; `nil` for loops of the vector unit.
  package var product: ProductShape?
  /// The input of a convolution; `nil` where the left operand is a plain matrix.
  package var geometry: PatchGeometry?
  package var operandType = OperandType.bf16
  package var lhsElementBytes = 0
  package var rhsElementBytes = 0
  /// Points of the index space, and the most tiles into which it can be divided.
  package var elements: Int
  package var maximumTiles: Int
  package var inputs: [Input]
  package var outputs: [Output]
  package var work: VectorWork

  package init(
    product: ProductShape? = nil, geometry: PatchGeometry? = nil,
    operandType: OperandType = .bf16, lhsElementBytes: Int = 0, rhsElementBytes: Int = 0,
    elements: Int, maximumTiles: Int, inputs: [Input], outputs: [Output], work: VectorWork
  ) {
    (self.product, self.geometry, self.operandType) = (product, geometry, operandType)
    (self.lhsElementBytes, self.rhsElementBytes) = (lhsElementBytes, rhsElementBytes)
    (self.elements, self.maximumTiles) = (elements, maximumTiles)
    (self.inputs, self.outputs, self.work) = (inputs, outputs, work)
  }

  /// The extent of each axis; a loop's elements are its batch.
  package var extents: Tile {
    guard let product, product.gemm.macs > 0 else { return Tile(batch: max(1, elements)) }
    guard let geometry else {
      return Tile(batch: product.batch, images: product.m, n: product.n, k: product.k)
    }
    return Tile(
      batch: product.batch, images: geometry.images, rows: geometry.rows.output,
      columns: geometry.columns.output, n: product.n, k: product.k)
  }
}

/// Extents of a tile, at least 1 each.
package struct Tile: Hashable, Sendable {
  package var batch = 1
  /// Rows of the left operand: images of so many rows and columns of a convolution's output.
  package var images = 1
  package var rows = 1
  package var columns = 1
  package var n = 1
  package var k = 1

  package var m: Int { images * rows * columns }

  package subscript(axis: LoopNest.Axis) -> Int {
    get {
      switch axis {
      case .batch: batch
      case .image: images
      case .row: rows
      case .column: columns
      case .n: n
      case .k: k
      }
    }
    set {
      switch axis {
      case .batch: batch = newValue
      case .image: images = newValue
      case .row: rows = newValue
      case .column: columns = newValue
      case .n: n = newValue
      case .k: k = newValue
      }
    }
  }

  /// The tile at the end of each axis.
  func last(of extents: Tile, _ counts: Tile) -> Tile {
    Tile(
      batch: extents.batch - (counts.batch - 1) * batch,
      images: extents.images - (counts.images - 1) * images,
      rows: extents.rows - (counts.rows - 1) * rows,
      columns: extents.columns - (counts.columns - 1) * columns,
      n: extents.n - (counts.n - 1) * n, k: extents.k - (counts.k - 1) * k)
  }

  /// Tiles of this size along each axis.
  package func counts(of extents: Tile) -> Tile {
    Tile(
      batch: extents.batch.dividedRoundingUp(by: batch),
      images: extents.images.dividedRoundingUp(by: images),
      rows: extents.rows.dividedRoundingUp(by: rows),
      columns: extents.columns.dividedRoundingUp(by: columns),
      n: extents.n.dividedRoundingUp(by: n), k: extents.k.dividedRoundingUp(by: k))
  }
}
