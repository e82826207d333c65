import ConfigFiles
import Foundation

/// The repository's own configurations, found from this file's place.
func repositoryLibrary() throws -> ConfigLibrary {
  var root = URL(fileURLWithPath: #filePath)
  for _ in 0..<4 { root.deleteLastPathComponent() }
  return try ConfigLibrary(explicit: root.appending(path: "Configs").path, currentDirectory: "/")
}
