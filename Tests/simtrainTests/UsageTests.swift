import Foundation
import Testing

@Suite("Wrong usage and input, as a process: one line, status 2")
struct UsageTests {
  @Test(
    "each mistake has its sentence",
    arguments: [
      (
        "--epoch 3",
        "Unknown option '--epoch'. Did you mean '--epochs'? See 'simtrain train --help'."
      ),
      ("trian", "No command is called 'trian'. Did you mean 'train'?"),
      (
        "bake",
        "No command is called 'bake'. Use one of: train, compare, evaluate, run, estimate, validate, devices, plugins, config, inspect, export."
      ),
      ("--epochs 0", "--epochs is 0; it must be from 1 to 1000000."),
      ("--batch-size 0", "--batch-size is 0; it must be from 1 to 1000000."),
      (
        "--batch-size 400",
        "A batch of 400 cannot be made from 320 samples. Use a smaller batch size or more samples."
      ),
      ("--threads 0", "--threads is 0; it must be from 1 to 256."),
      ("--train-limit=-1", "--train-limit is -1; it must be 1 or more."),
      ("--learning-rate 0", "--learning-rate is 0.0; it must be a finite number above 0."),
      ("--learning-rate nan", "--learning-rate is nan; it must be a finite number above 0."),
      (
        "--optimizer lion", "No optimizer is called 'lion'. Use one of: adam, adamw, momentum, sgd."
      ),
      (
        "--model gpt",
        "Configs/Models: no configuration is called 'gpt'. Use one of: vit, cnn, mlp, lenet5, resnet8. Looked in "
          + "\(Workplace.configs)/Models, where SIMTRAIN_CONFIGS can add a folder of yours; or give a "
          + "file, './gpt.yaml'."
      ),
      ("--model ./none.yaml", "./none.yaml: no such file or folder. Check the path."),
      (
        "--model lenet5 --hidden 8",
        "--hidden 8: only the model 'mlp' takes it, and the model is 'lenet5'. Leave one out."
      ),
      (
        "--hidden 8,x",
        "--hidden is '8,x'; it must be widths from 1 to 1048576 with commas between them, such as "
          + "512,256."
      ),
      ("--dropout 1", "--dropout is 1.0; it must be 0 or more and less than 1."),
      ("--weight-decay=-1", "--weight-decay is -1.0; it must be a finite number, 0 or more."),
      ("--clip-norm 0", "--clip-norm is 0.0; it must be a finite number above 0."),
      ("--warmup-steps=-1", "--warmup-steps is -1; it must be from 0 to 1000000000."),
      (
        "--lr-schedule linear",
        "--lr-schedule: The learning-rate schedule is 'linear', expected constant, cosine, or "
          + "step:EPOCHS:FACTOR such as step:2:0.1 (EPOCHS 1 or more, FACTOR above 0 and at most 1)."
      ),
      (
        "--dataset minst",
        "No data set is called 'minst'. Use one of: mnist, kmnist, emnist-mnist, emnist-digits, "
          + "fashion-mnist, emnist-byclass, emnist-bymerge, emnist-letters, emnist-balanced."
      ),
      ("--device gpu", "No device is called 'gpu'. Use one of: cpu, tpu-sim, pjrt:NAME|PATH."),
      ("--fusion maybe", "No fusion mode is called 'maybe'. Use one of: off, on, epilogue-only."),
      (
        "--precision fp8",
        "No precision is called 'fp8'. Use one of: fp32, bf16, mixed-fp16, mixed-bf16."
      ),
      (
        "--stochastic-rounding",
        "--stochastic-rounding needs weights in bf16, and --precision is fp32. Use --precision "
          + "bf16, or leave the option out."
      ),
      (
        "--loss-scale-backoff 0.25 --precision bf16",
        "--loss-scale-backoff: --precision bf16 does not scale the loss. Use --precision "
          + "mixed-fp16, or leave the option out."
      ),
      (
        "--precision mixed-fp16 --loss-scale 0",
        "The loss scaling's start is 0.0, expected from 1 to 2^100."
      ),
      (
        "--precision mixed-fp16 --loss-scale-backoff 1",
        "The loss scaling's backoff factor is 1.0, expected above 0 and below 1."
      ),
      (
        "compare --device gpu",
        "No device is called 'gpu'. Use one of: cpu, tpu-sim, pjrt:NAME|PATH."
      ),
      ("compare --fusion on --fusion on", "--fusion on is given twice. Leave one out."),
      (
        "compare --device cpu --config tpu-v3",
        "--config tpu-v3: the device 'cpu' has no architecture to choose."
      ),
      (
        "compare --device cpu --set mxu.rows=8",
        "--set mxu.rows=8: the device 'cpu' has no architecture to change."
      ),
      (
        "compare --precision fp32 --loss-scale 2",
        "--loss-scale: --precision fp32 does not scale the loss. Use --precision mixed-fp16, or "
          + "leave the option out."
      ),
      (
        "compare --log-folder x --no-log",
        "--log-folder x and --no-log contradict each other. Leave one out."
      ),
      (
        "compare --resume x",
        "Unknown option '--resume'. Did you mean '--recipe'? See 'simtrain compare --help'."
      ),
      ("--log a.h5 --no-log", "--log and --no-log contradict each other. Leave one out."),
      (
        "--log a.h5 --checkpoint a.h5",
        "a.h5: a run file and a checkpoint cannot be one file. Give two names."
      ),
      (
        "--device cpu --config tpu-v3",
        "--config tpu-v3: the device 'cpu' has no architecture to choose."
      ),
      (
        "--device cpu --set mxu.rows=8",
        "--set mxu.rows=8: the device 'cpu' has no architecture to change."
      ),
      ("--set mxu.row=8", "--set mxu.row=8: unknown key 'mxu.row'. Did you mean 'mxu.rows'?"),
      ("--set mxu.rows", "--set mxu.rows: expected KEY=VALUE, such as mxu.rows=64."),
      ("--config ./none.yaml", "./none.yaml: no such file or folder. Check the path."),
      ("--resume none.ckpt", "none.ckpt: there is no such file. Check the path."),
      (
        "--resume data/mnist/train-labels-idx1-ubyte",
        "data/mnist/train-labels-idx1-ubyte: this is not an HDF5 file. "
          + "Give the path of a file that ends in .h5."
      ),
      (
        "--log data/mnist/train-labels-idx1-ubyte",
        "data/mnist/train-labels-idx1-ubyte: a file that is not simtrain's has this name, and it is "
          + "replaced in no case. Give another name, or remove the file first."
      ),
      (
        "--checkpoint data/mnist/train-labels-idx1-ubyte",
        "data/mnist/train-labels-idx1-ubyte: a file that is not simtrain's has this name, and it is "
          + "replaced in no case. Give another name, or remove the file first."
      ),
      (
        "--dataset fashion-mnist --data-dir data",
        "data/fashion-mnist/train-images-idx3-ubyte: no such file. The folder has the data "
          + "of --dataset mnist. Get the data with scripts/fetch-fashion-mnist."
      ),
      ("inspect none.h5", "none.h5: there is no such file. Check the path."),
      ("inspect a.h5 --top 0", "--top is 0; it must be 1 or more."),
      (
        "inspect data/mnist/train-labels-idx1-ubyte",
        "data/mnist/train-labels-idx1-ubyte: this is not an HDF5 file. "
          + "Give the path of a file that ends in .h5."
      ),
      ("config validate none.yaml", "none.yaml: no such file or folder. Check the path."),
      (
        "config show tpu-v3 --set vmem.capacityMebibytes=a",
        "--set vmem.capacityMebibytes=a: 'vmem.capacityMebibytes' must be a number; found 'a'."
      ),
    ])
  func mistake(arguments: String, sentence: String) throws {
    let place = try Workplace()
    let outcome = try place.start(arguments.split(separator: " ").map(String.init)).outcome()
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors == "simtrain: error: \(sentence)\n")
  }

  @Test("--dropout for a model that has no dropout and no hidden layer to put it behind is refused")
  func noPlaceForDropout() throws {
    let place = try Workplace()
    try """
    name: linear
    description: one dense layer
    layers:
      - {type: flatten}
      - {type: dense, outputs: 10, activation: none}
    """.write(toFile: place.path + "/linear.yaml", atomically: true, encoding: .utf8)
    let outcome = try place.run("--model", "linear.yaml", "--dropout", "0.5")
    #expect(outcome.status == 2 && outcome.output == "")
    #expect(
      outcome.errors
        == "simtrain: error: --dropout 0.5: the model 'linear.yaml' has no dropout, and no hidden "
        + "dense layer to put it behind. Leave it out.\n")
  }

  @Test("a diverging run is a failure at run time: status 1")
  func diverges() throws {
    let place = try Workplace()
    let outcome = try place.run(
      "--device", "cpu", "--optimizer", "sgd", "--learning-rate", "1e30", "--quiet", "--no-log")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("simtrain: error: The loss became "))
    #expect(outcome.errors.hasSuffix("Use a smaller learning rate.\n"))
  }

  @Test("help and version succeed on standard output")
  func help() throws {
    let place = try Workplace()
    let version = try place.run("--version")
    #expect(version.status == 0)
    #expect(version.output == "simtrain 0.1.0\n")
    for arguments in [
      ["--help"], ["train", "--help"], ["help", "inspect"], ["config", "--help"],
    ] {
      let help = try place.start(arguments).outcome()
      #expect(help.status == 0)
      #expect(help.output.contains("USAGE: simtrain"))
      #expect(help.errors == "")
    }
  }

  @Test("output that cannot be written is a failure; a reader that has gone is none")
  func output() throws {
    let place = try Workplace()
    let full = try place.shell("'\(Workplace.program)' config list > /dev/full")
    #expect(full.status == 1)
    #expect(
      full.errors
        == "simtrain: error: cannot write to standard output: No space left on device.\n")
    let gone = try place.shell(
      "( '\(Workplace.program)' --epochs 1 --quiet --log run.h5; echo $? >&2 ) | :")
    #expect(gone.errors == "0\n")
    #expect(FileManager.default.fileExists(atPath: place.path + "/run.h5"))
  }
}
