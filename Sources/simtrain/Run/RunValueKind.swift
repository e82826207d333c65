internal import ConfigFiles
internal import Datasets
internal import Training

/// What the values of a field are: how an option, a recipe and a checkpoint say one, and which make
/// sense.
struct RunValueKind<Value: Codable & Sendable>: Sendable {
  /// Reads the word of an option, whose name is the second argument.
  let parse: @Sendable (String, String) throws -> Value
  let decode: @Sendable (RunField.Reader, RunKeyPart) throws -> Value
  /// Why a value cannot be, as the rest of the sentence `'key' …`; `nil` if it can.
  let problem: @Sendable (Value) -> String?
  /// A value as a person reads it.
  let text: @Sendable (Value) -> String
  let save: @Sendable (Value) -> Checkpoint.Value
  /// `nil` for what is no such value.
  let load: @Sendable (Checkpoint.Value) -> Value?
  /// What the value is called where a checkpoint's cannot be; `nil`: by its name there.
  var what: String?
  /// The values are names: one that is not known is of a newer program.
  var isName = false

  init(
    parse: @escaping @Sendable (String, String) throws -> Value,
    decode: @escaping @Sendable (RunField.Reader, RunKeyPart) throws -> Value = {
      try $0.decode(Value.self, forKey: $1)
    },
    problem: @escaping @Sendable (Value) -> String? = { _ in nil },
    text: @escaping @Sendable (Value) -> String = { "\($0)" },
    save: @escaping @Sendable (Value) -> Checkpoint.Value,
    load: @escaping @Sendable (Checkpoint.Value) -> Value?, what: String? = nil,
    isName: Bool = false
  ) {
    self.parse = parse
    self.decode = decode
    self.problem = problem
    self.text = text
    self.save = save
    self.load = load
    self.what = what
    self.isName = isName
  }

  /// What to say of a checkpoint's value that cannot be.
  func refusal(_ value: Checkpoint.Value, _ path: String, _ setting: String) -> CommandFailure {
    if isName, case .text(let name) = value {
      return .usage(
        "\(path): the checkpoint names the \(what ?? setting) '\(name)', which this simtrain does "
          + "not know. Use a newer simtrain, or another checkpoint.")
    }
    let shown = if case .text(let text) = value { "'\(text)'" } else { value.description }
    return .usage(
      "\(path): the checkpoint is damaged: its \(what ?? "'\(setting)'") cannot be \(shown). "
        + "Use another checkpoint.")
  }
}

// MARK: Numbers

extension RunValueKind where Value == Double {
  static func real(_ bound: NumberWord.Bound) -> Self {
    Self(
      parse: { try NumberWord(argument: $0).real($1, bound) },
      problem: { bound.holds($0) ? nil : "must be \(bound.words); found \($0)" },
      save: { .real($0) },
      load: { if case .real(let value) = $0 { value } else { nil } })
  }
}

extension RunValueKind where Value == Int {
  static func whole(_ range: ClosedRange<Int>, _ what: String? = nil) -> Self {
    Self(
      parse: { try NumberWord(argument: $0).whole($1, in: range) },
      problem: {
        range.contains($0) ? nil : "must be \(NumberWord.limits(range)); found \($0)"
      },
      save: { .integer(Int64($0)) },
      load: {
        switch $0 {
        case .integer(let value): Int(value)
        // Settings of loss scaling are real numbers there.
        case .real(let value): Int(exactly: value)
        default: nil
        }
      }, what: what)
  }
}

extension RunValueKind where Value == UInt64 {
  /// A number whose bits a checkpoint holds as a signed one.
  static var bits: Self {
    Self(
      parse: { try NumberWord(argument: $0).whole($1, in: 0...UInt64.max) },
      save: { .integer(Int64(bitPattern: $0)) },
      load: {
        if case .integer(let value) = $0 { UInt64(bitPattern: value) } else { nil }
      })
  }
}

extension RunValueKind where Value == Bool {
  static var flag: Self {
    Self(
      parse: { word, _ in word == "true" }, save: { .integer($0 ? 1 : 0) },
      load: { if case .integer(let value) = $0 { value == 1 } else { nil } })
  }
}

