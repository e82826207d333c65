internal import Foundation

/// Reads lists of layers as CSV: SCALE-Sim's topology files, mNPUsim's networks, and their kin.
///
/// Columns are known by their titles (`TopologyColumn`), in any order; `Docs/workloads.md` describes
/// them all. Cells are separated by commas, tabs or semicolons. Blank lines, comments (`#`, `//`),
/// lines with a title alone, and what stands after the last comma count for nothing.
///
/// - Source: SCALE-Sim 3.0.0, `topology_utils.py`. There columns are known by their place, and a row
///   without a comma at its end loses its last number; here it does not.
public enum TopologyFile {
  /// Bytes of a file at most.
  private static let largest = 64 << 20

  /// Reads a file.
  ///
  /// - Throws: `WorkloadError` with file, line, what was expected and what is there.
  public static func read(path: String) throws(WorkloadError) -> Workload {
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: largest + 1) ?? Data()
    else {
      throw WorkloadError(path, "cannot be read. Check that the file is there and readable.")
    }
    if data.count > largest {
      throw WorkloadError(path, "is larger than 64 MiB. Give a list of layers (CSV).")
    }
    guard let text = text(data) else {
      throw WorkloadError(path, "is no text in UTF-8. Give a SCALE-Sim topology file (CSV).")
    }
    var name = path.split(separator: "/").last.map(String.init) ?? path
    if name.hasSuffix(".csv") { name.removeLast(4) }
    return try parse(text, file: path, name: name)
  }

  /// Text in UTF-8, or in UTF-16 with its mark, as spreadsheets write it.
  private static func text(_ data: Data) -> String? {
    let isUTF16 = [[0xFF, 0xFE], [0xFE, 0xFF]].contains(data.prefix(2).map(Int.init))
    return String(data: data, encoding: isUTF16 ? .utf16 : .utf8)
  }

  /// Reads the text of a file.
  ///
  /// - Parameter file: the name in errors.
  package static func parse(
    _ text: String, file: String, name: String
  ) throws(WorkloadError) -> Workload {
    var reader = TopologyReader(file: file)
    let lines = text.replacing("\u{FEFF}", with: "").split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      try reader.read(line, number: index + 1)
    }
    return try reader.workload(name: name)
  }
}
