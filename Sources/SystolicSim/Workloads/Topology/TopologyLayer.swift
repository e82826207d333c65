internal import SystolicModel

/// A row of a workload file as a layer.
struct TopologyLayer {
  let row: TopologyRow
  let header: TopologyHeader

  /// The layer; `nil` for a row that is no product.
  ///
  /// - Throws: `WorkloadError` with the line, what was expected and what is there.
  func layer(_ notes: inout TopologyNotes) throws(WorkloadError) -> Workload.Layer? {
    try readRest(&notes)
    let type = try type()
    if type == .other {
      notes.otherTypes.append(header.cell(.type, of: row))
      return nil
    }
    try requireCells()
    try requireDense(header.cell(.sparsity, of: row))
    var layer = Workload.Layer(
      name: header.cell(.name, of: row), shape: .gemm(GEMMShape(m: 1, n: 1, k: 1)),
      count: try number(.repeats, default: 1), place: row.place)
    if header.isProduct {
      if type == .depthwise { throw error("a row of M, N and K cannot be depthwise") }
      layer.shape = try product(m: number(.m), n: number(.n), k: number(.k))
    } else if type == .product {
      layer.shape = try productInColumns()
    } else {
      layer.shape = .convolution(try convolution(type == .depthwise, &layer.notes))
    }
    if let problem = layer.shape.problem { throw error(problem) }
    return layer
  }

  /// A product, its rows times the batch.
  private func product(m: Int, n: Int, k: Int) throws(WorkloadError) -> Workload.Layer.Shape {
    let batch = try number(.batch, default: 1)
    guard let rows = Int.checkedProduct(m, batch), GEMMShape.extents.contains(rows) else {
      throw error(
        "M x Batch must be at most \(GEMMShape.extents.upperBound); found \(m) x \(batch)")
    }
    return .gemm(GEMMShape(m: rows, n: n, k: k))
  }

  /// mNPUsim's form of a product: an input of `[M, K]`, a filter of `[K, N]`.
  private func productInColumns() throws(WorkloadError) -> Workload.Layer.Shape {
    let (k, filterRows) = (try number(.inputWidth), try number(.kernelHeight))
    guard k == filterRows else {
      throw error(
        "the input of a product is M x K and its filter K x N; found \(try number(.inputHeight)) x "
          + "\(k) and \(filterRows) x \(try number(.kernelWidth))")
    }
    let ones: [TopologyColumn] = [
      .channels, .filters, .strides, .strideHeight, .strideWidth, .groups, .dilation,
    ]
    for column in ones where try number(column, default: 1) != 1 {
      throw error("\(header.title(column)) of a product must be 1; found \(try number(column))")
    }
    guard ["", "0", "valid"].contains(header.cell(.padding, of: row).lowercased()) else {
      throw error("a product has no padding; found \(header.cell(.padding, of: row))")
    }
    return try product(m: number(.inputHeight), n: number(.kernelWidth), k: k)
  }

  // MARK: Cells

  /// A whole number of a column.
  ///
  /// - Parameter fallback: its value where the column or the cell is not there.
  func number(
    _ column: TopologyColumn, default fallback: Int? = nil, from least: Int = 1
  ) throws(WorkloadError) -> Int {
    let cell = header.cell(column, of: row)
    if cell.isEmpty, let fallback { return fallback }
    let title = header.title(column)
    guard let value = TopologyRow.number(cell) else {
      let isLarge = cell.count > 18 && cell.allSatisfy(\.isNumber)
      throw error(
        isLarge
          ? "\(title) must be at most \(GEMMShape.extents.upperBound); found \(cell)"
          : "expected a whole number as \(title); found \(cell.isEmpty ? "nothing" : "'\(cell)'")")
    }
    guard (least...GEMMShape.extents.upperBound).contains(value) else {
      throw error(
        "\(title) must be from \(least) to \(GEMMShape.extents.upperBound); found \(value)")
    }
    return value
  }

  func error(_ reason: String) -> WorkloadError { WorkloadError(row.place, reason + ".") }

  private func type() throws(WorkloadError) -> TopologyType? {
    let cell = header.cell(.type, of: row)
    if cell.isEmpty { return nil }
    if let type = TopologyType(cell) { return type }
    throw error(
      "\(header.title(.type)) '\(cell)' is not known. Use one of: \(TopologyType.examples)")
  }

  /// Complains of a row that ends before the columns that every layer has.
  private func requireCells() throws(WorkloadError) {
    let wanted =
      header.isProduct
      ? TopologyColumn.product
      : TopologyColumn.convolution + [header.has(.strides) ? .strides : .strideHeight]
    if wanted.allSatisfy({ header.reaches($0, in: row) }) { return }
    throw error(
      "expected a name and \(wanted.count) numbers ("
        + wanted.map { header.title($0) }.joined(separator: ", ")
        + "); found \(row.cells.count) column\(row.cells.count == 1 ? "" : "s")"
        + (row.cells.count == 1 ? ", separated unlike those of the header" : ""))
  }

  /// Complains of a share of non-zero weights that is not all of them.
  private func requireDense(_ ratio: String) throws(WorkloadError) {
    let parts = ratio.split(separator: ":", omittingEmptySubsequences: false)
      .map { TopologyRow.number($0.filter { !$0.isWhitespace }) }
    if ratio.isEmpty || parts.count == 2 && parts[0] == parts[1] && parts[0] ?? 0 > 0 { return }
    throw error(
      "expected no sparsity, or N:N such as 1:1; found '\(ratio)'. Sparse products are not modelled"
    )
  }

  /// Cells that no known title stands over: blank, a dense ratio, or words. A number there may be a
  /// size and is an error.
  private func readRest(_ notes: inout TopologyNotes) throws(WorkloadError) {
    for (index, cell) in row.cells.enumerated() where !cell.isEmpty {
      let title = header.titles.indices.contains(index) ? header.titles[index] : ""
      guard title.isEmpty || header.unknown.contains(index) else { continue }
      // The index of a table that was written with one.
      if index == 0 && title.isEmpty { continue }
      let isTrailing = index == row.cells.count - 1 && row.endsInText && title.isEmpty
      if cell.contains(":") && title.isEmpty && cell.first?.isNumber == true {
        try requireDense(cell)
      } else if isTrailing {
        notes.trailing.append(cell)
      } else if Self.looksLikeSize(cell) {
        throw error(
          title.isEmpty
            ? "column \(index + 1) has no title and holds \(cell). Give it one (Stride Width, Batch, "
              + "Padding, ...), or delete it"
            : "the column '\(title)' is not known for a "
              + "\(header.isProduct ? "product" : "convolution") and holds \(cell). Rename it as "
              + "Docs/workloads.md says, or delete it")
      }
    }
  }

  /// A number, or numbers with signs between them such as `3x3`.
  private static func looksLikeSize(_ cell: String) -> Bool {
    cell.contains(where: \.isNumber)
      && cell.allSatisfy { $0.isNumber || ".,x*×-+/% ".contains($0.lowercased()) }
  }
}
