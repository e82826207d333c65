/// Reads a workload file line by line.
struct TopologyReader {
  private let file: String
  private var separator: TopologySeparator?
  private var header: TopologyHeader?
  private var layers: [Workload.Layer] = []
  private var size = WorkSize()
  private var notes = TopologyNotes()

  init(file: String) { self.file = file }

  /// Reads one line, whose number counts from 1.
  mutating func read(_ line: Substring, number: Int) throws(WorkloadError) {
    let place = "\(file):\(number)"
    let text = line.drop(while: \.isWhitespace)
    if text.isEmpty { return }
    if text.hasPrefix("#") || text.hasPrefix("//") {
      // A header may be marked as a comment; any other comment is none.
      let marked = text.drop { "#/ \t".contains($0) }
      if header == nil, let row = headerRow(marked, place: place),
        let understood = try? TopologyHeader(row)
      {
        begin(understood, TopologySeparator(of: marked))
      }
      return
    }
    if isScaleSimConfiguration(text) {
      throw WorkloadError(
        file,
        "is a configuration of SCALE-Sim, an architecture. Convert it with 'simtrain config import', "
          + "and give it as --config.")
    }
    guard let header, let separator else { return try readFirst(line, place: place) }
    let row = TopologyRow(line, separator: separator, place: place, hasComments: true)
    if row.cells.isEmpty { return }
    if row.isTitle { return notes.titles.append(row.cells.last ?? "") }
    if row.looksLikeHeader, let next = headerRow(line, place: place),
      let understood = try? TopologyHeader(next)
    {
      return begin(understood, TopologySeparator(of: line))
    }
    let layer = try TopologyLayer(row: row, header: header).layer(&notes)
    guard let layer else { return }
    if let problem = size.add(layer) { throw WorkloadError(place, problem + ".") }
    layers.append(layer)
  }

  /// A line before any header: the header, or a title.
  private mutating func readFirst(_ line: Substring, place: String) throws(WorkloadError) {
    let separator = TopologySeparator(of: line)
    let row = TopologyRow(line, separator: separator, place: place, hasComments: false)
    if row.cells.isEmpty { return }
    if row.isTitle { return notes.titles.append(row.cells.last ?? "") }
    if row.cells.dropFirst().contains(where: { TopologyRow.number($0) != nil }) {
      throw WorkloadError(
        place,
        "the first row must be a header, which SCALE-Sim skips; found the numbers of a layer. "
          + "Put 'Layer, M, N, K,' or the names of the convolution's columns before it.")
    }
    begin(try TopologyHeader(row), separator)
  }

  private func headerRow(_ line: Substring, place: String) -> TopologyRow? {
    let row = TopologyRow(
      line, separator: TopologySeparator(of: line), place: place, hasComments: false)
    return row.looksLikeHeader ? row : nil
  }

  private mutating func begin(_ header: TopologyHeader, _ separator: TopologySeparator) {
    self.header = header
    self.separator = separator
    notes.add(header)
  }

  private func isScaleSimConfiguration(_ text: Substring) -> Bool {
    header == nil && ["[general]", "[architecture_presets]"].contains { text.hasPrefix($0) }
  }

  /// All layers.
  func workload(name: String) throws(WorkloadError) -> Workload {
    guard header != nil else {
      throw WorkloadError(
        file,
        notes.titles.isEmpty
          ? "is empty. Expected a header row and a layer a row."
          : "has no header. Expected a row of titles, separated by commas, tabs or semicolons, and "
            + "a layer a row.")
    }
    if layers.isEmpty {
      throw WorkloadError(file, "has a header but no layers. Expected a layer a row.")
    }
    return Workload(name: name, layers: layers, notes: notes.sentences)
  }
}
