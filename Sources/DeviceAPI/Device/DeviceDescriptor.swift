public import GraphIR
public import Units

/// What a device is, for listings and for programs that choose between devices.
public struct DeviceDescriptor: Hashable, Sendable {
  /// A level of the device's memory.
  public struct MemorySpace: Hashable, Sendable {
    /// What the level is called: `VMEM`.
    public var name: String
    /// `nil` where the device cannot say.
    public var capacity: Bytes?
    /// 10⁹ bytes a second in one direction; `nil` where the device cannot say.
    public var bandwidthGigabytesPerSecond: Double?

    /// A level of these figures.
    public init(name: String, capacity: Bytes?, bandwidthGigabytesPerSecond: Double?) {
      self.name = name
      self.capacity = capacity
      self.bandwidthGigabytesPerSecond = bandwidthGigabytesPerSecond
    }
  }

  /// The most that one execution could do in a second with operands of one type.
  public struct PeakRate: Hashable, Sendable {
    /// The operands' type.
    public var dtype: DType
    /// 10⁹ operations a second; a multiply-accumulate counts as two.
    public var gigaflopsPerSecond: Double

    /// A rate for one type.
    public init(dtype: DType, gigaflopsPerSecond: Double) {
      self.dtype = dtype
      self.gigaflopsPerSecond = gigaflopsPerSecond
    }
  }

  /// The name by which it is asked for: `tpu-sim`.
  public var name: String
  /// One line for a listing.
  public var summary: String
  /// Costs come from a model, not from a clock.
  public var isSimulated: Bool
  /// The element type that f32 operands of products are rounded to; `nil` if they are used as
  /// given. Operands of narrower types are used as given by every device.
  public var productOperandType: DType?
  /// Off chip first, then what is nearer to the units.
  public var memorySpaces: [MemorySpace]
  /// One entry a type of operands; empty where the device cannot say.
  public var peakRates: [PeakRate]
  /// Names of the operations that `compile` accepts, as `Operation.name` spells them.
  public var supportedOperations: Set<String>
  /// Element types that values of a graph may have.
  public var supportedTypes: Set<DType>
  /// Element types of the operands that `dot_general` and `convolution` accept.
  public var supportedProductTypes: Set<DType>
  /// The kernels that compute products, where their bits depend on the processor; else `nil`.
  public var productKernels: String?

  /// A device as its author describes it.
  public init(
    name: String, summary: String, isSimulated: Bool, productOperandType: DType?,
    memorySpaces: [MemorySpace], peakRates: [PeakRate], supportedOperations: Set<String>,
    supportedTypes: Set<DType>, supportedProductTypes: Set<DType>, productKernels: String? = nil
  ) {
    self.name = name
    self.summary = summary
    self.isSimulated = isSimulated
    self.productOperandType = productOperandType
    self.memorySpaces = memorySpaces
    self.peakRates = peakRates
    self.supportedOperations = supportedOperations
    self.supportedTypes = supportedTypes
    self.supportedProductTypes = supportedProductTypes
    self.productKernels = productKernels
  }
}
