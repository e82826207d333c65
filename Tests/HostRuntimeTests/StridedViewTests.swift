import GraphIR
import Testing

@testable import HostRuntime

@Suite struct StridedViewTests {
  private func dense(_ shape: [Int]) -> StridedView {
    StridedView(dense: ValueID(0), TensorType(shape, .f32))
  }

  @Test("a reshape of a dense view has the dense strides of the new shape")
  func reshapeDense() {
    #expect(dense([4, 6]).reshaped(to: [2, 2, 3, 2])?.strides == [12, 6, 2, 1])
    #expect(dense([2, 3, 4]).reshaped(to: [24])?.strides == [1])
    #expect(dense([6]).reshaped(to: [1, 6, 1])?.strides == [0, 1, 0])
  }

  @Test("a repeated dimension can be split, and cannot be merged with one that moves")
  func reshapeBroadcast() {
    let rows = dense([3]).broadcast(to: [4, 3], dimensions: [1])
    #expect(rows.strides == [0, 1])
    #expect(rows.reshaped(to: [2, 2, 3])?.strides == [0, 0, 1])
    #expect(rows.reshaped(to: [12]) == nil)
  }

  @Test("a dimension of size 1 is repeated when it is spread")
  func broadcastOne() {
    #expect(dense([5, 1]).broadcast(to: [5, 7], dimensions: [0, 1]).strides == [1, 0])
  }

  @Test("dimensions merge only where every view steps evenly")
  func coalescing() throws {
    let bias = dense([3]).broadcast(to: [2, 4, 3], dimensions: [2])
    let merged = try #require(Coalesced([dense([2, 4, 3]), bias]))
    #expect(merged.sizes == [8, 3])
    #expect(merged.strides == [[3, 1], [0, 1]])
    let alone = try #require(Coalesced([dense([2, 4, 3])]))
    #expect(alone.sizes == [24])
  }

  @Test("only a view whose elements lie in order from the first is dense")
  func density() {
    #expect(dense([3, 4]).isDense)
    #expect(dense([3, 1]).isDense)
    #expect(!dense([4]).broadcast(to: [3, 4], dimensions: [1]).isDense)
    #expect(!dense([3]).broadcast(to: [3, 4], dimensions: [0]).isDense)
  }
}
