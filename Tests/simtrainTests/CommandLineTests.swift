import Foundation
import Testing

@testable import simtrain

@Suite("The words of a command line, as a process: one line, status 2")
struct CommandLineTests {
  @Test(
    "each number that cannot be gets the sentence with its range",
    arguments: [
      ("--epochs -1", "--epochs is -1; it must be from 1 to 1000000."),
      ("--epochs many", "--epochs is 'many'; it must be a whole number from 1 to 1000000."),
      ("--epochs 1.5", "--epochs is '1.5'; it must be a whole number from 1 to 1000000."),
      (
        "--epochs 99999999999999999999",
        "--epochs is 99999999999999999999; it must be from 1 to 1000000."
      ),
      ("--batch-size -32", "--batch-size is -32; it must be from 1 to 1000000."),
      ("--learning-rate -0.1", "--learning-rate is -0.1; it must be a finite number above 0."),
      ("--learning-rate -inf", "--learning-rate is -inf; it must be a finite number above 0."),
      ("--dropout -.5", "--dropout is -0.5; it must be 0 or more and less than 1."),
      ("--dropout half", "--dropout is 'half'; it must be 0 or more and less than 1."),
      ("--weight-decay -1", "--weight-decay is -1.0; it must be a finite number, 0 or more."),
      ("--clip-norm -1", "--clip-norm is -1.0; it must be a finite number above 0."),
      ("--warmup-steps -1", "--warmup-steps is -1; it must be from 0 to 1000000000."),
      ("--seed -1", "--seed is -1; it must be from 0 to 18446744073709551615."),
      ("--train-limit -5", "--train-limit is -5; it must be 1 or more."),
      ("--test-limit 0", "--test-limit is 0; it must be 1 or more."),
      ("--threads -2", "--threads is -2; it must be from 1 to 256."),
      (
        "--hidden -8",
        "--hidden is '-8'; it must be widths from 1 to 1048576 with commas between them, such as "
          + "512,256."
      ),
      ("--loss-scale big", "--loss-scale is 'big'; it must be a number."),
      (
        "--precision mixed-fp16 --loss-scale -1",
        "The loss scaling's start is -1.0, expected from 1 to 2^100."
      ),
      (
        "--precision mixed-fp16 --loss-scale-growth-interval -1",
        "--loss-scale-growth-interval is -1; it must be from 1 to 1000000000."
      ),
      ("compare --epochs -1", "--epochs is -1; it must be from 1 to 1000000."),
      (
        "evaluate --checkpoint a --batch-size -1",
        "--batch-size is -1; it must be from 1 to 1000000."
      ),
      (
        "evaluate --checkpoint a --quantize int8-static --calibration-images -1",
        "--calibration-images is -1; it must be 1 or more."
      ),
      ("estimate --gemm 1x1x1 --repeat -1", "--repeat is -1; it must be 1 or more."),
      ("inspect a.h5 --top -1", "--top is -1; it must be 1 or more."),
    ])
  func range(arguments: String, sentence: String) throws { try expect(arguments, sentence) }

  @Test(
    "a subcommand after an option is told where it belongs",
    arguments: [
      (
        "--set mxu.rows=64 estimate --gemm 8x8x8",
        "'estimate' stands after an option; put the subcommand first: "
          + "'simtrain estimate --set mxu.rows=64 --gemm 8x8x8'."
      ),
      (
        "--top 3 inspect a.h5",
        "'inspect' stands after an option; put the subcommand first: "
          + "'simtrain inspect --top 3 a.h5'."
      ),
      (
        "--json config list",
        "'config' stands after an option; put the subcommand first: "
          + "'simtrain config list --json'."
      ),
      (
        "config --set a=1 show tpu-v3",
        "'show' stands after an option; put the subcommand first: "
          + "'simtrain config show --set a=1 tpu-v3'."
      ),
      (
        "--gemm 8x8x8",
        "--gemm is an option of 'simtrain estimate', and no command is named, so that this trains. "
          + "Name the command first."
      ),
      ("config lst", "No command is called 'config lst'. Did you mean 'config list'?"),
      // The value of an option may be called as a command is.
      (
        "--model train",
        "Configs/Models: no configuration is called 'train'. Use one of: cnn, vit, mlp, lenet5, resnet8. Looked "
          + "in \(Workplace.configs)/Models, where SIMTRAIN_CONFIGS can add a folder of yours; or "
          + "give a file, './train.yaml'."
      ),
    ])
  func place(arguments: String, sentence: String) throws { try expect(arguments, sentence) }

