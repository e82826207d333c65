internal import DeviceAPI
internal import Reports

extension SimulatedCost {
  /// Lines that say what the cost depends on; none if on nothing.
  var dependenceLines: [String] {
    if dataDependences.isEmpty { return [] }
    var table = TextTable([.left, .left])
    for dependence in dataDependences { table.add([dependence.name, dependence.text]) }
    let isAssumed = dataDependences.contains(where: \.isAssumed)
    return [
      isAssumed
        ? "Depends on data, and nothing has run: assumed of an execution"
        : "Depends on data: counted of the last execution"
    ] + table.lines(indent: "  ")
  }
}

extension DataDependence {
  /// `17 turns`, `branch 0 5 times, branch 1 2 times`.
  fileprivate var text: String {
    func times(_ count: Int, _ noun: String) -> String {
      "\(Quantity.grouped(count)) \(noun)\(count == 1 ? "" : "s")"
    }
    if isLoop {
      return times(runs.first ?? 0, "turn") + (entries == 1 ? "" : " in \(times(entries, "run"))")
    }
    let taken = runs.enumerated().filter { $1 > 0 }.map { "branch \($0) \(times($1, "time"))" }
    return taken.isEmpty ? "not reached" : taken.joined(separator: ", ")
  }

  var json: JSONValue {
    .object([
      .init("name", .text(name)), .init("kind", .text(isLoop ? "loop" : "branch")),
      .init("entries", .integer(entries)),
      .init("runs", .list(runs.map { .integer($0) })), .init("isAssumed", .flag(isAssumed)),
    ])
  }
}
