internal import ConfigFiles

/// Which column of a workload file says what.
struct TopologyHeader {
  /// A row is a matrix product, rather than a convolution.
  let isProduct: Bool
  /// The titles, by place; blank ones are empty.
  let titles: [String]
  /// Places of the columns that are known.
  private let places: [TopologyColumn: Int]
  /// Places of columns that are not read: known ones that say nothing of a layer's size.
  let ignored: [Int]
  /// Places of columns whose title is not known, or not for rows of this form.
  let unknown: [Int]
  /// A title that stands twice and was taken for two columns, as a sentence.
  let doubled: String?

  /// Understands a header.
  ///
  /// - Throws: `WorkloadError` that names what is missing, doubled or not known.
  init(_ row: TopologyRow) throws(WorkloadError) {
    titles = row.cells
    var columns = titles.map { $0.isEmpty ? nil : TopologyColumn(title: $0) }
    doubled = Self.partDoubled(&columns, titles)
    let known = columns.flatMap { $0?.parts ?? [] }
    func has(_ wanted: [TopologyColumn]) -> Bool { wanted.allSatisfy(known.contains) }
    isProduct = !has(TopologyColumn.convolution)
    if isProduct && !has(TopologyColumn.product) { throw Self.incomplete(row, known) }
    let foreign = isProduct ? TopologyColumn.convolutionOnly : Set(TopologyColumn.product)
    // A convolution's own M, N and K follow from its other columns.
    let foreignAreDerived = !isProduct && has(TopologyColumn.product)
    var places: [TopologyColumn: Int] = [:]
    var ignored: [Int] = []
    var unknown: [Int] = []
    for (index, column) in columns.enumerated() {
      switch column {
      case nil: if !titles[index].isEmpty { unknown.append(index) }
      case .ignored: ignored.append(index)
      case let column? where foreign.contains(column):
        if foreignAreDerived { ignored.append(index) } else { unknown.append(index) }
      case let column?:
        for part in column.parts {
          if let first = places[part] {
            throw WorkloadError(
              row.place,
              "the columns '\(titles[first])' and '\(titles[index])' both mean \(part.rawValue). "
                + "Keep one.")
          }
          places[part] = index
        }
      }
    }
    // The first column is the name, whatever its title, unless another one is.
    if places[.name] == nil, unknown.first == 0 || titles.first?.isEmpty == true {
      places[.name] = 0
      unknown.removeAll { $0 == 0 }
    } else if places[.name] == nil, ignored.first == 0 {
      places[.name] = 0
      ignored.removeFirst()
    }
    (self.places, self.ignored, self.unknown) = (places, ignored, unknown)
    if !isProduct { try requireStride(row) }
  }

  /// Takes the first of two columns of one title as the height, the second as the width, where one of
  /// the two is not there otherwise; DeepBench's and DeepSpeech's files have `IFMAP Width` twice.
  private static func partDoubled(
    _ columns: inout [TopologyColumn?], _ titles: [String]
  ) -> String? {
    for (height, width) in TopologyColumn.sides {
      for (title, other) in [(width, height), (height, width)] {
        let places = columns.indices.filter { columns[$0] == title }
        guard places.count == 2, !columns.contains(other) else { continue }
        (columns[places[0]], columns[places[1]]) = (height, width)
        return "'\(titles[places[0]])' stands twice in the header: taken as height, then width"
      }
    }
    return nil
  }

  private func requireStride(_ row: TopologyRow) throws(WorkloadError) {
    let sides = [TopologyColumn.strideHeight, .strideWidth].filter { places[$0] != nil }
    let hasOne = places[.strides] != nil
    if hasOne && sides.isEmpty || sides.count == 2 && !hasOne { return }
    // 'Strides' beside one for the width is that of the height.
    if hasOne && sides == [.strideWidth] { return }
    throw WorkloadError(
      row.place,
      "the header must have a column Strides, or Stride Height and Stride Width; found "
        + titles.filter { !$0.isEmpty }.joined(separator: ", ") + ".")
  }

  private static func incomplete(
    _ row: TopologyRow, _ known: [TopologyColumn]
  ) -> WorkloadError {
    if row.filledCount == 1 {
      return WorkloadError(
        row.place, "found 1 column. Separate the columns by commas, tabs or semicolons.")
    }
    func missing(_ wanted: [TopologyColumn]) -> [TopologyColumn] {
      wanted.filter { !known.contains($0) }
    }
    let product = missing(TopologyColumn.product)
    let convolution = missing(TopologyColumn.convolution)
    let absent = product.count < 3 && convolution.count > 3 ? product : convolution
    let unknown = row.cells.dropFirst(known.contains(.name) ? 0 : 1)
      .filter { !$0.isEmpty && TopologyColumn(title: $0) == nil }
    var sentence =
      absent.count == TopologyColumn.convolution.count
      ? "the header must have the columns Layer, M, N, K, or Layer name, IFMAP Height, IFMAP Width, "
        + "Filter Height, Filter Width, Channels, Num Filter, Strides"
      : "the header lacks " + absent.map(\.rawValue).joined(separator: ", ")
    if let first = unknown.first {
      sentence += "; not known here: " + unknown.joined(separator: ", ")
      let titles = absent.map(\.rawValue)
      if let meant = Spelling.suggestion(for: first, among: titles) {
        sentence += ". Did you mean '\(meant)' by '\(first)'?"
        return WorkloadError(row.place, sentence)
      }
    }
    return WorkloadError(row.place, sentence + ". Docs/workloads.md lists the titles.")
  }

  /// What stands in a column; empty where there is no such column.
  func cell(_ column: TopologyColumn, of row: TopologyRow) -> String {
    places[column].map { row[$0] } ?? ""
  }

  /// Whether a row is long enough to have the column.
  func reaches(_ column: TopologyColumn, in row: TopologyRow) -> Bool {
    places[column].map { row.cells.indices.contains($0) } ?? false
  }

  /// Whether the column is there.
  func has(_ column: TopologyColumn) -> Bool { places[column] != nil }

  /// The column's title in the file.
  func title(_ column: TopologyColumn) -> String {
    places[column].map { titles[$0] } ?? column.rawValue
  }

  /// The columns stand where SCALE-Sim looks for them.
  var isInOrder: Bool {
    let order =
      [.name]
      + (isProduct
        ? TopologyColumn.product
        : TopologyColumn.convolution + [has(.strides) ? .strides : .strideHeight])
    return order.enumerated().allSatisfy { places[$1] == $0 }
  }
}
