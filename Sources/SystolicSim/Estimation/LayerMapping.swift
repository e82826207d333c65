public import ConfigFiles
internal import Foundation
package import SystolicCompiler
internal import SystolicModel

/// The mapping of one layer, as `--dump-mapping` writes it and `--mapping` takes it.
public struct LayerMapping: Hashable, Sendable, Codable {
  /// The layer's name in the workload.
  package internal(set) var layer: String
  /// The product `[m, k] · [k, n]`, `batch` times.
  package let product: Product
  /// Operands that lie in VMEM, and in CMEM, before the layer and after it.
  package let inVMEM: [String]
  package let inCMEM: [String]
  package let mapping: MappingDescription

  /// Extents of a product.
  package struct Product: Hashable, Sendable, Codable {
    package let batch: Int
    package let m: Int
    package let k: Int
    package let n: Int
  }

  init(_ layer: LayerProduct, _ program: GroupProgram, name: String) {
    func names(_ operands: ResidentOperands) -> [String] {
      ResidentOperands.names.filter { operands.contains($0.operand) }.map(\.name)
    }
    self.layer = name
    let shape = layer.product
    product = Product(batch: shape.batch, m: shape.m, k: shape.k, n: shape.n)
    inVMEM = names(layer.resident)
    inCMEM = names(layer.inCMEM)
    mapping = MappingDescription(program.mapping, of: program.problem)
  }

  /// Operands by name.
  ///
  /// - Throws: `WorkloadError` for a name that no operand has.
  func operands(_ names: [String]) throws(WorkloadError) -> ResidentOperands {
    var operands: ResidentOperands = []
    for name in names {
      guard let found = ResidentOperands.names.first(where: { $0.name == name }) else {
        throw WorkloadError(
          layer,
          "its mapping names the operand '\(name)'. Use some of: "
            + ResidentOperands.names.map(\.name).joined(separator: ", ") + ".")
      }
      operands.insert(found.operand)
    }
    return operands
  }
}

/// The mappings of a workload's layers, in their order.
public struct WorkloadMapping: Hashable, Sendable, Codable {
  package let layers: [LayerMapping]

  package init(layers: [LayerMapping]) { self.layers = layers }

  /// Reads a file of `--dump-mapping`.
  ///
  /// - Throws: what is wrong with it, at its line.
  public init(contentsOf path: String) throws(ConfigError) {
    self = try ConfigDocument(contentsOf: path).decode()
  }

  /// The file, which `init(contentsOf:)` reads.
  package var yaml: String {
    var lines = [
      "# Mappings of layers, by simtrain estimate --dump-mapping; --mapping takes them.",
      "# tile: extents of most tiles. loops: over tiles, outermost first. inputs, weights: all of the operand",
      "# stays once loaded, or each turn of so many loops, from the outermost, brings another part.",
      "# sums: where they wait for the next block of k.", "layers:",
    ]
    for layer in layers {
      let (product, mapping, tile) = (layer.product, layer.mapping, layer.mapping.tile)
      func operand(_ operand: MappingDescription.Operand) -> String {
        "{stays: \(operand.stays), loadedInLoops: \(operand.loadedInLoops)}"
      }
      let rows =
        tile.m.map { "m: \($0)" }
        ?? "images: \(tile.images ?? 1), rows: \(tile.rows ?? 1), columns: \(tile.columns ?? 1)"
      lines += [
        "  - layer: \(Self.quoted(layer.layer))",
        "    product: {batch: \(product.batch), m: \(product.m), k: \(product.k), n: \(product.n)}",
        "    inVMEM: [\(layer.inVMEM.joined(separator: ", "))]",
        "    inCMEM: [\(layer.inCMEM.joined(separator: ", "))]", "    mapping:",
        "      tile: {batch: \(tile.batch), \(rows), n: \(tile.n), k: \(tile.k)}",
        "      loops: [\(mapping.loops.joined(separator: ", "))]",
        "      inputs: \(operand(mapping.inputs))", "      weights: \(operand(mapping.weights))",
        "      sums: \(mapping.sums)",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// In single quotes, in which YAML knows no escapes but a doubled quote.
  private static func quoted(_ name: String) -> String {
    "'" + name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  /// - Throws: `WorkloadError` where the layers are not those of a workload.
  func require(_ workload: Workload) throws(WorkloadError) {
    for (mapping, layer) in zip(layers, workload.layers) where mapping.layer != layer.name {
      throw WorkloadError(
        layer.name,
        "the mappings have '\(mapping.layer)' in its place. Write them anew with --dump-mapping.")
    }
    if layers.count != workload.layers.count {
      throw WorkloadError(
        workload.name,
        "has \(workload.layers.count) layers, and there are mappings of \(layers.count). Write them anew "
          + "with --dump-mapping.")
    }
  }
}
