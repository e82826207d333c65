import Testing

@testable import SystolicModel
@testable import SystolicSim

@Suite("Depthwise layers of topology files")
struct DepthwiseTests {
  private func layer(_ name: String, extra: (title: String, cell: String) = ("", "")) throws
    -> Workload.Layer
  {
    let text =
      "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,"
      + "\(extra.title),\n\(name),114,114,3,3,32,1,1,\(extra.cell),\n"
    return try #require(try TopologyFile.parse(text, file: "t.csv", name: "t").layers.first)
  }

  @Test(
    "DP as a word of the name makes a layer depthwise, and is announced",
    arguments: ["DP_1", "conv-DP", "DP2", "DP", "block 3 DP"])
  func byName(name: String) throws {
    let layer = try layer(name)
    // Each of 32 channels is a product of 112 x 112 by 9 by 1.
    #expect(try layer.convolution.groups == 32)
    #expect(try layer.convolution.groupGEMM == GEMMShape(m: 112 * 112, n: 1, k: 9))
    #expect(
      layer.notes == [
        "taken as depthwise, because DP stands in its name (SCALE-Sim's rule): 32 channels with 1 "
          + "filter each"
      ])
  }

  @Test(
    "a name that only looks so is a plain convolution with a note that says depthwise",
    arguments: [
      "DEPTHWISE_A", "Conv2_dw", "conv_dw_2", "dwconv1", "DepthwiseConv2D_1", "depth-wise", "UDP_1",
      "DPConv", "dp_1",
    ])
  func looksSo(name: String) throws {
    let layer = try layer(name)
    #expect(try layer.convolution.groupGEMM == GEMMShape(m: 112 * 112, n: 1, k: 288))
    #expect(layer.notes.count == 1 && layer.notes[0].contains("depthwise"))
  }

  @Test(
    "other names have no note", arguments: ["conv1", "hardware", "bandwidth", "Depth_2", "D_P"])
  func plain(name: String) throws {
    #expect(try layer(name).notes == [])
    #expect(try layer(name).convolution.groups == 1)
  }

  @Test("a column of groups decides before the name; one of types says depthwise too")
  func columns() throws {
    let grouped = try layer("DP_1", extra: ("Groups", "1"))
    #expect(try grouped.convolution.groups == 1)
    #expect(grouped.notes.count == 1 && grouped.notes[0].contains("depthwise"))
    let typed = try layer("c", extra: ("Type", "DWConv"))
    #expect(try typed.convolution.groups == 32)
    #expect(typed.notes.count == 1 && typed.notes[0].contains("taken as depthwise"))
  }
}
