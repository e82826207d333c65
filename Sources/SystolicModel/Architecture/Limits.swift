/// Bounds on configured values: far beyond any chip, and small enough that products of them, in
/// cycles or bytes, stay inside 64 bits.
enum Limits {
  static let units = 1024
  static let arraySide = 65_536
  static let relativeRate = 0.001...64.0
  static let accumulatorKibibytes = 0.0078125...67_108_864.0
  static let memoryKibibytes = 1...67_108_864.0
  static let dramGibibytes = 0.0009765625...65_536.0
  static let bytesPerCycle = 1...(1 << 24)
  static let cycles = 0...1_000_000_000
  static let clockMegahertz = 0.001...100_000.0
  static let gigabytesPerSecond = 0.000001...1_000_000.0
  static let latencyNanoseconds = 0.0...1e9
  static let latencyMicroseconds = 0.0...1e6
  static let memoryCycles = 1 << 20
  static let watts = 0.0...1e6
}
