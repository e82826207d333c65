internal import Glibc

/// Which file a path leads to, whichever way it is written: links of both kinds, `..` and folders
/// that are mounted twice make no difference. The file need not be there.
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let node: UInt64
  /// Names below the folder that `node` is, for a file that is not there.
  private let rest: [String]

  /// The file at `path`.
  package init(of path: String) {
    var names: [String] = []
    var existing = path
    var information = stat()
    while stat(existing, &information) != 0, existing != ".", existing != "/" {
      if let target = Self.target(of: existing) {
        existing = target
        continue
      }
      names.append(existing.split(separator: "/").last.map(String.init) ?? "")
      existing = PartialFile.folder(of: existing)
    }
    device = UInt64(truncatingIfNeeded: information.st_dev)
    node = UInt64(truncatingIfNeeded: information.st_ino)
    // The folders that are not there will be made, so that their `..` leads back.
    rest = names.reversed().reduce(into: []) { rest, name in
      switch name {
      case ".", "": break
      case "..": _ = rest.popLast()
      default: rest.append(name)
      }
    }
  }

  /// Where a symbolic link to nothing leads; `nil` for anything else, and for one that leads to
  /// itself.
  private static func target(of path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, bytes.count)
    guard count > 0 else { return nil }
    var information = stat()
    guard stat(path, &information) != 0, errno == ENOENT else { return nil }
    let text = String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return text.hasPrefix("/") ? text : "\(PartialFile.folder(of: path))/\(text)"
  }
}
