internal import DeviceAPI
internal import GraphIR
internal import GraphPasses

extension Graph {
  /// The graph with its products in as many passes as are wanted.
  ///
  /// - Parameter precision: of every product; `nil` takes what each one asks for, which says something
  ///   only where the device rounds the operands of its products.
  func computingProducts(_ precision: ProductPrecision?, on device: any Device) throws -> Graph {
    if precision == nil, device.descriptor.productOperandType != .bf16 { return self }
    return try ProductPrecisionPass(precision).run(self)
  }
}
