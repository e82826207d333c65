internal import Reports
internal import RunLog
internal import Training
internal import Units

/// What a checkpoint says, as text or as JSON.
struct CheckpointReport: InspectReport {
  let path: String
  let checkpoint: Checkpoint

  init(_ source: FileSource) throws(RunLogError) {
    path = source.path
    checkpoint = try CheckpointFile.read(source)
  }

  var text: String {
    var settings = TextTable([.left, .left])
    settings.add(["kind", "checkpoint"])
    for setting in entries where !Self.isDetail(setting.name) {
      settings.add([setting.name, "\(setting.value)"])
    }
    var tensors = TextTable([.left, .left, .left, .right])
    tensors.add(["tensor", "type", "shape", "size"])
    for tensor in checkpoint.tensors {
      tensors.add([
        tensor.name, tensor.type.dtype.rawValue,
        tensor.type.shape.map(String.init).joined(separator: " x "),
        Bytes(tensor.bytes.count).description,
      ])
    }
    let total = checkpoint.tensors.reduce(0) { $0 + $1.bytes.count }
    tensors.add(["together", "", "", Bytes(total).description])
    let word = ResumeHint.quoted(path)
    return
      ([path] + settings.lines(indent: "  ") + ["", "State of the run"]
      + tensors.lines(indent: "  ") + [
        "", "Continue with: simtrain --resume \(word) --checkpoint \(word)",
      ]).joined(separator: "\n") + "\n"
  }

  private var entries: [Checkpoint.Entry] { checkpoint.entries.sorted { $0.name < $1.name } }

  /// Long lists and the words of the generator, which --json has.
  private static func isDetail(_ name: String) -> Bool {
    name == RunKey.architecture || name.hasPrefix(Checkpoint.Key.generatorPrefix)
  }

  var json: JSONValue {
    .object([
      .init("kind", .text("checkpoint")), .init("path", .text(path)),
      .init("settings", JSONValue(entries.map { RunAttribute($0.name, RunValue($0.value)) })),
      .init(
        "tensors",
        .list(
          checkpoint.tensors.map { tensor in
            .object([
              .init("name", .text(tensor.name)), .init("type", .text(tensor.type.dtype.rawValue)),
              .init("shape", .list(tensor.type.shape.map(JSONValue.integer))),
              .init("bytes", .integer(tensor.bytes.count)),
            ])
          })),
    ])
  }
}
