internal import ConfigFiles
internal import SystolicModel

extension ScaleSimMapping {
  /// Keys, in small letters, that `map` itself looks at.
  static let keys: Set<String> = [
    "run_name", "arrayheight", "arraywidth", "dataflow", "ifmapsramszkb", "filtersramszkb",
    "ofmapsramszkb", "ifmapsramsz", "filtersramsz", "ofmapsramsz", "interfacebandwidth",
    "bandwidth",
  ]

  /// Why a key has no counterpart.
  static func reason(_ entry: SectionedFile.Entry) -> String {
    let key = entry.key.lowercased()
    switch entry.section.lowercased() {
    case "sparsity":
      return entry.value.lowercased() == "true" && key == "sparsitysupport"
        ? "sparse products are not modelled; figures will be those of dense ones"
        : "belongs to sparse products, which are not modelled"
    case "layout":
      return key.hasSuffix("bankbandwidth")
        ? "words a cycle for one operand; here one DRAM serves all, and vmem.readBytesPerCycle is the "
          + "memory's"
        : "memory layouts are not modelled; vmem.banks, bankWidthBytes and interleaving are nearest"
    default: break
    }
    return reasons[key] ?? "not known here"
  }

  private static let reasons: [String: String] = [
    "ifmapoffset": "an address in traces, which are not written",
    "filteroffset": "an address in traces, which are not written",
    "ofmapoffset": "an address in traces, which are not written",
    "memorybanks": "SCALE-Sim 3 does not read it; vmem.banks is nearest",
    "readrequestbuffer": "the DRAM's queue is dram.banked.queueDepth, with dram.model banked",
    "writerequestbuffer": "the DRAM's queue is dram.banked.queueDepth, with dram.model banked",
    "useramulatortrace": "the DRAM model of rows and banks here is dram.model banked",
    "topologycsvloc": "give the layers as --workload",
    "timelinearmodel": "cycles are turned to time by clockMegahertz",
    "sram_row_size": "belongs to its energy model; energy.table is here",
    "sram_bank_size": "belongs to its energy model; energy.table is here",
    "dram_row_size": "belongs to its energy model; dram.banked is here",
    "dram_bank_size": "belongs to its energy model; dram.banked is here",
  ]
}
