import Foundation
import RunLog
import Testing
import Training

@Suite("Files of a run are safe from each other, as processes")
struct FileSafetyTests {
  private static let short = ["--device", "cpu", "--epochs", "1", "--quiet"]

  @Test(
    "a run file and a checkpoint that are one file by any path are refused, and nothing is made")
  func oneFile() throws {
    let place = try Workplace()
    let setup = """
      mkdir -p real other && ln -s real link && touch real/a && ln real/a hard
      ln -s ../real/new dangling && ln -s real/new real2 && ln -s "$PWD/real" other/back
      """
    #expect(try place.shell(setup).status == 0)
    for (log, checkpoint) in [
      ("real/a", "hard"), ("real/a", "link/a"), ("real/b", "link/b"), ("real/b", "other/back/b"),
      ("real/../real/b", "./link/../real/b"), ("made/x/../b", "made/b"), ("real2", "real/new"),
    ] {
      let outcome = try place.start(
        Self.short + ["--force", "--log", log, "--checkpoint", checkpoint]
      ).outcome()
      #expect(outcome.status == 2, "\(log) \(checkpoint)")
      #expect(
        outcome.errors
          == "simtrain: error: \(log): a run file and a checkpoint cannot be one file. "
          + "Give two names.\n")
    }
    #expect(try place.shell("ls real").output == "a\n")
  }

  @Test("what a run reads, and what is not simtrain's, is never written over")
  func inputs() throws {
    let place = try Workplace()
    let setup = """
      cp "\(Workplace.configs)/Models/mlp.yaml" m.yaml
      printf 'model: {name: m.yaml}\n' > run.yaml && echo mine > notes.h5
      """
    #expect(try place.shell(setup).status == 0)
    let before = try place.shell("cat m.yaml run.yaml notes.h5").output
    for name in ["m.yaml", "run.yaml", "notes.h5"] {
      for option in [["--log", name], ["--no-log", "--checkpoint", name]] {
        let outcome = try place.start(
          Self.short + ["--recipe", "run.yaml", "--force"] + option
        ).outcome()
        #expect(outcome.status == 2)
        #expect(
          outcome.errors
            == "simtrain: error: \(name): a file that is not simtrain's has this name, and it is "
            + "replaced in no case. Give another name, or remove the file first.\n")
      }
    }
    #expect(try place.shell("cat m.yaml run.yaml notes.h5").output == before)
  }

  @Test("of several runs with one new checkpoint, one runs and the others are refused")
  func oneCheckpoint() throws {
    let place = try Workplace()
    let programs = try (0..<3).map { _ in
      try place.start(Self.short + ["--no-log", "--checkpoint", "new.ckpt"])
    }
    let outcomes = try programs.map { try $0.outcome() }
    #expect(outcomes.map(\.status).sorted() == [0, 2, 2])
    for outcome in outcomes where outcome.status == 2 {
      #expect(outcome.errors.contains("new.ckpt: the checkpoint exists."))
    }
  }

  @Test("a name that is too long is refused at the start, and one that just fits is written")
  func longNames() throws {
    let place = try Workplace()
    let (tooLong, longest) = (
      String(repeating: "n", count: 256), String(repeating: "n", count: 255)
    )
    for options in [["--log", tooLong], ["--no-log", "--checkpoint", tooLong]] {
      let outcome = try place.start(Self.short + options).outcome()
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("File name too long"))
      // Values above 200 characters are cut.
      #expect(outcome.errors.utf8.count < 400, "\(outcome.errors)")
    }
    let written = try place.start(Self.short + ["--log", longest]).outcome()
    #expect(written.status == 0, "\(written.errors)")
    #expect(try place.run("inspect", longest).status == 0)
  }

  @Test("a run whose loss is no number leaves a file that says failed, and why")
  func failed() throws {
    let place = try Workplace()
    let outcome = try place.start(
      Self.short + ["--optimizer", "sgd", "--learning-rate", "1e30", "--log", "run.h5"]
    ).outcome()
    #expect(outcome.status == 1)
    let run = try RunFile(path: place.path + "/run.h5")
    #expect(run.status == .failed)
    let failure = run.failure ?? "nothing"
    #expect(outcome.errors == "simtrain: error: \(failure)\n")
    #expect(try place.run("inspect", "run.h5").output.contains("failed: \(failure)\n"))
    let json = try place.run("inspect", "--json", "run.h5").json()
    #expect(json["status"] as? String == "failed")
    #expect(json["failure"] as? String == failure)
  }

  @Test(
    "a checkpoint with a name that this program does not know is refused, not read as another",
    arguments: [
      ("dataset", "data set", "imagenet"), ("precision", "precision", "fp4"),
      ("run.fusion", "fusion mode", "some"), ("schedule", "learning-rate schedule", "linear"),
    ])
  func unknownNames(setting: String, what: String, name: String) throws {
    let place = try Workplace()
    let first = try place.start(Self.short + ["--no-log", "--checkpoint", "a.ckpt"]).outcome()
    #expect(first.status == 0, "\(first.errors)")
    let path = place.path + "/a.ckpt"
    var contents = try CheckpointFile.read(path)
    let index = try #require(contents.entries.firstIndex { $0.name == setting })
    contents.entries[index].value = .text(name)
    try CheckpointFile.write(contents, to: path)
    var commands = [["--resume", "a.ckpt", "--epochs", "2", "--no-log"]]
    if ["dataset", "precision"].contains(setting) {
      commands.append(["evaluate", "--checkpoint", "a.ckpt"])
    }
    for command in commands {
      let outcome = try place.start(command).outcome()
      #expect(outcome.status == 2)
      #expect(
        outcome.errors
          == "simtrain: error: a.ckpt: the checkpoint names the \(what) '\(name)', which this "
          + "simtrain does not know. Use a newer simtrain, or another checkpoint.\n")
    }
  }

  @Test("OpenBLAS's kernels are part of the record, and resuming on others says that bits differ")
  func kernels() throws {
    let place = try Workplace()
    let first = try place.start(
      Self.short + ["--log", "run.h5", "--checkpoint", "a.ckpt"]
    ).outcome()
    #expect(first.status == 0, "\(first.errors)")
    let parameters = try RunFile(path: place.path + "/run.h5").header.hyperParameters
    let kernels = try #require(parameters.first { $0.name == "productKernels" }?.value)
    #expect("\(kernels)".hasPrefix("OpenBLAS "))
    let path = place.path + "/a.ckpt"
    var contents = try CheckpointFile.read(path)
    let index = try #require(contents.entries.firstIndex { $0.name == "run.productKernels" })
    #expect(RunValue(contents.entries[index].value) == kernels)
    let resume = ["--resume", "a.ckpt", "--epochs", "2", "--no-log", "--quiet"]
    #expect(try place.start(resume).outcome().errors.isEmpty)
    contents.entries[index].value = .text("OpenBLAS Abacus")
    try CheckpointFile.write(contents, to: path)
    let resumed = try place.start(resume).outcome()
    #expect(resumed.status == 0)
    #expect(
      resumed.errors
        == "simtrain: warning: a.ckpt: the checkpoint's run computed products with the kernels "
        + "OpenBLAS Abacus, and this one will with \(kernels): the bits will differ from those of "
        + "an uninterrupted run.\n")
  }

  @Test("no library is loaded from the working directory, whatever LD_LIBRARY_PATH says")
  func libraries() throws {
    let place = try Workplace()
    // A file that is no library ends a program that loads it.
    let names = ["libopenblas.so.0", "libhdf5_serial.so.103", "libz.so.1", "libgfortran.so.5"]
    for name in names {
      try Data("no library".utf8).write(to: URL(filePath: "\(place.path)/\(name)"))
    }
    for value in ["", ":", ".", ":/nowhere", "$PWD"] {
      let outcome = try place.shell(
        "LD_LIBRARY_PATH=\"\(value)\" exec '\(Workplace.program)' devices")
      #expect(outcome.status == 0, "'\(value)': \(outcome.errors)")
    }
  }
}
