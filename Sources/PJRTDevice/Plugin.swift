internal import CPJRT
package import DeviceAPI
internal import Glibc

/// A shared library that speaks PJRT, opened once for the life of the process.
package final class Plugin: Sendable {
  /// Oldest and newest minor versions of the interface, of major version 0, that were tried.
  package static let testedVersions = 81...116

  package let path: String
  /// The minor version of the interface that it was built for.
  package let minorVersion: Int
  /// What it says of itself: `xla_version`.
  package let attributes: [String: String]
  /// How errors call it: the device's name.
  let name: String
  nonisolated(unsafe) let api: UnsafePointer<pj_api>

  /// Opens and initializes a plugin.
  ///
  /// - Parameters:
  ///   - path: of the library.
  ///   - name: how errors call it.
  /// - Throws: `DeviceError.Kind.unsupported` for a file that is no plugin or speaks another version;
  ///   `executionFailed` for one that refuses, in its own words.
  package init(path: String, name: String) throws(DeviceError) {
    self.path = path
    self.name = name
    api = try Self.open(path, name)
    let version = api.pointee.version
    minorVersion = Int(version.minor_version)
    try Self.check(Int(version.major_version), Int(version.minor_version), name)
    let calls = PluginCalls(api: api, name: name)
    if pj_has(api, PJ_PLUGIN_INITIALIZE) {
      var initialize = pj_plugin_initialize_args_make()
      try calls(PJ_PLUGIN_INITIALIZE, &initialize)
    }
    attributes = try Self.attributes(calls)
  }

  /// That the version of its interface is newer than any that was tried; else `nil`.
  package var versionNote: String? {
    if minorVersion <= Self.testedVersions.upperBound { return nil }
    return "\(name): it speaks PJRT API 0.\(minorVersion); simtrain was tested with 0."
      + "\(Self.testedVersions.lowerBound) to 0.\(Self.testedVersions.upperBound)."
  }

  var calls: PluginCalls { PluginCalls(api: api, name: name) }

  // MARK: Opening

  private static func open(
    _ path: String, _ name: String
  ) throws(DeviceError) -> UnsafePointer<pj_api> {
    func failure(_ problem: String) -> DeviceError {
      DeviceError(
        .unsupported, device: name,
        reason: "\(path) is no PJRT plugin: \(problem). Give the shared library of a plugin; "
          + "'simtrain plugins' lists those that are installed")
    }
    var about = stat()
    guard stat(path, &about) == 0 else { throw failure("there is no such file") }
    guard about.st_mode & S_IFMT == S_IFREG else { throw failure("it is no regular file") }
    guard isLibrary(path) else { throw failure("it is no shared library") }
    // XLA's own notices are for its developers; who wants them sets the variable to 0.
    setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0)
    var problem = [CChar](repeating: 0, count: 1024)
    // A name without a slash would be looked for elsewhere.
    let full = path.contains("/") ? path : "./" + path
    guard let api = pj_open(full, &problem, problem.count) else {
      let text = problem.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw failure(oneLine(String(decoding: text, as: UTF8.self)))
    }
    guard api.pointee.struct_size >= MemoryLayout<pj_api>.offset(of: \.functions) ?? 0 else {
      throw failure("its table of functions has \(api.pointee.struct_size) bytes")
    }
    return api
  }

  /// Whether a file begins as an ELF file does.
  private static func isLibrary(_ path: String) -> Bool {
    guard let file = fopen(path, "r") else { return false }
    defer { fclose(file) }
    var magic = [UInt8](repeating: 0, count: 4)
    return fread(&magic, 1, 4, file) == 4 && magic == [0x7F, 0x45, 0x4C, 0x46]
  }

  private static func check(_ major: Int, _ minor: Int, _ name: String) throws(DeviceError) {
    if major == 0, minor >= testedVersions.lowerBound { return }
    let advice =
      major == 0
      ? "0.\(testedVersions.lowerBound) is the oldest that simtrain speaks. Install a newer "
        + "version of the plugin"
      : "simtrain speaks 0.\(testedVersions.lowerBound) and newer ones of version 0"
    throw DeviceError(
      .unsupported, device: name, reason: "the plugin speaks PJRT API \(major).\(minor); \(advice)")
  }

  private static func attributes(_ calls: PluginCalls) throws(DeviceError) -> [String: String] {
    guard pj_has(calls.api, PJ_PLUGIN_ATTRIBUTES) else { return [:] }
    var arguments = pj_plugin_attributes_args_make()
    try calls(PJ_PLUGIN_ATTRIBUTES, &arguments)
    guard let first = arguments.attributes else { return [:] }
    var found: [String: String] = [:]
    // Elements may be longer than here: newer versions add members.
    var next = UnsafeRawPointer(first)
    for _ in 0..<arguments.attribute_count {
      let value = next.assumingMemoryBound(to: pj_named_value.self)
      found[text(value.pointee.name, value.pointee.name_size)] = Self.value(value.pointee)
      next += max(value.pointee.struct_size, 1)
    }
    return found
  }

  private static func value(_ value: pj_named_value) -> String {
    switch Int(value.type) {
    case PJ_NAMED_STRING: return text(value.string_value, value.value_size)
    case PJ_NAMED_INT64: return "\(value.int64_value)"
    case PJ_NAMED_INT64_LIST:
      let list = UnsafeBufferPointer(start: value.int64_array_value, count: value.value_size)
      return list.map { "\($0)" }.joined(separator: ".")
    case PJ_NAMED_FLOAT: return "\(value.float_value)"
    default: return "\(value.bool_value)"
    }
  }

  static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    guard let start else { return "" }
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text without line breaks.
  static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0 == " " } }
      .joined(separator: " ")
  }
}

