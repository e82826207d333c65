internal import Foundation
internal import Reports

extension ScaleSimReports {
  /// Complains, before the work, about files that are there already.
  static func requireFree(_ folder: String, replacing: Bool) throws(CommandFailure) {
    var isFolder: ObjCBool = true
    if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder.boolValue {
      throw .usage("--reports \(folder): this is a file. Give the name of a folder.")
    }
    for name in names {
      let path = "\(folder)/\(name)"
      if !replacing && FileManager.default.fileExists(atPath: path) {
        throw .usage("\(path): the file exists. Give another folder, or --force to replace it.")
      }
    }
  }

  /// Writes the files, and makes the folder if it is not there.
  func write(to folder: String) throws(CommandFailure) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (name, text) in files {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
      }
    } catch {
      throw .runtime("--reports \(folder): the files cannot be written. Check the folder.")
    }
  }
}
