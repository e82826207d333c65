internal import Reports
internal import RunLog

extension RunFileReport {
  /// Whether the file is that of a training run; one of `evaluate` or `estimate` has a summary and
  /// no steps.
  var hasTraining: Bool {
    !steps.isEmpty || summary.isEmpty || summary.contains { $0.name == "steps" }
  }

  /// The summary, a line a figure. Figures of several forms of a model, `fp32.testLoss` and
  /// `int8-static.testLoss`, have a column for each form.
  var summaryLines: [String] {
    let cells = summary.map { attribute in
      let (form, figure) =
        forms.lazy.compactMap { form in
          attribute.name.hasPrefix(form + ".")
            ? (form, String(attribute.name.dropFirst(form.count + 1))) : nil
        }.first ?? ("", attribute.name)
      return (form: form, figure: figure, text: Self.text(figure, attribute.value))
    }
    let columns = forms.isEmpty ? [""] : forms
    var table = TextTable([.left] + columns.map { _ in .right })
    if !forms.isEmpty { table.add([""] + forms) }
    var seen = Set<String>()
    for figure in cells.map(\.figure) where seen.insert(figure).inserted {
      table.add(
        [figure]
          + columns.map { form in
            cells.first { $0.form == form && $0.figure == figure }?.text ?? "-"
          })
    }
    return ["Summary"] + table.lines(indent: "  ")
  }

  /// `fp32` and `int8-static` where an evaluation has `fp32.testAccuracy` and so on.
  private var forms: [String] {
    let ending = ".testAccuracy"
    return summary.map(\.name).filter { $0.hasSuffix(ending) }.map {
      String($0.dropLast(ending.count))
    }
  }

  /// Counts are grouped; the unit of anything else is at the end of the figure's name.
  private static func text(_ figure: String, _ value: RunValue) -> String {
    switch value {
    case .integer(let count): Quantity.grouped(Int(count))
    case .real(let share) where figure == "testAccuracy" || figure == "utilization":
      Quantity.percent(share, decimals: 2)
    case .real(let number) where figure == "testLoss": Quantity.fixed(number, 4)
    case .real(let seconds) where figure.hasSuffix("Seconds"):
      Quantity.engineering(seconds, "s")
    case .real(let joules) where figure.contains("Joules"): Quantity.engineering(joules, "J")
    default: "\(value)"
    }
  }
}
