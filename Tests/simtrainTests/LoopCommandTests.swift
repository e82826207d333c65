import Foundation
import TestSupport
import Testing

@Suite("Programs with loops, as a process")
struct LoopCommandTests {
  /// Halves its argument until that is 0.
  private static let program = """
    func.func @main(%n: tensor<i32>) -> tensor<i32> {
      %zero = stablehlo.constant dense<0> : tensor<i32>
      %0:2 = stablehlo.while(%i = %n, %turns = %zero) : tensor<i32>, tensor<i32>
      cond {
        %c = stablehlo.compare GT, %i, %zero, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %c : tensor<i1>
      } do {
        %one = stablehlo.constant dense<1> : tensor<i32>
        %half = stablehlo.shift_right_logical %i, %one : tensor<i32>
        %next = stablehlo.add %turns, %one : tensor<i32>
        stablehlo.return %half, %next : tensor<i32>, tensor<i32>
      }
      return %0#1 : tensor<i32>
    }
    """

  @Test("turns that depend on data are counted by a run, and assumed by an estimate; both say so")
  func dependences() throws {
    let place = try Workplace()
    try Self.program.write(toFile: place.path + "/p.mlir", atomically: true, encoding: .utf8)
    let inputs = NPZFixture.archive([
      ("in0", ("<i4", [], withUnsafeBytes(of: Int32(100).littleEndian) { Array($0) }))
    ])
    try Data(inputs).write(to: URL(filePath: place.path + "/in.npz"))
    let run = try place.run("run", "p.mlir", "--inputs", "in.npz", "--log", "run.h5")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("Depends on data: counted of the last execution"))
    #expect(run.output.contains("while  7 turns"))
    let inspected = try place.run("inspect", "run.h5")
    #expect(inspected.output.contains("while  7 turns"), "\(inspected.errors)")
    func dependences(_ object: [String: Any]) throws -> [[String: Any]] {
      try #require(object["dataDependences"] as? [[String: Any]])
    }
    let json = try dependences(
      place.run("run", "p.mlir", "--inputs", "in.npz", "--json").json())
    #expect(json.count == 1 && json.first?["runs"] as? [Int] == [7])
    #expect(json.first?["isAssumed"] as? Bool == false)
    let estimate = try place.run("estimate", "--workload", "p.mlir", "--config", "tpu-v3")
    #expect(estimate.output.contains("nothing has run: assumed of an execution"))
    #expect(estimate.output.contains("while  1 turn"))
  }
}
