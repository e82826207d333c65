import Foundation
import HDF5
import RunLog
import Testing

@Suite("Each failure of a run file says what to do")
struct ErrorTests {
  @Test("a file that exists is not touched without force, and is replaced with it")
  func existing() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      // Of ours is a file that has our header, and one that holds nothing.
      for text in ["simtrain file, HDF5 from byte 512 on\nbytes cut off", ""] {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(
          sentence { _ = try Samples.writer(at: path) }
            == "\(path): the file exists. Give another name, or --force to replace it.")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        _ = try Samples.writer(at: path, replacesExisting: true)
        #expect(try RunFile(path: path).header == Samples.header)
      }
    }
  }

  @Test("a file of somebody else is replaced in no case, by run files and checkpoints alike")
  func foreign() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let signature = Data([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
      for content in [Data("precious".utf8), signature, Data([0])] {
        try content.write(to: URL(filePath: path))
        for replaces in [false, true] {
          let words =
            "\(path): a file that is not simtrain's has this name, and it is replaced in no case. "
            + "Give another name, or remove the file first."
          #expect(
            sentence { _ = try Samples.writer(at: path, replacesExisting: replaces) } == words)
          #expect(
            sentence { try CheckpointFile.checkDestination(path, replacesExisting: replaces) }
              == words)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == content)
      }
    }
  }

  @Test("a name that was taken after the writer looked is not overwritten")
  func takenMeanwhile() throws {
    try withTemporaryFolder { folder throws in
      let path = folder + "/run.h5"
      // The clock is read after the path was checked and before the first snapshot.
      let late: () -> Double = {
        try? "precious".write(toFile: path, atomically: true, encoding: .utf8)
        return 0
      }
      #expect(
        sentence { _ = try Samples.writer(at: path, now: late) }
          == "\(path): the file exists. Give another name, or --force to replace it.")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["run.h5"])
    }
  }

  @Test("force replaces files only, not folders or devices")
  func notAFile() throws {
    try withTemporaryFolder { folder in
      for path in [folder, "/dev/null"] {
        #expect(
          sentence { _ = try Samples.writer(at: path, replacesExisting: true) }
            == "\(path): this is not a regular file and cannot be replaced by a run file. "
            + "Give the name of a file.")
      }
    }
  }

  @Test("force through a symbolic link replaces the file, not the link")
  func symbolicLink() throws {
    try withTemporaryFolder { folder in
      let (target, link) = (folder + "/target.h5", folder + "/link.h5")
      try Data().write(to: URL(filePath: target))
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
      _ = try Samples.writer(at: link, replacesExisting: true)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
      #expect(try RunFile(path: target).header == Samples.header)
    }
  }

  @Test("a missing folder is created on request, and named otherwise")
  func missingFolder() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/runs/today/run.h5"
      #expect(
        sentence { _ = try Samples.writer(at: path) }
          == "\(path): cannot write the run file: No such file or directory. "
          + "Give a file in another folder.")
      _ = try Samples.writer(at: path, createsFolder: true)
      #expect(try RunFile(path: path).header == Samples.header)
    }
  }

  @Test("a folder that cannot be created")
  func impossibleFolder() {
    #expect(
      sentence { _ = try Samples.writer(at: "/proc/runs/run.h5", createsFolder: true) }
        == "/proc/runs: cannot create the folder: No such file or directory. "
        + "Create it, or give a file in another folder.")
  }

  @Test("an HDF5 file that is no run file, and a file of a later format")
  func otherFiles() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      do {
        let file = try HDF5File(inMemoryFor: path)
        try file.setAttribute("format", to: .text("something else"))
        try publish(file)
      }
      #expect(
        sentence { _ = try RunFile(path: path) }
          == "\(path): an HDF5 file, but not a run file of simtrain: "
          + "its root has no attribute 'format' that says 'simtrain run'.")
      do {
        let file = try HDF5File(inMemoryFor: path)
        try file.setAttribute("format", to: .text("simtrain run"))
        try file.setAttribute("formatVersion", to: .integer(3))
        try publish(file)
      }
      #expect(
        sentence { _ = try RunFile(path: path) }
          == "\(path): the run file has format version 3, and this simtrain reads versions "
          + "up to 2. Read it with a newer simtrain.")
    }
  }

  @Test("a text file, a missing file and a truncated run file")
  func unreadable() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      #expect(
        sentence { _ = try RunFile(path: path) }
          == "\(path): there is no such file. Check the path.")
      try "no".write(toFile: path, atomically: true, encoding: .utf8)
      #expect(sentence { _ = try RunFile(path: path) }.contains("this is not an HDF5 file"))
      try FileManager.default.removeItem(atPath: path)
      _ = try Samples.writer(at: path)
      let whole = try Data(contentsOf: URL(filePath: path))
      try whole.prefix(whole.count - 1).write(to: URL(filePath: path))
      #expect(sentence { _ = try RunFile(path: path) }.contains("the HDF5 file is truncated"))
    }
  }

  @Test("a run file without its attributes, and with columns of different length")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      // A file with steps and without their losses.
      do {
        let header = try HDF5File(inMemoryFor: path)
        for name in ["generator", "device", "dataset", "model"] {
          try header.setAttribute(name, to: .text("x"))
        }
        try header.setAttribute("format", to: .text("simtrain run"))
        try header.setAttribute("formatVersion", to: .integer(2))
        try header.setAttribute("status", to: .text("running"))
        try header.setAttribute("commandLine", to: .texts([]))
        try header.setAttribute("seed", to: .unsigned(0))
        try header.createGroup("hyperParameters")
        try header.write([0] as [Int64], to: "metrics/step/step")
        try publish(header)
      }
      #expect(
        sentence { _ = try RunFile(path: path).steps() }
          == "\(path): nothing in the file is called 'metrics/step/loss'. "
          + "List it with 'h5ls -r \(path)'.")
      do {
        let file = try HDF5File(inMemoryFor: path)
        try file.setAttribute("format", to: .text("simtrain run"))
        try file.setAttribute("formatVersion", to: .integer(1))
        try file.setAttribute("status", to: .text("asleep"))
        try publish(file)
      }
      #expect(
        sentence { _ = try RunFile(path: path) }
          == "\(path): the run file is damaged: '/' has no attribute 'status' "
          + "of the right type.")
    }
  }
}
