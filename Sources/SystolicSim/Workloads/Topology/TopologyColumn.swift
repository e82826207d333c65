/// A column of a workload file, by what it says about a layer.
enum TopologyColumn: String, CaseIterable {
  case name = "Layer name"
  case m = "M"
  case n = "N"
  case k = "K"
  /// Height and width in one.
  case inputSize = "IFMAP Size"
  case inputHeight = "IFMAP Height"
  case inputWidth = "IFMAP Width"
  /// Height and width in one.
  case kernelSize = "Filter Size"
  case kernelHeight = "Filter Height"
  case kernelWidth = "Filter Width"
  case channels = "Channels"
  case filters = "Num Filter"
  case strides = "Strides"
  case strideHeight = "Stride Height"
  case strideWidth = "Stride Width"
  case padding = "Padding"
  case paddingHeight = "Padding Height"
  case paddingWidth = "Padding Width"
  case dilation = "Dilation"
  case dilationHeight = "Dilation Height"
  case dilationWidth = "Dilation Width"
  case groups = "Groups"
  case batch = "Batch"
  case repeats = "Repeat"
  case sparsity = "Sparsity"
  case type = "Type"
  /// What follows from other columns, or belongs to other simulators: addresses, outputs, remarks.
  case ignored = "Notes"

  /// The columns that a product has to have.
  static let product: [TopologyColumn] = [.m, .n, .k]
  /// The columns that a convolution has to have, but for its stride.
  static let convolution: [TopologyColumn] = [
    .inputHeight, .inputWidth, .kernelHeight, .kernelWidth, .channels, .filters,
  ]

  /// The columns that say something of a convolution alone.
  static let convolutionOnly: Set<TopologyColumn> = Set(
    sides.flatMap { [$0.height, $0.width] }
      + [.inputSize, .kernelSize, .channels, .filters, .strides, .padding, .dilation, .groups])

  /// The columns that come as height and width.
  static let sides: [(height: TopologyColumn, width: TopologyColumn)] = [
    (.inputHeight, .inputWidth), (.kernelHeight, .kernelWidth), (.strideHeight, .strideWidth),
    (.paddingHeight, .paddingWidth), (.dilationHeight, .dilationWidth),
  ]

  /// The columns that a value of this one stands for.
  var parts: [TopologyColumn] {
    switch self {
    case .inputSize: [.inputHeight, .inputWidth]
    case .kernelSize: [.kernelHeight, .kernelWidth]
    default: [self]
    }
  }

  /// The column that a title names; `nil` for one that is not known. Case, spaces and signs do not
  /// count, nor what stands in brackets.
  init?(title: String) {
    guard let column = Self.names[Self.normalized(title)] else { return nil }
    self = column
  }

  private static func normalized(_ title: String) -> String {
    let plain = title.prefix { $0 != "(" && $0 != "[" }
    return String(
      (plain.isEmpty ? title[...] : plain).lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// Every known name of every column.
  private static let names: [String: TopologyColumn] = {
    var names: [String: TopologyColumn] = [:]
    for column in allCases { names[normalized(column.rawValue)] = column }
    func add(_ column: TopologyColumn, _ words: String) {
      for word in words.split(separator: " ") { names[String(word)] = column }
    }
    add(.name, "layer name layers layernames operator operation node")
    add(
      .channels,
      "channel channels numchannels numchannel numch nch ch c ic cin inc inch inchannels inchannel "
        + "inputchannels inputchannel inputch ifmapchannels ifmapchannel channelsin numinputchannels"
    )
    add(
      .filters,
      "numfilter numfilters numfilt numfilts filters filter nfilter nfilters numberoffilters "
        + "numoffilters filternum filtercount filtersnum kernels numkernels oc cout outc outch "
        + "outchannels outchannel outputchannels outputchannel outputch ofmapchannels channelsout "
        + "numoutputchannels")
    add(.inputSize, "inputsize insize imagesize")
    add(.kernelSize, "kernelsize kernel ksize")
    add(.strides, "stride strides")
    add(.padding, "padding paddings pad pads")
    add(.dilation, "dilation dilations dilationrate")
    add(.groups, "groups group numgroups ngroups numgroup")
    add(.batch, "batch batches batchsize batchsizes batchcount numbatch")
    add(
      .repeats,
      "repeat repeats repetition repetitions repeatcount count counts times occurrences instances "
        + "multiplicity numrepeats numrepeat layercount")
    add(.sparsity, "sparsity sparsityratio sparsitynm nm")
    add(.type, "type layertype op optype kind layerkind operatortype")
    add(
      .ignored,
      "note notes comment comments remark remarks description index idx id no layerid number "
        + "ifmapbaseaddr filterbaseaddr ofmapbaseaddr ifmapoffset filteroffset ofmapoffset "
        + "oh ow outh outw outheight outwidth outputh outputw outputheight outputwidth ofmaph ofmapw "
        + "ofmapheight ofmapwidth mac macs nummacs nummac macops maccycles flops params parameters "
        + "activation")
    let heights = ["height", "h", "rows", "row"]
    let widths = ["width", "w", "columns", "cols", "column", "col"]
    let words = [
      [
        "ifmap", "ifm", "input", "inputs", "in", "i", "image", "fmap", "featuremap",
        "inputfeaturemap",
      ],
      ["filter", "filt", "kernel", "ker", "weight", "f", "k"], ["stride", "strides", "s"],
      ["padding", "pad", "p"], ["dilation", "d"],
    ]
    for (side, words) in zip(sides, words) {
      for word in words {
        for (column, ends) in [(side.height, heights + ["y"]), (side.width, widths + ["x"])] {
          for end in ends {
            names[word + end] = column
            if word.count > 1 { names[end + word] = column }
          }
        }
      }
    }
    for end in heights { names[end] = .inputHeight }
    for end in widths { names[end] = .inputWidth }
    return names
  }()
}
