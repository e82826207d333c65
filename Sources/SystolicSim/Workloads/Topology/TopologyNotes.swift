/// What a reader left out of a workload file.
struct TopologyNotes {
  /// Lines that hold a title alone.
  var titles: [String] = []
  /// Text after the last comma.
  var trailing: [String] = []
  /// Types of rows that are no products.
  var otherTypes: [String] = []
  private var columns: [String] = []
  private var doubled: [String] = []
  private var isReordered = false

  /// Takes note of what a header has that is not read.
  mutating func add(_ header: TopologyHeader) {
    for title in (header.ignored + header.unknown).map({ header.titles[$0] })
    where !columns.contains(title) {
      columns.append(title)
    }
    if !header.isInOrder { isReordered = true }
    if let sentence = header.doubled, !doubled.contains(sentence) { doubled.append(sentence) }
  }

  /// The notes as sentences.
  var sentences: [String] {
    var sentences = doubled
    if isReordered {
      sentences.append(
        "the columns are known by their titles; SCALE-Sim, which goes by their places, reads other "
          + "layers")
    }
    func list(_ words: [String], _ sentence: String) {
      guard !words.isEmpty else { return }
      var seen = Set<String>()
      let different = words.filter { seen.insert($0).inserted }
      let shown = different.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
      sentences.append(
        sentence + " \(shown)" + (different.count > 5 ? " and \(different.count - 5) more" : ""))
    }
    list(columns, "columns that are not read:")
    list(titles, "lines that are titles, not layers:")
    list(trailing, "text after the last comma, not read:")
    list(otherTypes, "\(otherTypes.count) rows are no products and left out, of type")
    return sentences
  }
}
