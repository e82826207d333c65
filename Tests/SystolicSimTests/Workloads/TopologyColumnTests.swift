import Testing

@testable import SystolicModel
@testable import SystolicSim

@Suite("Columns of topology files")
struct TopologyColumnTests {
  private static let conv =
    "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,"

  private func workload(_ text: String) throws(WorkloadError) -> Workload {
    try TopologyFile.parse(text, file: "t.csv", name: "t")
  }

  private func layer(_ text: String) throws -> Workload.Layer {
    try #require(try workload(text).layers.first)
  }

  @Test("a batch multiplies m, of convolutions and of products")
  func batch() throws {
    // 4 x 8 x 8 output positions of 3 x 3 x 8 taps.
    let convolution = try layer(Self.conv + "Batch Size,\nc,17,17,3,3,8,8,2,4,\n").convolution
    #expect(convolution.groupGEMM == GEMMShape(m: 256, n: 8, k: 72))
    #expect(convolution.inputElements == 4 * 17 * 17 * 8)
    let product = try layer("Layer,M,N,K,Batch\na,2,3,4,5\n")
    #expect(product.shape == .gemm(GEMMShape(m: 10, n: 3, k: 4)))
    #expect(try layer(Self.conv + "Batch Size,\nc,17,17,3,3,8,8,2,\n").convolution.batch == 1)
  }

  @Test("padding is that of a side and adds to the input both ways; 'same' and 'valid' are known")
  func padding() throws {
    func input(_ titles: String, _ cells: String) throws -> [Int] {
      let shape = try layer(Self.conv + titles + "\nc,15,13,3,5,8,8,2," + cells + "\n").convolution
      return [shape.inputHeight, shape.inputWidth]
    }
    #expect(try input("Padding", "1") == [17, 15])
    #expect(try input("Padding Height,Padding Width", "1,2") == [17, 17])
    #expect(try input("pad", "0") == [15, 13])
    #expect(try input("Padding", "valid") == [15, 13])
    // 8 x 7 outputs at stride 2: (8 - 1) * 2 + 3 = 17, (7 - 1) * 2 + 5 = 17.
    #expect(try input("Padding", "same") == [17, 17])
  }

  @Test("groups divide channels and filters; dilation spreads the kernel")
  func groups() throws {
    let grouped = try layer(Self.conv + "Groups,\nc,17,17,3,3,8,16,2,4,\n").convolution
    #expect(grouped.groups == 4)
    #expect(grouped.groupGEMM == GEMMShape(m: 64, n: 4, k: 18))
    let dilated = try layer(Self.conv + "Dilation,\nc,17,17,3,3,8,16,1,2,\n").convolution
    // A kernel of 3 reaches 5: 17 - 5 + 1.
    #expect(dilated.groupGEMM.m == 13 * 13)
  }

  @Test("repeat is the layer's count")
  func repeats() throws {
    #expect(try layer(Self.conv + "Repeat,\nc,17,17,3,3,8,8,2,3,\n").count == 3)
    #expect(try layer("Layer,M,N,K,Count\na,1,2,3,7\n").count == 7)
  }

  @Test(
    "two strides: one column for height, one for width",
    arguments: ["Stride Height,Stride Width,", "stride_h,stride_w", "Strides,Stride Width"])
  func strides(titles: String) throws {
    let shape = try layer(
      Self.conv.replacing("Strides,", with: titles) + "\nc,9,9,3,3,1,1,1,2,\n"
    ).convolution
    #expect([shape.outputHeight, shape.outputWidth] == [7, 4])
  }

