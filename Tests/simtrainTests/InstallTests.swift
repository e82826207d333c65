import Foundation
import Testing

@Suite("make install", .serialized)
struct InstallTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  private static let script = "bash '\(root)/scripts/install-configs.sh'"

  @Test("an installed tree passes validate and estimates a network, far from the source")
  func complete() throws {
    let place = try Workplace()
    let install = """
      mkdir -p prefix/bin && ln '\(Workplace.program)' prefix/bin/simtrain 2>/dev/null \
        || cp '\(Workplace.program)' prefix/bin/simtrain
      \(Self.script) '\(Self.root)/Configs' prefix/share/simtrain/Configs
      """
    #expect(try place.shell(install).status == 0)
    #expect(
      try place.shell("diff -r -x .installed '\(Self.root)/Configs' prefix/share/simtrain/Configs")
        .output == "")
    for command in [
      "validate",
      "estimate --workload resnet50 --config tpu-v4",
      "config list",
    ] {
      let outcome = try place.shell("exec prefix/bin/simtrain \(command)")
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
  }

  @Test("nothing is deleted that was not brought: own files stay, changed ones are kept beside")
  func keeps() throws {
    let place = try Workplace()
    func tree(_ files: [String: String]) throws {
      _ = try place.shell("rm -rf source")
      for (name, text) in files {
        _ = try place.shell(
          "mkdir -p source/$(dirname \(name)) && printf '\(text)' > source/\(name)")
      }
      let outcome = try place.shell("\(Self.script) source installed")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    try tree(["A/old.yaml": "1", "A/stays.yaml": "1", "A/edited.yaml": "1", "B/gone.csv": "1"])
    let edits = """
      echo mine > installed/A/mine.yaml; echo edit > installed/A/edited.yaml
      echo early > installed/A/new.yaml; mkdir installed/C; echo x > installed/C/own.txt
      """
    #expect(try place.shell(edits).status == 0)
    try tree(["A/stays.yaml": "2", "A/edited.yaml": "2", "A/new.yaml": "2"])
    #expect(
      try place.shell("cd installed && find . -type f ! -name .installed | LC_ALL=C sort").output
        == """
        ./A/edited.yaml
        ./A/edited.yaml.saved
        ./A/mine.yaml
        ./A/new.yaml
        ./A/new.yaml.saved
        ./A/stays.yaml
        ./C/own.txt

        """)
    #expect(
      try place.shell("cd installed/A && cat stays.yaml edited.yaml new.yaml").output == "222")
    #expect(try place.shell("cat installed/A/*.saved").output == "edit\nearly\n")
  }
}
