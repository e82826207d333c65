import Foundation
import RunLog
import Testing

@Suite("Damaged and foreign files, as processes")
struct UnverifiedFileTests {
  /// Files of before, written without a checksum, of which one or four bytes were changed: libhdf5
  /// crashes, goes round for ever or takes all memory.
  private static let damaged = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Damaged").path

  @Test(
    "what makes libhdf5 crash, hang or take 4 GiB ends in one line and status 2",
    arguments: ["one-byte-run", "one-byte-estimate", "huge-memory", "endless-checkpoint"])
  func damaged(name: String) throws {
    let place = try Workplace()
    let path = "\(Self.damaged)/\(name).h5"
    for arguments in [
      ["inspect", path], ["evaluate", "--checkpoint", path], ["--resume", path],
    ] {
      let refused = try place.start(arguments).outcome()
      #expect(refused.status == 2 && refused.output.isEmpty)
      #expect(
        refused.errors
          == "simtrain: error: \(path): an HDF5 file without simtrain's checksum, of an earlier "
          + "simtrain or another program. If you trust it, open it with --unverified.\n")
      let start = Date()
      let tried = try place.start(arguments + ["--unverified"]).outcome()
      #expect(tried.status == 2 && tried.output.isEmpty)
      #expect(tried.errors.hasPrefix("simtrain: error: \(path): "), "\(tried.errors)")
      #expect(tried.errors.split(separator: "\n").count == 1, "\(tried.errors)")
      // 0.4 seconds of processor time, on machines that have much else to do.
      #expect(Date().timeIntervalSince(start) < 30)
    }
  }

  @Test("of files without a header, changed anywhere: no signal, no hang, one line if refused")
  func changedWithoutHeader() throws {
    let place = try Workplace()
    let name = place.path + "/run.h5"
    let made = try place.run("estimate", "--gemm", "64x64x64", "--log", "run.h5")
    #expect(made.status == 0, "\(made.errors)")
    let whole = try [UInt8](Data(contentsOf: URL(filePath: name)))
    var noise = UInt64(3)
    for _ in 0..<24 {
      var bytes = whole
      noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes[Int(noise >> 33) % bytes.count] ^= UInt8(1 << (noise >> 32 & 7))
      try Data(bytes).write(to: URL(filePath: name))
      let refused = try place.run("inspect", "run.h5")
      #expect(refused.status == 2 && refused.output.isEmpty)
      let tried = try place.run("inspect", "--unverified", "run.h5")
      let isLine = tried.errors.hasPrefix("simtrain: error: run.h5: ") && tried.output.isEmpty
      #expect(tried.status == 0 || tried.status == 2 && isLine, "\(tried.errors)")
      #expect(tried.errors.split(separator: "\n").count < 2)
    }
  }

  /// Whether a line of shell that looks for a tool finds it.
  private static func finds(_ line: String) -> Bool {
    (try? Workplace(trainCount: 1).shell(line).status) == 0
  }

  @Test(
    "a file that h5repack rewrote is read with --unverified, and says the same",
    .enabled(if: finds("command -v h5repack"), "needs Debian's hdf5-tools"))
  func repacked() throws {
    let place = try Workplace()
    _ = try place.run(
      "--device", "cpu", "--epochs", "1", "--quiet", "--log", "run.h5", "--checkpoint", "a.ckpt")
    #expect(try place.shell("h5repack run.h5 new.h5 && h5repack a.ckpt new.ckpt").status == 0)
    #expect(try place.run("inspect", "new.h5").errors.contains("--unverified"))
    let before = try place.run("inspect", "--json", "run.h5").output
    let after = try place.run("inspect", "--unverified", "--json", "new.h5").output
    #expect(after == before.replacing("\"path\": \"run.h5\"", with: "\"path\": \"new.h5\""))
    let whole = try place.run("evaluate", "--checkpoint", "a.ckpt").output
    let again = try place.run("evaluate", "--checkpoint", "new.ckpt", "--unverified").output
    #expect(Self.loss(again) == Self.loss(whole))
    #expect(try place.shell("h5diff run.h5 new.h5 && h5dump -H run.h5").status == 0)
  }

  /// The line of an evaluation that says the loss.
  private static func loss(_ report: String) -> Substring? {
    report.split(separator: "\n").first { $0.contains("loss") }
  }

  @Test(
    "h5py opens a run file as it is",
    .enabled(if: finds("python3 -c 'import h5py'"), "needs h5py in python3"))
  func h5py() throws {
    let place = try Workplace()
    _ = try place.run("--device", "cpu", "--epochs", "1", "--quiet", "--log", "run.h5")
    let script = """
      import h5py
      run = h5py.File('run.h5')
      print(run.userblock_size, run.attrs['status'], len(run['metrics/step/loss']))
      """
    try Data(script.utf8).write(to: URL(filePath: place.path + "/read.py"))
    #expect(try place.shell("python3 read.py").output == "512 finished 10\n")
  }

  @Test("--unverified without a file that it is about is refused")
  func withoutEffect() throws {
    let outcome = try Workplace().run("--unverified")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("--unverified is about the file of --resume. Leave it out."))
  }
}