extension RunValueKind where Value == [Int] {
  /// Widths of layers: `512,256`.
  static var widths: Self {
    let range = 1...1_048_576
    @Sendable func widths(in text: String) -> [Int]? {
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let widths = parts.compactMap { Int($0) }.filter(range.contains)
      return widths.count == parts.count ? widths : nil
    }
    return Self(
      parse: { word, option in
        if let widths = widths(in: word) { return widths }
        throw CommandFailure.usage(
          "\(option) is '\(word)'; it must be widths from 1 to 1048576 with commas between them, "
            + "such as 512,256.")
      },
      problem: { widths in
        if widths.isEmpty { return "must list at least one width" }
        return widths.first { !range.contains($0) }.map {
          "must be widths \(NumberWord.limits(range)); found \($0)"
        }
      },
      text: { $0.map(String.init).joined(separator: ",") },
      save: { .text($0.map(String.init).joined(separator: ",")) },
      load: { if case .text(let text) = $0 { widths(in: text) } else { nil } },
      what: "hidden layers")
  }
}

// MARK: Texts

extension RunValueKind where Value == String {
  /// The name of something, or a path.
  static var name: Self {
    Self(
      parse: { word, option in
        try TrainRequest.requireName(word, option)
        return word
      },
      problem: { $0.isEmpty ? "must be the name of a file or folder; found nothing" : nil },
      save: { .text($0) },
      load: { if case .text(let text) = $0 { text } else { nil } })
  }
}

extension RunValueKind where Value == String {
  /// An optimizer's name.
  static var optimizer: Self {
    let names = OptimizerCatalog.names
    return Self(
      parse: { word, _ in
        if names.contains(word) { return word }
        throw TrainingError.unknownOptimizer(name: word)
      },
      problem: {
        names.contains($0)
          ? nil : "cannot be '\($0)'. Use one of: \(names.joined(separator: ", "))"
      },
      save: { .text($0) },
      load: { if case .text(let text) = $0 { text } else { nil } }, what: "optimizer",
      isName: true)
  }
}

extension RunValueKind where Value == [String] {
  static var texts: Self {
    Self(
      parse: { word, _ in [word] }, text: { $0.joined(separator: " ") }, save: { .texts($0) },
      load: { if case .texts(let texts) = $0 { texts } else { nil } })
  }
}

extension RunValueKind
where Value: RawRepresentable<String> & CaseIterable {
  /// One of a closed set of names.
  static func choice(_ what: String) -> Self {
    Self(
      parse: { word, _ in try TrainRequest.choice(Value.self, word, what) },
      text: \.rawValue, save: { .text($0.rawValue) },
      load: { if case .text(let text) = $0 { Value(rawValue: text) } else { nil } },
      what: what, isName: true)
  }
}

extension RunValueKind where Value == DatasetSource {
  static var dataset: Self {
    let what = "data set"
    return Self(
      parse: { word, _ in
        if let source = DatasetSource(word) { return source }
        if word.contains(where: { "./".contains($0) }) {
          throw CommandFailure.usage(
            "\(word): a data set of yours is a file of arrays that ends in .npz, as numpy saves it, "
              + "or in .h5 or .hdf5, as h5py does (Docs/data.md).")
        }
        return .named(try TrainRequest.choice(DatasetName.self, word, what))
      },
      decode: { container, part in
        // The enumeration of names says which there are.
        let word = try container.decode(String.self, forKey: part)
        return try DatasetSource(word)
          ?? .named(container.decode(DatasetName.self, forKey: part))
      },
      text: \.description, save: { .text($0.description) },
      load: { if case .text(let text) = $0 { DatasetSource(text) } else { nil } },
      what: what, isName: true)
  }
}

extension RunValueKind where Value == LearningRateSchedule {
  static var schedule: Self {
    Self(
      parse: { word, option in
        do { return try LearningRateSchedule(parsing: word) } catch {
          throw CommandFailure.usage("\(option): \(error)")
        }
      },
      decode: { try $0.decode(ScheduleText.self, forKey: $1).schedule },
      save: { .text($0.description) },
      load: {
        guard case .text(let text) = $0 else { return nil }
        return try? LearningRateSchedule(parsing: text)
      }, what: "learning-rate schedule", isName: true)
  }
}

/// A learning-rate schedule as a recipe has it.
private struct ScheduleText: Decodable, Validatable {
  let text: String

  init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  var schedule: LearningRateSchedule { (try? LearningRateSchedule(parsing: text)) ?? .constant }

  func validate() throws(ConfigIssue) {
    do { _ = try LearningRateSchedule(parsing: text) } catch {
      throw ConfigIssue("", "must be \(LearningRateSchedule.spelling); found '\(text)'")
    }
  }
}
