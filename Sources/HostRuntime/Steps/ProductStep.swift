/// Runs a batch of matrix products, whose sums have four bytes each.
struct ProductStep: Step {
  let kernel: any ProductKernel
  let lhs: Location
  let rhs: Location
  let out: Location
  let batch: Int
  let lhsBatchBytes: Int
  let rhsBatchBytes: Int
  /// Elements of one result.
  let outBatchCount: Int
  private let partsPerMatrix: Int

  init(
    _ product: MatrixProduct, kernel: any ProductKernel, lhs: Location, rhs: Location,
    out: Location
  ) {
    self.kernel = kernel
    self.lhs = lhs
    self.rhs = rhs
    self.out = out
    batch = product.batch
    lhsBatchBytes = product.lhs.batchStride * product.lhs.dtype.byteCount
    rhsBatchBytes = product.rhs.batchStride * product.rhs.dtype.byteCount
    outBatchCount = product.m * product.n
    partsPerMatrix = kernel.partCount
  }

  var partCount: Int { batch * partsPerMatrix }
  var scratchByteCount: Int { kernel.scratchByteCount }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let (matrix, part) = part.quotientAndRemainder(dividingBy: partsPerMatrix)
    kernel.run(
      part: part, lhs: UnsafeRawPointer(memory.pointer(lhs) + matrix * lhsBatchBytes),
      rhs: UnsafeRawPointer(memory.pointer(rhs) + matrix * rhsBatchBytes),
      out: memory.pointer(out) + matrix * outBatchCount * 4, scratch: scratch)
  }
}
