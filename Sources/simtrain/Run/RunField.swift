internal import ArgumentParser
internal import Training

/// One value of a description of a run: its key, its option, its name in a checkpoint, and what it
/// may be.
struct RunField: Sendable {
  typealias Reader = KeyedDecodingContainer<RunKeyPart>
  typealias Writer = KeyedEncodingContainer<RunKeyPart>

  /// Dotted, as a recipe and `--set` have it: `model.dropout`.
  let key: String
  /// Name of the setting of a checkpoint. Those that begin with `run.` are the command's, the others
  /// the training loop's.
  let setting: String
  /// `--dropout`.
  let option: String
  /// A resumed run has the checkpoint's value: another one is a contradiction.
  let isKept: Bool
  /// What a checkpoint's run does where the value is false: `rounds to nearest`.
  let otherwise: String?
  /// What the option was given, as it was typed; `nil` for one that is not of `RunOptions`.
  let word: @Sendable (RunOptions) -> String?
  /// Takes the word of an option.
  let parse: @Sendable (String, inout RunConfig) throws -> Void
  let decode: @Sendable (Reader, RunKeyPart, inout RunConfig) throws -> Void
  let encode: @Sendable (RunConfig, inout Writer, RunKeyPart) throws -> Void
  /// Takes the value of another description.
  let copy: @Sendable (RunConfig, inout RunConfig) -> Void
  /// Why the value cannot be, as the rest of the sentence `'key' …`; `nil` if it can.
  let problem: @Sendable (RunConfig) -> String?
  /// The value as a person reads it.
  let text: @Sendable (RunConfig) -> String
  /// The value as a checkpoint holds it; `nil` where there is none.
  let save: @Sendable (RunConfig) -> Checkpoint.Value?
  /// Takes the value of a checkpoint.
  ///
  /// - Throws: `CommandFailure.usage` for one that cannot be, or that this program does not know.
  let load: @Sendable (Checkpoint.Value, _ path: String, inout RunConfig) throws -> Void

  /// A value that is always there.
  init<Value>(
    _ key: String, _ option: String, setting: String, isKept: Bool = true,
    _ path: any WritableKeyPath<RunConfig, Value> & Sendable, _ kind: RunValueKind<Value>,
    otherwise: String? = nil,
    word: @escaping @Sendable (RunOptions) -> String? = { _ in nil }
  ) {
    self.init(
      key, option, setting, isKept, kind, whenAbsent: nil, otherwise, word,
      get: { $0[keyPath: path] }, set: { if let value = $1 { $0[keyPath: path] = value } })
  }

  /// A value that may be absent.
  ///
  /// - Parameter whenAbsent: what a checkpoint holds then; without, the setting is absent too.
  init<Value>(
    _ key: String, _ option: String, setting: String, isKept: Bool = true,
    whenAbsent: Checkpoint.Value? = nil,
    _ path: any WritableKeyPath<RunConfig, Value?> & Sendable, _ kind: RunValueKind<Value>,
    word: @escaping @Sendable (RunOptions) -> String? = { _ in nil }
  ) {
    self.init(
      key, option, setting, isKept, kind, whenAbsent: whenAbsent, nil, word,
      get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 })
  }

  private init<Value>(
    _ key: String, _ option: String, _ setting: String, _ isKept: Bool,
    _ kind: RunValueKind<Value>, whenAbsent: Checkpoint.Value?, _ otherwise: String?,
    _ word: @escaping @Sendable (RunOptions) -> String?,
    get: @escaping @Sendable (RunConfig) -> Value?,
    set: @escaping @Sendable (inout RunConfig, Value?) -> Void
  ) {
    self.key = key
    self.option = option
    self.setting = setting
    self.isKept = isKept
    self.otherwise = otherwise
    self.word = word
    parse = { set(&$1, try kind.parse($0, option)) }
    decode = { set(&$2, try kind.decode($0, $1)) }
    encode = { if let value = get($0) { try $1.encode(value, forKey: $2) } }
    copy = { set(&$1, get($0)) }
    problem = { get($0).flatMap(kind.problem) }
    text = {
      let text = get($0).map(kind.text) ?? ""
      return text.isEmpty ? "nothing" : text
    }
    save = { get($0).map(kind.save) ?? whenAbsent }
    load = { stored, path, config in
      if stored == whenAbsent { return }
      guard let value = kind.load(stored), kind.problem(value) == nil else {
        throw kind.refusal(stored, path, setting)
      }
      set(&config, value)
    }
  }

  /// The parts of the key.
  var parts: [RunKeyPart] {
    key.split(separator: ".").map { RunKeyPart(stringValue: String($0)) }
  }
}

/// One part of a dotted key.
struct RunKeyPart: CodingKey, Hashable {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
