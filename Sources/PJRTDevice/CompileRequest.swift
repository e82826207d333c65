/// What a plugin is asked for when it compiles: a serialized `CompileOptionsProto` of XLA.
enum CompileRequest {
  /// Of `executable_build_options` (3) `num_replicas` (4) and `num_partitions` (5) are 1. Without them
  /// XLA ends the process.
  static let plain: [UInt8] = [0x1A, 4, 0x20, 1, 0x28, 1]

  /// Values are rounded to their types where a program says so, and the greater of a number and NaN is
  /// NaN; XLA is free in both unless it is told.
  static let strict: [UInt8] =
    plain + off("xla_allow_excess_precision") + off("xla_cpu_enable_fast_min_max")

  /// An entry of `env_option_overrides` (7): a name (1), and a value (2) whose `bool_field` (2) is false.
  private static func off(_ name: String) -> [UInt8] {
    let name = Array(name.utf8)
    let entry = [0x0A, UInt8(name.count)] + name + [0x12, 2, 0x10, 0]
    return [0x3A, UInt8(entry.count)] + entry
  }
}
