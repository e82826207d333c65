internal import ConfigFiles

/// A capacity of an on-chip memory as a file states it: in MiB or in KiB, in one of the two.
struct OnChipCapacity {
  /// The keys without their unit: `capacity`, `accumulator`.
  let stem: String
  let mebibytes: Double?
  let kibibytes: Double?

  /// In KiB, whichever unit was stated; 0 where none was, which `validate` refuses.
  private var stated: Double { kibibytes ?? (mebibytes ?? 0) * 1024 }

  var bytes: Int { Int(stated * 1024) }

  /// The key that is there.
  var key: String { kibibytes == nil ? mebibytesKey : kibibytesKey }

  private var mebibytesKey: String { stem + "Mebibytes" }
  private var kibibytesKey: String { stem + "Kibibytes" }

  /// - Throws: where none or both of the keys are there, or the capacity is out of range or no whole
  ///   number of bytes.
  func validate(kibibytesIn range: ClosedRange<Double>) throws(ConfigIssue) {
    switch (mebibytes, kibibytes) {
    case (nil, nil):
      throw ConfigIssue(
        mebibytesKey, "is missing, and so is '\(kibibytesKey)'. State the capacity in one of them")
    case (.some, .some):
      throw ConfigIssue(
        kibibytesKey, "states what '\(mebibytesKey)' states too. Keep one of them")
    case (let mebibytes?, nil):
      try ConfigIssue.require(
        mebibytesKey, mebibytes, in: range.lowerBound / 1024...range.upperBound / 1024)
    case (nil, let kibibytes?):
      try ConfigIssue.require(kibibytesKey, kibibytes, in: range)
    }
    try ConfigIssue.requireWholeBytes(key, stated * 1024)
  }

  /// What the two keys mean.
  static func notes(_ stem: String, _ meaning: String) -> [String: KeyNote] {
    let (mebibytes, kibibytes) = (stem + "Mebibytes", stem + "Kibibytes")
    return [
      mebibytes: KeyNote(
        meaning, unit: "MiB", absent: "`\(kibibytes)` states it; exactly one of the two is there"),
      kibibytes: KeyNote(
        meaning, unit: "KiB", absent: "`\(mebibytes)` states it; exactly one of the two is there"),
    ]
  }
}

extension ConfigIssue {
  /// Complains about a capacity that is not a whole number of bytes.
  static func requireWholeBytes(_ path: String, _ bytes: Double) throws(ConfigIssue) {
    if bytes.rounded() != bytes {
      throw ConfigIssue(path, "must be a whole number of bytes; found \(bytes) bytes")
    }
  }
}