  @Test(
    "what is given twice is refused",
    arguments: [
      ("--epochs 1 --epochs 1", "--epochs is given twice. Leave one out."),
      ("--epochs=1 --epochs 2", "--epochs is given twice. Leave one out."),
      ("--json --json", "--json is given twice. Leave one out."),
      ("--data-dir a --data-dir b", "--data-dir is given twice. Leave one out."),
      (
        "compare --batch-size 32 --batch-size 64",
        "--batch-size is given twice; a comparison varies --device, --config, --precision and "
          + "--fusion. Leave one out."
      ),
      ("evaluate --checkpoint a --checkpoint b", "--checkpoint is given twice. Leave one out."),
      (
        "validate --suite scalesim --suite scalesim",
        "--suite scalesim is given twice. Leave one out."
      ),
      (
        "--set mxu.rows=8 --set mxu.rows=16",
        "--set mxu.rows is given twice. Leave one out."
      ),
    ])
  func twice(arguments: String, sentence: String) throws { try expect(arguments, sentence) }

  @Test(
    "an option that would change nothing is refused",
    arguments: [
      (
        "--force",
        "--force replaces the file of --log or of --checkpoint, and neither is given. Leave --force "
          + "out."
      ),
      (
        "--force --no-log",
        "--force replaces the file of --log or of --checkpoint, and neither is given. Leave --force "
          + "out."
      ),
      (
        "compare --force",
        "--force replaces files of --log-folder, which is not given. Leave --force out."
      ),
      (
        "evaluate --checkpoint a --force",
        "--force replaces the file of --log, which is not given. Leave --force out."
      ),
      (
        "--device cpu --config tpu-v3",
        "--config tpu-v3: the device 'cpu' has no architecture to choose."
      ),
      (
        "evaluate --checkpoint a --per-tensor",
        "--per-tensor: nothing is quantized. Add --quantize int8-dynamic or --quantize int8-static."
      ),
    ])
  func withoutEffect(arguments: String, sentence: String) throws { try expect(arguments, sentence) }

  private func expect(_ arguments: String, _ sentence: String) throws {
    let place = try Workplace()
    let outcome = try place.start(arguments.split(separator: " ").map(String.init)).outcome()
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors == "simtrain: error: \(sentence)\n")
  }

  @Test("no example of a help page is broken, however narrow the terminal is, and each is parsed")
  func examples() throws {
    let place = try Workplace()
    for command in [
      [], ["train"], ["compare"], ["evaluate"], ["estimate"], ["validate"],
      ["config"], ["inspect"],
    ] {
      let page = try place.run(command + ["--help"], with: ["COLUMNS": "40"]).output
      let lines = try #require(page.split(separator: "EXAMPLES:\n").last).split(separator: "\n")
      #expect(lines.count > 1)
      for line in lines {
        #expect(line.hasPrefix("  simtrain "), "\(line)")
        let command = line.split(separator: ">")[0]
        let words = command.split(separator: " ").dropFirst().map(String.init)
        let path = try CommandPath(words)
        #expect(throws: Never.self, "\(line)") {
          try Simtrain.parseAsRoot(CommandWords(words, path: path).words)
        }
      }
    }
  }

  @Test("'.ci/run --help' prints its usage; another argument is an error")
  func continuousIntegration() throws {
    let place = try Workplace()
    let script = URL(filePath: Workplace.configs).deletingLastPathComponent().path + "/.ci/run"
    let help = try place.shell("'\(script)' --help")
    #expect(help.status == 0 && help.output.hasPrefix("Usage: \(script)\nEverything that must"))
    let other = try place.shell("'\(script)' --fast")
    #expect(other.status == 2 && other.errors.contains("unknown argument '--fast'. Usage: "))
  }

  @Test("help, version and each listing fail where they cannot be written")
  func fullOutput() throws {
    let place = try Workplace()
    for words in [
      "--help", "train --help", "help", "config", "--version", "devices", "config list --json",
    ] {
      let full = try place.shell("'\(Workplace.program)' \(words) > /dev/full")
      #expect(full.status == 1, "\(words)")
      #expect(
        full.errors
          == "simtrain: error: cannot write to standard output: No space left on device.\n")
    }
    let closed = try place.shell("'\(Workplace.program)' --help >&-")
    #expect(closed.status == 1)
    #expect(
      closed.errors == "simtrain: error: cannot write to standard output: Bad file descriptor.\n")
  }
}
