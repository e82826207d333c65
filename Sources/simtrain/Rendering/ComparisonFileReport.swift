internal import Reports
internal import RunLog

/// What the summary of a comparison says, as text or as JSON.
struct ComparisonFileReport: InspectReport {
  let path: String
  let contents: ComparisonContents

  init(_ source: FileSource) throws(RunLogError) {
    path = source.path
    contents = try ComparisonFile.read(source)
  }

  var text: String {
    let header = contents.header
    var table = TextTable([.left, .left])
    table.add(["kind", "summary of a comparison"])
    table.add(["status", contents.status.title])
    table.add(["written by", header.generator])
    table.add(["command", header.commandLine.map(ResumeHint.quoted).joined(separator: " ")])
    table.add(["model", "\(header.model) on \(header.dataset)"])
    table.add(["seed", "\(header.seed)"])
    table.add(["runs", "\(contents.rows.count) of \(header.runCount)"])
    let files = contents.rows.filter { !$0.file.isEmpty }.map { "  run \($0.run): \($0.file)" }
    return
      ([path] + table.lines(indent: "  ") + [""]
      + ComparisonTable(
        rows: contents.rows, figureNames: contents.figureNames,
        relativeNames: contents.relativeNames
      ).lines + (files.isEmpty ? [] : ["", "Run files, in the same folder"] + files))
      .joined(separator: "\n") + "\n"
  }

  var json: JSONValue {
    let header = contents.header
    return .object([
      .init("kind", .text("comparison")), .init("path", .text(path)),
      .init("status", .text(contents.status.rawValue)),
      .init("generator", .text(header.generator)),
      .init("commandLine", .list(header.commandLine.map(JSONValue.text))),
      .init("model", .text(header.model)), .init("dataset", .text(header.dataset)),
      .init("seed", JSONValue(.unsigned(header.seed))),
      .init("runCount", .integer(header.runCount)), .init("runs", .list(contents.rows.map(json))),
    ])
  }

  private func json(_ row: ComparisonFile.Row) -> JSONValue {
    func members(_ names: [String], _ values: [Double]) -> [JSONValue.Member] {
      zip(names, values).map { .init($0, .real($1)) }
    }
    return .object(
      [
        .init("run", .integer(row.run)), .init("device", .text(row.device)),
        .init("config", row.config.isEmpty ? .null : .text(row.config)),
        .init("precision", .text(row.precision)), .init("fusion", .text(row.fusion)),
        .init("status", .text(row.isFinished ? "finished" : "failed")),
        .init("runFile", row.file.isEmpty ? .null : .text(row.file)),
      ] + members(contents.figureNames, row.figures) + [
        .init("relative", .object(members(contents.relativeNames, row.relatives)))
      ])
  }
}
