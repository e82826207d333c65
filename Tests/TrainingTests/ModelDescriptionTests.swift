import ConfigFiles
import Foundation
import Testing

@testable import Training

@Suite("Models described in files")
struct ModelDescriptionTests {
  /// The repository's `Configs`.
  private func library() throws -> ConfigLibrary {
    try ConfigLibrary(
      currentDirectory: URL(fileURLWithPath: #filePath).deletingLastPathComponent().path)
  }

  private func model(_ layers: String, rows: Int = 28, columns: Int = 28) throws -> LayeredModel {
    let document = try ConfigDocument(
      text: "name: test\ndescription: a test\nlayers:\n\(layers)\n", file: "test.yaml")
    return try document.decode(ModelDescription.self).model(
      rows: rows, columns: columns, classes: 10, from: document)
  }

  private func message(_ layers: String, rows: Int = 28, columns: Int = 28) -> String? {
    let error = #expect(throws: ConfigError.self) {
      try model(layers, rows: rows, columns: columns)
    }
    return error?.description
  }

  @Test("every file of Configs/Models makes a model that builds its graphs")
  func everyFile() throws {
    let library = try library()
    let names = library.names(of: "Models")
    #expect(names.count >= 3)
    for name in names {
      let document = try library.document(name, kind: "Models")
      let description = try document.decode(ModelDescription.self)
      #expect(description.name == name)
      let model = try description.model(rows: 28, columns: 28, classes: 10, from: document)
      let program = try TrainingProgram(
        model: model, optimizer: Adam(), batchSize: 2, evaluationBatchSize: 2)
      #expect(program.step.results.last?.name == "loss")
    }
  }

  @Test("LeNet-5 has the published number of parameters")
  func lenet() throws {
    let document = try library().document("lenet5", kind: "Models")
    let model = try document.decode(ModelDescription.self).model(
      rows: 28, columns: 28, classes: 10, from: document)
    // 6·25 + 6, 16·150 + 16, 400·120 + 120, 120·84 + 84, 84·10 + 10.
    #expect(model.parameters.reduce(0) { $0 + $1.type.elementCount } == 61_706)
    #expect(
      model.summary
        == "28x28 conv6k5s1p2 relu max2s2 conv16k5s1p0 relu max2s2 120 relu 84 relu 10")
  }

  @Test("the perceptron of a file, of widths, and of code are the same model")
  func perceptron() throws {
    let document = try library().document("mlp", kind: "Models")
    let models: [any Model] = [
      try document.decode(ModelDescription.self).model(rows: 28, columns: 28, classes: 10),
      try ModelDescription.mlp(hidden: [128], classes: 10).model(
        rows: 28, columns: 28, classes: 10), MLP(),
    ]
    for model in models {
      #expect(model.summary == "784-128-10")
      #expect(model.parameters == MLP().parameters)
    }
    let wide = ModelDescription.mlp(hidden: [512, 256], classes: 10).settingDropout(0.5)
    #expect(
      try wide.model(rows: 28, columns: 28, classes: 10).layers.map(\.name) == [
        "flatten", "dense1", "dense1", "dropout1", "dense2", "dense2", "dropout2", "dense3",
      ])
  }

  @Test("a layer that does not fit is one line that names file, line, layer and sizes")
  func misfits() {
    let dense = "  - {type: dense, outputs: 10, activation: none}"
    let convolution =
      "  - {type: convolution, outputs: 4, kernelSize: 5, stride: 1, padding: 0, activation: relu}"
    #expect(
      message(convolution + "\n" + dense, rows: 3, columns: 3)
        == "test.yaml:4: 'layers.0.kernelSize' of convolution1 is 5, and the image there is 3 x 3. "
        + "Use a smaller one, or fewer layers that shrink the image before it.")
    #expect(
      message("  - {type: maxPool, size: 30, stride: 2}\n" + dense)
        == "test.yaml:4: 'layers.0.size' of pool1 is 30, and the image there is 28 x 28. "
        + "Use a smaller one, or fewer layers that shrink the image before it.")
    #expect(
      message("  - {type: flatten}\n" + convolution + "\n" + dense)
        == "test.yaml:5: 'layers.1' (convolution1) needs an image, and gets 784 values. "
        + "Place it before the first flatten or dense layer.")
    #expect(
      message("  - {type: dense, outputs: 11, activation: none}")
        == "test.yaml:4: 'layers.0.outputs' is 11, and the data set has 10 classes. Use 10.")
    #expect(
      message("  - {type: dense, outputs: 10, activation: relu}")
        == "test.yaml:4: 'layers.0' must be a dense layer without activation: it gives the logits.")
    #expect(
      message("  - {type: dense, outputs: 1048576, activation: relu}\n" + dense)
        == "test.yaml:4: 'layers.0' brings the model to 823132160 parameters, and 268435456 are "
        + "the most. Use fewer outputs.")
  }

  @Test("unknown layers, keys and values are one line each")
  func mistakes() {
    #expect(
      message("  - {type: convolutoin}")?.hasPrefix(
        "test.yaml:4: 'layers.0.type' cannot be 'convolutoin'. Use one of: convolution, ") == true)
    #expect(
      message("  - {type: dense, outputs: 10, activaton: none}")
        == "test.yaml:4: unknown key 'layers.0.activaton'. Did you mean 'layers.0.activation'?")
    #expect(
      message("  - {type: dense, outputs: 10}")
        == "test.yaml:4: missing key 'layers.0.activation'. Add it; no key has a default.")
    #expect(
      message("  - {type: dropout, probability: 1}")
        == "test.yaml:4: 'layers.0.probability' must be 0 or more and less than 1; found 1.0.")
    #expect(
      message("  - {type: dense, outputs: 0, activation: none}")
        == "test.yaml:4: 'layers.0.outputs' must be from 1 to 1048576; found 0.")
    #expect(
      message("  - {type: flatten, size: 2}")
        == "test.yaml:4: unknown key 'layers.0.size'. Valid keys here: type.")
    #expect(message("  []") == "test.yaml:4: 'layers' must list at least one layer.")
  }
}