  @Test("columns are known by name in any order, and what SCALE-Sim would read then is said")
  func order() throws {
    let workload = try workload(
      "Layer name,Num Filter,Channels,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Strides,\n"
        + "c,128,64,56,56,3,3,1,\n")
    #expect(
      try workload.layers[0].convolution.groupGEMM == GEMMShape(m: 54 * 54, n: 128, k: 576))
    #expect(workload.notes.count == 1 && workload.notes[0].contains("by their titles"))
    #expect(try layer("Layer,M,K,N\na,1,2,3\n").shape == .gemm(GEMMShape(m: 1, n: 3, k: 2)))
  }

  @Test(
    "other names of the same columns",
    arguments: [
      "layer_name,ifmap_h,ifmap_w,filt_h,filt_w,num_ch,num_filt,stride",
      "Layer,Input Height,Input Width,Kernel Height,Kernel Width,In Channels,Out Channels,Stride",
      "name,IH,IW,KH,KW,IC,OC,S_h,S_w",
      "Layer Name,IFMAP H,IFMAP W,Filter H,Filter W,C,#Filters,Strides",
    ])
  func names(header: String) throws {
    let shape = try layer(header + "\nc,10,11,2,3,4,5,1,1\n").convolution
    #expect(
      shape
        == ConvolutionShape(
          inputHeight: 10, inputWidth: 11, kernelHeight: 2, kernelWidth: 3, channels: 4, filters: 5)
    )
    #expect(
      try layer("name,in_channels,out_channels,kernel_size,stride,H,W\nc,4,5,3,1,10,11\n")
        .convolution
        == ConvolutionShape(
          inputHeight: 10, inputWidth: 11, kernelHeight: 3, kernelWidth: 3, channels: 4, filters: 5)
    )
  }

  // Public files of DeepBench and DeepSpeech2 have this header; the first of the two is the height.
  @Test("a title that stands twice for height and width is both, and the file says so")
  func doubled() throws {
    let workload = try workload(
      "Layer, IFMAP Width, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n"
        + "Conv1,700,161,41,11,1,32,2,\n")
    // (700 - 41 + 2) / 2 = 330.5, (161 - 11 + 2) / 2 = 76
    #expect(
      try workload.layers[0].convolution.groupGEMM == GEMMShape(m: 331 * 76, n: 32, k: 451))
    #expect(
      workload.notes == [
        "'IFMAP Width' stands twice in the header: taken as height, then width"
      ])
  }

  @Test("columns that follow from others, or hold words, are named and not read")
  func ignored() throws {
    let workload = try workload(
      Self.conv + ",,Oh,Ow,Author\n,,,,,,,,,,\nc,17,17,3,3,8,8,2,,,8,8,me\n")
    #expect(
      try workload.layers[0].convolution.groupGEMM == GEMMShape(m: 64, n: 8, k: 72))
    #expect(workload.notes == ["columns that are not read: 'Oh', 'Ow', 'Author'"])
  }

  @Test("a dense share of weights is none", arguments: ["1:1", "4:4", " 2 : 2 ", ""])
  func dense(ratio: String) throws {
    #expect(
      try layer("Layer,M,N,K,Sparsity\na,8,8,8,\(ratio)").shape
        == .gemm(GEMMShape(m: 8, n: 8, k: 8)))
  }

  // The columns and types of mNPUsim's networks.
  @Test("mNPUsim's twelve columns: products in a convolution's columns, and rows that are neither")
  func mNPUsim() throws {
    let workload = try workload(
      Self.conv + "Type,IFMAP Base Addr,Filter Base Addr,Ofmap Base Addr,\n"
        + "QKT,1024,64,64,512,1,1,1,Gemm,-1,-1,-1,\nL,8192,128,128,1,1,1,1,Gemv,-2,-2,-1,\n"
        + "D,8,3,3,5,1,1,1,Dir_Gemm,-1,-1,-1,\nBN1,11991,64,1,1,1,1,128,Other,-1,-2,-1,\n"
        + "P,55,55,3,3,96,96,2,Pool,-1,-2,-1,\nConv1,227,227,11,11,3,96,4,Conv,-1,-1,-1,\n"
        + "Conv2,31,31,5,5,96,256,1,Im2col_conv,-1,-1,-1,\n")
    #expect(workload.layers.map(\.name) == ["QKT", "L", "D", "Conv1", "Conv2"])
    #expect(
      workload.layers.prefix(3).map(\.shape) == [
        .gemm(GEMMShape(m: 1024, n: 512, k: 64)), .gemm(GEMMShape(m: 8192, n: 1, k: 128)),
        .gemm(GEMMShape(m: 8, n: 5, k: 3)),
      ])
    #expect(
      try workload.layers[3].convolution.groupGEMM == GEMMShape(m: 55 * 55, n: 96, k: 363))
    #expect(
      workload.notes == [
        "columns that are not read: 'IFMAP Base Addr', 'Filter Base Addr', 'Ofmap Base Addr'",
        "2 rows are no products and left out, of type 'Other', 'Pool'",
      ])
  }

  @Test("a type that is not known, and a product whose extents disagree, are errors with the line")
  func types() {
    for (row, words) in [
      ("a,4,6,6,8,1,1,1,Wave", "t.csv:2: Type 'Wave' is not known. Use one of: Conv, "),
      (
        "a,4,6,7,8,1,1,1,Gemm",
        "t.csv:2: the input of a product is M x K and its filter K x N; found "
      ),
      ("a,4,6,6,8,2,1,1,Gemm", "t.csv:2: Channels of a product must be 1; found 2."),
      ("a,4,6,6,8,1,1,2,Gemm", "t.csv:2: Strides of a product must be 1; found 2."),
    ] {
      do {
        _ = try workload(Self.conv + "Type\n" + row)
        Issue.record("no error for \(row)")
      } catch {
        #expect(error.description.hasPrefix(words), "\(error)")
      }
    }
  }
}
