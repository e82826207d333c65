/// An amount of data in bytes.
public struct Bytes: Hashable, Comparable, Sendable, Codable {
  /// How many.
  public var count: Int

  /// `count` bytes.
  public init(_ count: Int) { self.count = count }

  /// No byte.
  public static let zero = Bytes(0)

  /// `n` times 2^10, cut to whole bytes.
  public static func kibibytes(_ n: Double) -> Bytes { Bytes(Int(n * 1024)) }
  /// `n` times 2^20, cut to whole bytes.
  public static func mebibytes(_ n: Double) -> Bytes { Bytes(Int(n * 1_048_576)) }
  /// `n` times 2^30, cut to whole bytes.
  public static func gibibytes(_ n: Double) -> Bytes { Bytes(Int(n * 1_073_741_824)) }

  /// Fewer bytes.
  public static func < (a: Bytes, b: Bytes) -> Bool { a.count < b.count }
  /// The sum; traps on overflow.
  public static func + (a: Bytes, b: Bytes) -> Bytes { Bytes(a.count + b.count) }
  /// The difference, which may be negative; traps on overflow.
  public static func - (a: Bytes, b: Bytes) -> Bytes { Bytes(a.count - b.count) }
  /// `n` times as many; traps on overflow.
  public static func * (n: Int, a: Bytes) -> Bytes { Bytes(n * a.count) }
  /// Adds; traps on overflow.
  public static func += (a: inout Bytes, b: Bytes) { a.count += b.count }
}

extension Bytes: CustomStringConvertible {
  /// The amount in the largest binary unit that keeps it at 1 or more: `1.5 KiB`.
  public var description: String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(count)
    var unit = 0
    while value.magnitude >= 1024, unit + 1 < units.count {
      value /= 1024
      unit += 1
    }
    let rounded = (value * 10).rounded() / 10
    return rounded == rounded.rounded()
      ? "\(Int(rounded)) \(units[unit])" : "\(rounded) \(units[unit])"
  }
}
