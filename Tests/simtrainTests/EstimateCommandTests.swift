import Foundation
import Testing

@Suite("simtrain estimate, as a process")
struct EstimateCommandTests {
  @Test("the JSON document has a layer for each product and a total of the same keys")
  func json() throws {
    let place = try Workplace()
    let outcome = try place.run(
      "estimate", "--gemm", "128x784x64", "--gemm", "8x16x24", "--config", Self.chip, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let document = try outcome.json()
    let layers = try #require(document["layers"] as? [[String: Any]])
    let total = try #require(document["total"] as? [String: Any])
    #expect(layers.count == 2)
    for key in [
      "name", "m", "k", "n", "computeCycles", "totalCycles", "microseconds", "utilization",
      "mappingEfficiency", "bound", "energyPicojoules",
    ] {
      #expect(layers[0][key] != nil && total[key] != nil, "\(key)")
    }
    #expect(layers[0]["m"] as? Int == 128)
    #expect(layers[0]["k"] as? Int == 784)
    #expect(layers[0]["n"] as? Int == 64)
    let cycles = layers.compactMap { $0["totalCycles"] as? Int }
    #expect(total["totalCycles"] as? Int == cycles.reduce(0, +))
  }

  @Test("a topology file, a model, and --explain make tables")
  func tables() throws {
    let place = try Workplace()
    try "Layer, M, N, K,\nfc, 64, 32, 16,\n".write(
      toFile: place.path + "/w.csv", atomically: true, encoding: .utf8)
    let file = try place.run(
      "estimate", "--workload", "w.csv", "--batch-size", "2", "--config", Self.chip, "--explain")
    #expect(file.status == 0 && file.output.contains("128 x 16 x 32"), "\(file.errors)")
    #expect(file.output.contains("fc: tiles of 128 x 16 x 32"))
    let model = try place.run(
      "estimate", "--model", "mlp", "--phase", "inference", "--config", Self.chip)
    #expect(model.output.contains("forward/dense1") && !model.output.contains("backward"))
  }

  @Test(
    "--explain: the others in order, and what a small memory forbids is there with a larger one")
  func explain() throws {
    let place = try Workplace()
    func layer(_ kibibytes: Int) throws -> [String: Any] {
      let outcome = try place.run(
        "estimate", "--gemm", "256x512x256", "--config", Self.chip, "--set",
        "vmem.capacityMebibytes=\(Double(kibibytes) / 1024)", "--explain", "--json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try #require((try outcome.json()["layers"] as? [[String: Any]])?.first)
    }
    let small = try layer(128)
    let schedules = try #require(small["schedules"] as? [[String: Any]])
    let cycles = schedules.compactMap { $0["simulatedCycles"] as? Int }
    #expect(cycles.count == 5 && cycles.dropFirst().sorted() == Array(cycles.dropFirst()))
    #expect(schedules.allSatisfy { $0["bound"] is String })
    let forbidden = try #require(small["forbidden"] as? [[String: Any]])
    let first = try #require(forbidden.first { $0["capacities"] as? [String] == ["vmem"] })
    #expect(first["vmemBytesFree"] as? Int == 128 << 10)
    let faster = try #require(first["schedule"] as? [String: Any])
    let wanted = try #require(faster["vmemBytes"] as? Int)
    #expect(wanted > 128 << 10)
    let large = try layer((wanted + 1023) / 1024)
    #expect(large["totalCycles"] as? Int == faster["simulatedCycles"] as? Int)
  }

  @Test("--dump-mapping and --mapping: the same figures again, and a file of its own")
  func mappings() throws {
    let place = try Workplace()
    let words = ["estimate", "--gemm", "300x200x100", "--config", Self.chip, "--json"]
    let best = try place.start(words + ["--dump-mapping", "plan.yaml"]).outcome()
    #expect(best.status == 0, "\(best.errors)")
    let again = try place.start(words + ["--mapping", "plan.yaml"]).outcome()
    #expect(again.status == 0 && again.output == best.output, "\(again.errors)")
    for (more, sentence) in [
      (["--dump-mapping", "plan.yaml"], "plan.yaml: the file exists."),
      (["--mapping", "none.yaml"], "none.yaml"),
      (["--mapping", "plan.yaml", "--resident", "inputs"], "Remove it or --resident."),
      (["--mapping", "plan.yaml", "--cores", "2"], "is about one core"),
      (["--mapping", "plan.yaml", "--set", "vmem.capacityMebibytes=0.0078125"], "bytes of VMEM"),
    ] {
      let outcome = try place.start(words + more).outcome()
      #expect(outcome.status == 2 && outcome.errors.contains(sentence), "\(outcome.errors)")
    }
  }

  @Test("layers as one program: a model always, a topology file with --network")
  func network() throws {
    let place = try Workplace()
    try "Layer, M, N, K,\na, 64, 32, 16,\nb, 64, 8, 32,\nc, 4, 8, 8,\n".write(
      toFile: place.path + "/w.csv", atomically: true, encoding: .utf8)
    let words = ["estimate", "--workload", "w.csv", "--config", Self.chip]
    let document = try place.start(words + ["--network", "--json"]).outcome().json()
    let program = try #require(document["program"] as? [String: Any])
    #expect(program["inputsFromDRAM"] as? [String] == ["c"])
    #expect(program["totalCycles"] as? Int ?? 0 > 0)
    #expect(try place.start(words + ["--json"]).outcome().json()["program"] == nil)
    let text = try place.start(words + ["--network"]).outcome().output
    #expect(text.contains("\nLayer by layer, and as one program\n") && text.contains("before: c\n"))
    let model = try place.run("estimate", "--model", "mlp", "--config", Self.chip, "--json")
    #expect(try model.json()["program"] != nil)
    let wrong = try place.run("estimate", "--gemm", "8x8x8", "--network", "--config", Self.chip)
    #expect(wrong.status == 2 && wrong.errors.contains("give one with --workload FILE.csv."))
  }

  @Test("--cores divides each product, and says over which dimension")
  func cores() throws {
    let place = try Workplace()
    let words = ["estimate", "--gemm", "1024x64x64", "--config", Self.chip, "--cores", "2"]
    let outcome = try place.start(words + ["--explain", "--json"]).outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let document = try outcome.json()
    #expect(document["cores"] as? Int == 2)
    let layer = try #require((document["layers"] as? [[String: Any]])?.first)
    let split = try #require(layer["split"] as? [String: Any])
    #expect(split["dimension"] as? String == "m" && split["cores"] as? Int == 2)
    #expect((layer["splits"] as? [Any])?.count == 4)
    let table = try place.start(words + ["--explain"]).outcome()
    #expect(table.output.contains(", on 2 cores") && table.output.contains("one core does all"))
  }

  @Test("a workload is found by name, and its layers keep count, notes and the file's line")
  func workloads() throws {
    let place = try Workplace()
    let named = try place.shell(
      "SIMTRAIN_CONFIGS='\(Workplace.configs)' '\(Workplace.program)' estimate --workload resnet50 --json"
    )
    #expect(named.status == 0, "\(named.errors)")
    #expect((try named.json()["layers"] as? [Any])?.count == 54)
    try (Self.header + "Repeat,\nc,17,17,3,3,8,8,2,3,\nDP_1,18,17,3,3,8,1,2,,\n").write(
      toFile: place.path + "/w.csv", atomically: true, encoding: .utf8)
    let words = ["estimate", "--workload", "w.csv", "--config", Self.chip]
    let document = try place.start(words + ["--json"]).outcome().json()
    let layers = try #require(document["layers"] as? [[String: Any]])
    #expect(layers.map { $0["count"] as? Int } == [3, 1])
    #expect((layers[0]["notes"] as? [String]) == [])
    let notes = try #require(layers[1]["notes"] as? [String])
    #expect(notes.count == 2 && notes[0].contains("depthwise") && notes[1].contains("rounded up"))
    let table = try place.start(words).outcome().output
    #expect(table.contains("3 x c ") && table.contains("\nDP_1 * "))
    #expect(table.contains("\nnotes\n  * DP_1: taken as depthwise"))
    // The input of 4,624 bytes is to lie in 1 KiB.
    let small = try place.start(
      words + ["--set", "vmem.capacityMebibytes=0.0009765625", "--resident", "inputs"]
    ).outcome()
    #expect(small.errors.contains("w.csv:2: c: wants at least"), "\(small.errors)")
  }

  @Test("a model's stride that does not divide is marked: rounded down, as PyTorch does")
  func roundsDown() throws {
    let place = try Workplace()
    try """
    name: two
    description: stride 2
    layers:
      - {type: convolution, outputs: 8, kernelSize: 3, stride: 2, padding: 0, activation: relu}
      - {type: flatten}
      - {type: dense, outputs: 10, activation: none}
    """.write(toFile: place.path + "/two.yaml", atomically: true, encoding: .utf8)
    let outcome = try place.run(
      "estimate", "--model", "two.yaml", "--batch-size", "1", "--phase", "inference", "--config",
      Self.chip, "--json")
    let layer = try #require((try outcome.json()["layers"] as? [[String: Any]])?.first)
    // (28 - 3) / 2 + 1 = 13.5
    #expect(layer["m"] as? Int == 13 * 13)
    #expect((layer["notes"] as? [String])?.first?.contains("rounded down") == true)
  }

  @Test("--reports writes SCALE-Sim's two files and replaces none without --force")
  func reports() throws {
    let place = try Workplace()
    try (Self.header + "\nc,17,17,3,3,8,8,2,\nfc,1,1,1,1,64,10,1,\n").write(
      toFile: place.path + "/w.csv", atomically: true, encoding: .utf8)
    let words = ["estimate", "--workload", "w.csv", "--config", Self.chip, "--reports", "r"]
    #expect(try place.start(words).outcome().status == 0)
    func lines(_ name: String) throws -> [[Substring]] {
      try String(contentsOfFile: "\(place.path)/r/\(name)", encoding: .utf8)
        .split(separator: "\n").map { $0.split(separator: ", ") }
    }
    // The header lines of SCALE-Sim 3.0.0.
    let compute = try lines("COMPUTE_REPORT.csv")
    #expect(
      compute[0].joined(separator: ", ")
        == "LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %, "
        + "Mapping Efficiency %, Compute Util %,")
    let bandwidth = try lines("BANDWIDTH_REPORT.csv")
    #expect(
      bandwidth[0].joined(separator: ", ")
        == "LayerID, Avg IFMAP SRAM BW, Avg FILTER SRAM BW, Avg OFMAP SRAM BW, Avg IFMAP DRAM BW, "
        + "Avg FILTER DRAM BW, Avg OFMAP DRAM BW,")
    for file in [compute, bandwidth] {
      #expect(file.map(\.count) == [7, 7, 7])
      #expect(file.dropFirst().map(\.[0]) == ["0", "1"])
    }
    let again = try place.start(words).outcome()
    #expect(again.status == 2)
    #expect(again.errors.contains("r/COMPUTE_REPORT.csv: the file exists. Give another folder"))
    #expect(try place.start(words + ["--force"]).outcome().status == 0)
  }

