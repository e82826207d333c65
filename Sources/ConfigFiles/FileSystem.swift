internal import Foundation

extension FileManager {
  /// Whether anything is at `path`, and whether it is a folder.
  func entryExists(at path: String, isFolder: inout Bool) -> Bool {
    var flag: ObjCBool = false
    defer { isFolder = flag.boolValue }
    return fileExists(atPath: path, isDirectory: &flag)
  }

  /// Whether `path` is a folder.
  func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return entryExists(at: path, isFolder: &isFolder) && isFolder
  }

  /// Whether `path` is a regular file, or a link to one.
  func isRegularFile(_ path: String) -> Bool {
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    let type = try? attributesOfItem(atPath: target)[.type] as? FileAttributeType
    return type == .typeRegular
  }

  /// Whether `path` is a file.
  func isFile(_ path: String) -> Bool {
    var isFolder = false
    return entryExists(at: path, isFolder: &isFolder) && !isFolder
  }
}
