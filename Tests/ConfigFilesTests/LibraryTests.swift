import ConfigFiles
import Foundation
import Testing

@Suite("Finding configurations")
struct LibraryTests {
  @Test("roots are searched in order: explicit, environment, installed, above the executable, here")
  func order() throws {
    try withTemporaryFolder { root in
      for place in [
        "explicit", "variable", "usr/share/simtrain/Configs", "src/Configs", "here/Configs",
      ] {
        try write("name: \(place)\n", to: "\(root)/\(place)/Chips/chip.yaml")
      }
      try write("", to: "\(root)/usr/bin/simtrain")
      try write("", to: "\(root)/src/.build/release/simtrain")
      let library = try ConfigLibrary(
        explicit: "../explicit", environment: ["SIMTRAIN_CONFIGS": "\(root)/variable"],
        executable: "\(root)/usr/bin/simtrain", currentDirectory: "\(root)/here")
      #expect(
        library.roots.map { URL(fileURLWithPath: $0).standardizedFileURL.path } == [
          "\(root)/explicit", "\(root)/variable", "\(root)/usr/share/simtrain/Configs",
          "\(root)/here/Configs",
        ])
      let name = try library.document("chip", kind: "Chips").settings.first?.value
      #expect(name == "explicit")
      let built = try ConfigLibrary(
        executable: "\(root)/src/.build/release/simtrain", currentDirectory: "/")
      #expect(built.roots == ["\(root)/src/Configs"])
    }
  }

  @Test("a symbolic link to the executable leads to the configurations of the executable")
  func link() throws {
    try withTemporaryFolder { root in
      try write("name: a\n", to: "\(root)/opt/share/simtrain/Configs/Chips/a.yaml")
      try write("", to: "\(root)/opt/bin/simtrain")
      try FileManager.default.createDirectory(
        atPath: "\(root)/bin", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: "\(root)/bin/simtrain", withDestinationPath: "../opt/bin/simtrain")
      let library = try ConfigLibrary(executable: "\(root)/bin/simtrain", currentDirectory: "/")
      #expect(library.roots == ["\(root)/opt/share/simtrain/Configs"])
    }
  }

  @Test("names are sorted and listed once; a name, a path and a file name all find their file")
  func names() throws {
    try withTemporaryFolder { root in
      for name in ["b", "a"] { try write("name: x\n", to: "\(root)/one/Chips/\(name).yaml") }
      for name in ["c", "a"] { try write("name: y\n", to: "\(root)/two/Chips/\(name).yaml") }
      try write("not one", to: "\(root)/one/Chips/README.md")
      let library = try ConfigLibrary(
        explicit: "\(root)/one", environment: ["SIMTRAIN_CONFIGS": "\(root)/two"],
        currentDirectory: "\(root)/two/Chips")
      #expect(library.names(of: "Chips") == ["a", "b", "c"])
      #expect(try library.path(of: "a", kind: "Chips") == "\(root)/one/Chips/a.yaml")
      #expect(try library.path(of: "c.yaml", kind: "Chips") == "\(root)/two/Chips/c.yaml")
      let absolute = "\(root)/two/Chips/a.yaml"
      #expect(try library.path(of: absolute, kind: "Chips") == absolute)
    }
  }

  @Test("a current folder that is gone has nothing above it")
  func deletedFolder() throws {
    #expect(try ConfigLibrary(currentDirectory: "").roots == [])
  }

  @Test("an unknown name lists the known ones, nearest first; a missing path and folder are named")
  func unknown() throws {
    try withTemporaryFolder { root in
      for name in ["tpu-v3", "edge"] { try write("a: 1\n", to: "\(root)/Chips/\(name).yaml") }
      let library = try ConfigLibrary(explicit: root, currentDirectory: root)
      func message(_ name: String) -> String {
        do { return try library.path(of: name, kind: "Chips") } catch { return error.description }
      }
      #expect(
        message("tpuv3")
          == "Configs/Chips: no configuration is called 'tpuv3'. Use one of: tpu-v3, edge. Looked in "
          + "\(root)/Chips, where SIMTRAIN_CONFIGS can add a folder of yours; or give a file, "
          + "'./tpuv3.yaml'.")
      #expect(message("./no.yaml") == "./no.yaml: no such file or folder. Check the path.")
    }
    do {
      _ = try ConfigLibrary(currentDirectory: "/").path(of: "tpu-v3", kind: "Chips")
      Issue.record("a name was found in no folder")
    } catch {
      #expect(
        error.description
          == "Configs/Chips: no configuration is called 'tpu-v3'. There was nowhere to look: no "
          + "folder 'Configs' lies beside the program, in the current folder or above it. Set "
          + "SIMTRAIN_CONFIGS to that folder; or give a file, './tpu-v3.yaml'.")
    }
    do {
      _ = try ConfigLibrary(
        environment: ["SIMTRAIN_CONFIGS": "/no/such/folder"], currentDirectory: "/")
      Issue.record("a folder that is not there was accepted")
    } catch {
      #expect(error.description == "/no/such/folder: no such file or folder. Check the path.")
    }
  }
}