  @Test("--log writes a run file that 'inspect' reads")
  func log() throws {
    let place = try Workplace()
    let outcome = try place.run(
      "estimate", "--gemm", "64x64x64", "--config", Self.chip, "--log", "e.h5")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let inspected = try place.run("inspect", "e.h5")
    #expect(inspected.status == 0 && inspected.output.contains("64x64x64"), "\(inspected.errors)")
  }

  @Test(
    "each mistake has its sentence and status 2",
    arguments: [
      (
        "--gemm 3x4",
        "--gemm wants three whole numbers MxKxN, such as 512x4096x4096; found '3x4'."
      ),
      ("--gemm 0x4x4", "0x4x4: M must be from 1 to 1073741824; found 0."),
      (
        "",
        "Say what to estimate with one of --gemm MxKxN, --workload FILE.csv and --model NAME; "
          + "found 0 of them. See 'simtrain estimate --help'."
      ),
      ("--gemm 1x1x1 --dtype f8", "--dtype knows no 'f8'. Use one of: bf16, fp16, int8, fp32."),
      (
        "--gemm 1x1x1 --resident weight",
        "--resident knows no 'weight'. Use one of: inputs, weights, outputs, none, auto."
      ),
      (
        "--workload resnet5",
        "Configs/Workloads: no configuration is called 'resnet5'. Use one of: resnet50. Looked "
          + "in \(Workplace.configs)/Workloads, where SIMTRAIN_CONFIGS can add a folder of yours; or "
          + "give a file, './resnet5.csv'."
      ),
      ("--workload no.csv", "no.csv: cannot be read. Check that the file is there and readable."),
      (
        "--model lenet9",
        "Configs/Models: no configuration is called 'lenet9'. Use one of: lenet5, resnet8, cnn, vit, mlp. Looked "
          + "in \(Workplace.configs)/Models, where SIMTRAIN_CONFIGS can add a folder of yours; or give "
          + "a file, './lenet9.yaml'."
      ),
      (
        "--gemm 1x1x1 --cores 3",
        "tpu-v3: has 2 cores; found 3 to run on. Use from 1 to 2, or raise the chip's key cores."
      ),
      (
        "--gemm 1x1x1 --cores 2 --log e.h5",
        "--log writes the schedule of one core; remove it or --cores 2."
      ),
      ("--gemm 1x1x1 --repeat 0", "--repeat is 0; it must be 1 or more."),
      ("--gemm 1x1x1 --cores -2", "--cores is -2; it must be 1 or more."),
      (
        "--gemm 1x1x1 --resident none,inputs",
        "--resident none,inputs: 'none' stands alone and not in a list with others. Use none, auto, "
          + "or a list of inputs, weights, outputs."
      ),
      (
        "--gemm 1x1x1 --resident inputs,inputs",
        "--resident inputs,inputs: 'inputs' stands twice in the list. Leave one out."
      ),
      (
        "--gemm 1x1x1 --resident auto",
        "--resident auto is about what stays on chip between repeats, and there is one. Add "
          + "--repeat 2 or more, or leave it out."
      ),
      (
        "--gemm 1x1x1 --convolution explicit",
        "--convolution explicit: there is no convolution in gemm. Leave it out."
      ),
      (
        "--model mlp --convolution implicit",
        "--convolution implicit: there is no convolution in mlp training, batch 32. Leave it out."
      ),
      (
        "--gemm 1x1x1 --force",
        "--force replaces the files of --log, of --reports or of --dump-mapping, and none is given. Leave --force "
          + "out."
      ),
      (
        "--gemm 1x1x1 --config tpu-v4",
        "--config is given twice. Leave one out."
      ),
    ])
  func mistakes(arguments: String, sentence: String) throws {
    let place = try Workplace()
    let outcome = try place.start(
      ["estimate", "--config", Self.chip] + arguments.split(separator: " ").map(String.init)
    ).outcome()
    #expect(outcome.status == 2)
    #expect(outcome.errors == "simtrain: error: \(sentence)\n")
  }

  private static let header =
    "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,"

  /// A configuration by path, because these tests run outside of the repository.
  private static let chip = Workplace.configs + "/Chips/tpu-v3.yaml"
}
