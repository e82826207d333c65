import TestSupport
import GraphIR
import Testing

/// Each rule of each operation, with the sentence that a graph which breaks it gets.
@Suite struct TypeInferenceTests {
  struct Rule: CustomTestStringConvertible, Sendable {
    let operation: Operation
    let operands: [TensorType]
    var declared: TensorType?
    let reason: String

    init(
      _ operation: Operation, _ operands: [TensorType], declared: TensorType? = nil,
      _ reason: String
    ) {
      self.operation = operation
      self.operands = operands
      self.declared = declared
      self.reason = reason
    }

    var testDescription: String { "\(operation.name) \(reason)" }
  }

  static func f32(_ shape: Int...) -> TensorType { TensorType(shape, .f32) }
  static func i32(_ shape: Int...) -> TensorType { TensorType(shape, .i32) }
  static let scalar = f32()

  @Test(
    "an operand list that breaks a rule is refused with its reason",
    arguments: elementwise + shapes + products + windows)
  func refused(rule: Rule) {
    var builder = GraphBuilder(name: "test")
    builder.scope = "layer"
    let operands = rule.operands.enumerated().map { builder.parameter("p\($0)", $1) }
    let place = "%\(operands.count) \(rule.operation.name) in 'layer'"
    #expect(throws: GraphError(place: place, reason: rule.reason)) {
      try builder.append(rule.operation, operands, resultType: rule.declared)
    }
  }

  static let elementwise: [Rule] = [
    Rule(.unary(.tanh), [], "takes 1 operands, has 0"),
    Rule(.unary(.tanh), [i32(2)], "is not defined for i32"),
    Rule(.unary(.not), [f32(2)], "is not defined for f32"),
    Rule(.unary(.negate), [TensorType([2], .i1)], "is not defined for i1"),
    Rule(.binary(.add), [f32(2)], "takes 2 operands, has 1"),
    Rule(
      .binary(.add), [f32(2), f32(3)],
      "needs two operands of one type, has tensor<2xf32> and tensor<3xf32>"),
    Rule(.binary(.and), [f32(2), f32(2)], "is not defined for f32"),
    Rule(.binary(.subtract), [TensorType([], .i1), TensorType([], .i1)], "is not defined for i1"),
    Rule(
      .compare(.eq), [f32(2), i32(2)],
      "needs two operands of one type, has tensor<2xf32> and tensor<2xi32>"),
    Rule(
      .select, [f32(2), f32(2), f32(2)], "needs an i1 predicate of shape [2], has tensor<2xf32>"),
    Rule(
      .select, [TensorType([3], .i1), f32(2), f32(2)],
      "needs an i1 predicate of shape [2], has tensor<3xi1>"),
    Rule(
      .select, [TensorType([2], .i1), f32(2), i32(2)],
      "needs two values of one type, has tensor<2xf32> and tensor<2xi32>"),
    Rule(.convert, [f32(2)], "needs its result type stated"),
    Rule(.convert, [f32(2)], declared: i32(3), "keeps the shape [2], not [3]"),
    Rule(.constant(Literal(scalar, splat: 1)), [scalar], "takes 0 operands, has 1"),
    Rule(
      .iota(dimension: 1), [], declared: f32(3),
      "iota dimension [1] must be distinct dimensions of a tensor of rank 1"),
    Rule(
      .iota(dimension: 0), [], declared: TensorType([3], .i1), "counts in numbers, not in i1"),
    Rule(
      .iota(dimension: 0), [], declared: f32(-3),
      "has a negative size in its type tensor<-3xf32>"),
  ]

  static let shapes: [Rule] = [
    Rule(
      .broadcastInDim(dimensions: [0]), [f32(2)], declared: i32(2),
      "keeps the element type f32, not i32"),
    Rule(
      .broadcastInDim(dimensions: []), [f32(2)], declared: f32(2),
      "names 0 dimensions for an operand of rank 1"),
    Rule(
      .broadcastInDim(dimensions: [1, 1]), [f32(2, 2)], declared: f32(2, 2),
      "dimensions [1, 1] must be distinct dimensions of a tensor of rank 2"),
    Rule(
      .broadcastInDim(dimensions: [1]), [f32(2)], declared: f32(2, 3),
      "cannot spread [2] over [2, 3] along [1]"),
    Rule(.reshape, [f32(2, 3)], declared: f32(5), "cannot make tensor<5xf32> of tensor<2x3xf32>"),
    Rule(.transpose(permutation: [0]), [f32(2, 3)], "permutes 1 dimensions of tensor<2x3xf32>"),
    Rule(
      .transpose(permutation: [0, 0]), [f32(2, 3)],
      "permutation [0, 0] must be distinct dimensions of a tensor of rank 2"),
    Rule(
      .reverse(dimensions: [-1]), [f32(2)],
      "dimensions [-1] must be distinct dimensions of a tensor of rank 1"),
    Rule(
      .slice(start: [0], limit: [1], strides: [1]), [f32(2, 3)],
      "needs start, limit and stride for each of 2 dimensions"),
    Rule(
      .slice(start: [1], limit: [4], strides: [1]), [f32(3)],
      "takes 1..<4 by 1 of 3 in dimension 0"),
    Rule(
      .slice(start: [0], limit: [3], strides: [0]), [f32(3)],
      "takes 0..<3 by 0 of 3 in dimension 0"),
    Rule(
      .pad(low: [0], high: [0], interior: [0]), [f32(3), f32(1)],
      "needs a scalar of f32 beside the tensor, has tensor<1xf32>"),
    Rule(
      .pad(low: [], high: [0], interior: [0]), [f32(3), scalar],
      "needs low, high and interior padding for each of 1 dimensions"),
    Rule(
      .pad(low: [-2], high: [-2], interior: [0]), [f32(3), scalar],
      "pads 3 by -2, -2, 0 in dimension 0"),
    Rule(
      .pad(low: [5], high: [0], interior: [-1]), [f32(3), scalar],
      "pads 3 by 5, 0, -1 in dimension 0"),
    Rule(.concatenate(dimension: 0), [], "takes at least 1 operand, has 0"),
    Rule(
      .concatenate(dimension: 1), [f32(2)],
      "dimension [1] must be distinct dimensions of a tensor of rank 1"),
    Rule(
      .concatenate(dimension: 0), [f32(2), f32(2, 1)],
      "cannot join tensor<2xf32> and tensor<2x1xf32>"),
    Rule(
      .concatenate(dimension: 0), [f32(2, 3), f32(1, 4)],
      "cannot join tensor<2x3xf32> and tensor<1x4xf32> along dimension 0"),
  ]

  static let batched = DotDimensions(
    lhsBatching: [0], rhsBatching: [0], lhsContracting: [1], rhsContracting: [1])

  static func convolution(
    _ size: Int, dilation: Int = 1, groups: Int = 1, batchGroups: Int = 1
  ) -> Operation {
    let window = WindowDimension(size: size, baseDilation: dilation)
    return .convolution(
      ConvolutionAttributes(
        window: [window, window], featureGroupCount: groups, batchGroupCount: batchGroups))
  }

  static let products: [Rule] = [
    Rule(
      .dotGeneral(.matrixProduct), [f32(2, 3), i32(3, 2)],
      "needs operands of one element type, has tensor<2x3xf32> and tensor<3x2xi32>"),
    Rule(
      .dotGeneral(.matrixProduct), [f32(2), f32(2, 2)],
      "left batching and contracting [1] must be distinct dimensions of a tensor of rank 1"),
    Rule(
      .dotGeneral(.matrixProduct), [f32(2, 2), scalar],
      "right batching and contracting [0] must be distinct dimensions of a tensor of rank 0"),
    Rule(
      .dotGeneral(batched), [f32(2, 3), f32(4, 3)],
      "batches tensor<2x3xf32> along [0] with tensor<4x3xf32> along [0]"),
    Rule(
      .dotGeneral(.matrixProduct), [f32(2, 3), f32(4, 2)],
      "sums tensor<2x3xf32> along [1] with tensor<4x2xf32> along [0]: the sizes differ"),
    Rule(
      .dotGeneral(.matrixProduct), [f32(2, 3), f32(3, 2)], declared: TensorType([2, 2], .bf16),
      "computes tensor<2x2xf32>, cannot deliver tensor<2x2xbf16>"),
    Rule(
      .dotGeneral(.matrixProduct), [TensorType([2, 3], .i8), TensorType([3, 2], .i8)],
      declared: TensorType([2, 2], .ui8),
      "computes tensor<2x2xi8>, cannot deliver tensor<2x2xui8>"),
    Rule(
      convolution(1), [f32(1, 4, 4, 1), i32(1, 1, 1, 1)],
      "needs operands of one element type, has tensor<1x4x4x1xf32> and tensor<1x1x1x1xi32>"),
    Rule(
      convolution(1), [f32(4, 4, 1), f32(1, 1, 1)],
      "has 2 window dimensions for tensor<4x4x1xf32> and tensor<1x1x1xf32>"),
    Rule(
      convolution(2), [f32(1, 4, 4, 1), f32(3, 3, 1, 1)],
      "has a window of 2 for a kernel of 3"),
    Rule(
      convolution(1, dilation: 0), [f32(1, 4, 4, 1), f32(1, 1, 1, 1)],
      "needs sizes, strides and dilations of at least 1 in window dimension 0"),
    Rule(
      convolution(1, groups: 2, batchGroups: 2), [f32(2, 4, 4, 2), f32(1, 1, 1, 2)],
      "has 2 feature groups and 2 batch groups; one of them must be 1"),
    Rule(
      convolution(1), [f32(1, 4, 4, 3), f32(1, 1, 2, 4)],
      "has 3 input features for a kernel tensor<1x1x2x4xf32> in 1 groups"),
    Rule(
      convolution(1, batchGroups: 2), [f32(3, 4, 4, 1), f32(1, 1, 1, 4)],
      "cannot divide batch and output features into 2 groups"),
  ]

  static let pair = WindowAttributes([WindowDimension(size: 2)])
  static let reversed = WindowAttributes([WindowDimension(size: 2, isReversed: true)])
  static let dilated = WindowAttributes([WindowDimension(size: 2, windowDilation: 2)])

  static let windows: [Rule] = [
    Rule(
      .reduce(.add, dimensions: [0]), [f32(2), i32()],
      "needs a scalar of f32 beside the tensor, has tensor<i32>"),
    Rule(
      .reduce(.add, dimensions: [0, 0]), [f32(2), scalar],
      "dimensions [0, 0] must be distinct dimensions of a tensor of rank 1"),
    Rule(
      .reduceWindow(.add, pair), [f32(2, 2), scalar],
      "has 1 window dimensions for tensor<2x2xf32>"),
    Rule(.reduceWindow(.add, reversed), [f32(4), scalar], "has no reversed windows"),
    Rule(
      .selectAndScatter(pair), [f32(4), f32(4), scalar],
      "needs a source of tensor<3xf32>, one element a window, has tensor<4xf32>"),
    Rule(.selectAndScatter(dilated), [f32(4), f32(2), scalar], "has no dilations"),
  ]

  @Test("sizes of windows follow the specification's formula")
  func windowSizes() {
    // floor((low + (extent − 1) · base + 1 + high − (size − 1) · dilation − 1) / stride) + 1
    let window = WindowDimension(
      size: 2, stride: 4, low: 2, high: 1, baseDilation: 2, windowDilation: 3)
    #expect(window.outputSize(extent: 3) == 2)
    #expect(WindowDimension(size: 5).outputSize(extent: 5) == 1)
    #expect(WindowDimension(size: 5).outputSize(extent: 4) == 0)
    #expect(WindowDimension(size: 1, low: 1).outputSize(extent: 0) == 1)
  }

  @Test("neutral elements change no value of their type")
  func neutralElements() throws {
    for dtype in DType.allCases {
      for reducer in Reducer.allCases {
        let values = vector(dtype, [0, 1, -3, 100])
        let neutral = Literal(values.type, splat: reducer.neutralElement(dtype))
        let combined = try evaluate(neutral, values) {
          try $0.binary(reducer.operation, $1[0], $1[1])
        }
        #expect(combined == values, "\(reducer) \(dtype)")
      }
    }
  }
}