/// Calls of a plugin's functions, whose errors become ours.
struct PluginCalls: @unchecked Sendable {
  let api: UnsafePointer<pj_api>
  /// How errors call the plugin.
  let name: String

  /// - Parameter kind: of an error whose code does not say it.
  /// - Throws: what the plugin says, in its own words.
  func callAsFunction<Arguments: BitwiseCopyable>(
    _ function: pj_function, _ arguments: inout Arguments,
    kind: DeviceError.Kind = .executionFailed
  ) throws(DeviceError) {
    guard pj_has(api, function) else {
      throw DeviceError(
        .unsupported, device: name,
        reason: "the plugin lacks the function number \(function.rawValue) of PJRT's table")
    }
    let error = withUnsafeMutablePointer(to: &arguments) { pj_call(api, function, $0) }
    if let error { throw failure(error, kind: kind) }
  }

  /// What the plugin says; the error is gone then.
  func failure(_ error: OpaquePointer, kind: DeviceError.Kind = .executionFailed) -> DeviceError {
    var message = pj_error_message_args_make()
    message.error = error
    pj_call_void(api, PJ_ERROR_MESSAGE, &message)
    let text = Plugin.oneLine(Plugin.text(message.message, message.message_size))
    var code = pj_error_get_code_args_make()
    code.error = error
    if let other = pj_call(api, PJ_ERROR_GET_CODE, &code) { destroy(other) }
    destroy(error)
    let found: DeviceError.Kind =
      switch Int(code.code) {
      case PJ_CODE_RESOURCE_EXHAUSTED: .outOfMemory
      case PJ_CODE_UNIMPLEMENTED: .unsupported
      default: kind
      }
    return DeviceError(found, device: name, reason: text.isEmpty ? "it gave no reason" : text)
  }

  private func destroy(_ error: OpaquePointer) {
    var arguments = pj_error_destroy_args_make()
    arguments.error = error
    pj_call_void(api, PJ_ERROR_DESTROY, &arguments)
  }

  /// Waits for an event, which is gone then.
  func await(_ event: OpaquePointer?) throws(DeviceError) {
    guard let event else { return }
    defer { destroy(event: event) }
    var arguments = pj_event_await_args_make()
    arguments.event = event
    try self(PJ_EVENT_AWAIT, &arguments)
  }

  func destroy(event: OpaquePointer?) {
    guard let event else { return }
    var arguments = pj_event_destroy_args_make()
    arguments.event = event
    try? self(PJ_EVENT_DESTROY, &arguments)
  }
}
