internal import Foundation

/// Reads SCALE-Sim's topology files, convolution and product form.
///
/// A header row, then a layer a row; a row may end in a comma; blank rows count for nothing. Which
/// form it is follows from the number of columns of the header.
///
/// - Product: `Layer, M, N, K,` and a sparsity.
/// - Convolution: `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels,
///   Num Filter, Strides,` and a sparsity; or a stride each way. The input's extents include its
///   padding. A layer with `DP` in its name is depthwise: each channel is a group of its own with
///   `Num Filter` filters.
///
/// The sparsity may only be `1:1`.
///
/// - Source: SCALE-Sim 3.0.0, `topology_utils.py`. There a row without a comma at its end loses its
///   last number; here it does not.
public enum TopologyFile {
  /// Reads a file.
  ///
  /// - Throws: `WorkloadError` with file, line, what was expected and what is there.
  public static func read(path: String) throws(WorkloadError) -> Workload {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw WorkloadError(path, "cannot be read. Check that the file is there and readable.")
    }
    guard let text = String(bytes: data, encoding: .utf8) else {
      throw WorkloadError(path, "is no text in UTF-8. Give a SCALE-Sim topology file (CSV).")
    }
    var name = path.split(separator: "/").last.map(String.init) ?? path
    if name.hasSuffix(".csv") { name.removeLast(4) }
    return try parse(text, file: path, name: name)
  }

  /// Reads the text of a file.
  ///
  /// - Parameter file: the name in errors.
  public static func parse(
    _ text: String, file: String, name: String
  ) throws(WorkloadError) -> Workload {
    var rows: [TopologyRow] = []
    let lines = text.replacing("\u{FEFF}", with: "").split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let row = TopologyRow(line, place: "\(file):\(index + 1)")
      if !row.cells.isEmpty { rows.append(row) }
    }
    guard let header = rows.first else {
      throw WorkloadError(file, "is empty. Expected a header row and a layer a row.")
    }
    let isProduct = try form(of: header)
    var layers: [Workload.Layer] = []
    for row in rows.dropFirst() {
      layers.append(isProduct ? try row.product() : try row.convolution())
    }
    if layers.isEmpty {
      throw WorkloadError(file, "has a header but no layers. Expected a layer a row.")
    }
    return Workload(name: name, layers: layers)
  }

  /// Whether rows are products rather than convolutions.
  private static func form(of header: TopologyRow) throws(WorkloadError) -> Bool {
    let names = header.cells.dropFirst().map { $0.lowercased() }
    if !names.isEmpty && names.allSatisfy({ Int($0) != nil }) {
      throw WorkloadError(
        header.place,
        "the first row must be a header, which SCALE-Sim skips; found the numbers of a layer. "
          + "Put 'Layer, M, N, K,' or the names of the convolution's columns before it.")
    }
    if names.count <= 4, Set(names.prefix(3)) == ["m", "n", "k"],
      names.prefix(3) != ["m", "n", "k"]
    {
      throw WorkloadError(
        header.place,
        "the columns must be in the order M, N, K; found \(names.prefix(3).joined(separator: ", "))"
          + ". SCALE-Sim reads them by place, whatever their names.")
    }
    switch names.count {
    case 3, 4: return true
    case 7...9: return false
    default:
      throw WorkloadError(
        header.place,
        "a header has 4 or 5 columns (Layer, M, N, K) or 8 to 10 (Layer name, IFMAP Height, IFMAP "
          + "Width, Filter Height, Filter Width, Channels, Num Filter, Strides); "
          + "found \(header.cells.count).")
    }
  }
}

/// One row of a topology file.
private struct TopologyRow {
  let cells: [String]
  let place: String

  init(_ line: Substring, place: String) {
    var cells = line.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    while cells.last?.isEmpty == true { cells.removeLast() }
    self.cells = cells
    self.place = place
  }

  func product() throws(WorkloadError) -> Workload.Layer {
    let values = try numbers(["M", "N", "K"])
    try checkSparsity(from: 4)
    let gemm = GEMMShape(m: values[0], n: values[1], k: values[2])
    if let problem = gemm.problem { throw WorkloadError(place, problem + ".") }
    return Workload.Layer(name: cells[0], shape: .gemm(gemm))
  }

  func convolution() throws(WorkloadError) -> Workload.Layer {
    let values = try numbers([
      "IFMAP Height", "IFMAP Width", "Filter Height", "Filter Width", "Channels", "Num Filter",
      "Strides",
    ])
    var strideWidth = values[6]
    var rest = 8
    if cells.count > rest, let width = Int(cells[rest]) {
      strideWidth = width
      rest += 1
    }
    try checkSparsity(from: rest)
    let isDepthwise = cells[0].contains("DP")
    let filters = values[5].multipliedReportingOverflow(by: isDepthwise ? values[4] : 1)
    let shape = ConvolutionShape(
      inputHeight: values[0], inputWidth: values[1], kernelHeight: values[2],
      kernelWidth: values[3], channels: values[4], filters: filters.overflow ? 0 : filters.0,
      strideHeight: values[6], strideWidth: strideWidth, groups: isDepthwise ? values[4] : 1)
    if let problem = shape.problem { throw WorkloadError(place, problem + ".") }
    return Workload.Layer(name: cells[0], shape: .convolution(shape))
  }

  private func numbers(_ names: [String]) throws(WorkloadError) -> [Int] {
    guard cells.count > names.count else {
      throw WorkloadError(
        place,
        "expected a name and \(names.count) numbers (\(names.joined(separator: ", "))); "
          + "found \(cells.count) columns.")
    }
    var values: [Int] = []
    for (name, cell) in zip(names, cells.dropFirst()) {
      guard let value = Int(cell) else {
        throw WorkloadError(place, "expected a whole number as \(name); found '\(cell)'.")
      }
      values.append(value)
    }
    return values
  }

  private func checkSparsity(from index: Int) throws(WorkloadError) {
    guard cells.count > index else { return }
    if cells.count > index + 1 {
      throw WorkloadError(
        place, "expected at most \(index + 1) columns; found \(cells.count).")
    }
    if cells[index] != "1:1" {
      throw WorkloadError(
        place,
        "expected no sparsity, or 1:1; found '\(cells[index])'. Sparse products are not modelled.")
    }
  }
}
