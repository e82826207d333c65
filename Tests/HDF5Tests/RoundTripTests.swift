import Foundation
import HDF5
import Testing

@Suite("What is written is read back")
struct RoundTripTests {
  @Test(
    "an attribute of each kind comes back as it was written",
    arguments: [
      HDF5Value.text("größe"), .text(""), .integer(.min), .unsigned(.max), .real(-0.1),
      .flag(true), .flag(false), .texts(["a", "", "ccc"]), .integers([1, -2]), .reals([0.5]),
    ])
  func attributes(value: HDF5Value) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      do {
        let file = try HDF5File(inMemoryFor: path)
        try file.createGroup("deep/er")
        try file.setAttribute("x", to: .integer(1))
        try file.setAttribute("x", to: value)
        try file.setAttribute("x", of: "deep/er", to: value)
        try publish(file)
      }
      let file = try HDF5File(openingAt: path)
      #expect(try file.attribute("x") == value)
      #expect(try file.attribute("x", of: "deep/er") == value)
      #expect(try file.attribute("y") == nil)
      #expect(try file.attributeNames() == ["x"])
      #expect(try file.members(of: "/") == ["deep"])
    }
  }

  @Test("fixed datasets of each scalar type come back, compressed or not")
  func fixedDatasets() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      let ramp = (0..<1000).map { UInt64($0) << 33 }
      do {
        let file = try HDF5File(inMemoryFor: path)
        try file.write([Int32.min, 0, .max], to: "i32")
        try file.write([Int64.min, 0, .max], to: "group/i64")
        try file.write(ramp, to: "u64", layout: .compressed(rows: 64))
        try file.write([Float.infinity, 0.1], to: "f32", layout: .compressed(rows: 64))
        try file.write([Double.pi], to: "f64")
        try file.write([UInt32](), to: "none", layout: .compressed(rows: 64))
        try file.write("line\nline", to: "text")
        try file.write(["ä", "", "long"], to: "texts")
        try publish(file)
      }
      let file = try HDF5File(openingAt: path)
      #expect(try file.read(Int32.self, from: "i32") == [.min, 0, .max])
      #expect(try file.read(Int64.self, from: "group/i64") == [.min, 0, .max])
      #expect(try file.read(UInt64.self, from: "u64") == ramp)
      #expect(try file.read(Float.self, from: "f32") == [.infinity, 0.1])
      #expect(try file.read(Double.self, from: "f64") == [.pi])
      #expect(try file.read(UInt32.self, from: "none") == [])
      #expect(try file.readTexts(from: "text") == ["line\nline"])
      #expect(try file.readTexts(from: "texts") == ["ä", "", "long"])
    }
  }

  @Test("appended pieces come back in order, across chunk boundaries")
  func appending() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      var expected: [Float] = []
      do {
        let file = try HDF5File(inMemoryFor: path)
        var column = try file.createAppendable(Float.self, at: "loss", chunkRows: 7)
        for length in [1, 6, 7, 8, 0, 20] {
          let piece = (0..<length).map { Float(expected.count + $0) }
          try column.append(piece)
          expected += piece
          try file.flush()
        }
        #expect(column.count == 42)
        try publish(file)
      }
      #expect(try HDF5File(openingAt: path).read(Float.self, from: "loss") == expected)
    }
  }

  private static let table = HDF5Table([
    .init("name", .text(["dense", "é", ""])),
    .init("id", .int32([1, 2, 3])),
    .init("cycles", .int64([-1, 0, 1])),
    .init("start", .uint64([0, 1, .max])),
    .init("loss", .float32([0.5, 1, 2])),
    .init("energy", .float64([0.1, 0.2, 0.3])),
    .init("kind", .labels([1, 0, 1], names: ["compute", "idle"])),
  ])

  @Test("a table comes back with its fields, types and order", arguments: [false, true])
  func tables(isCompressed: Bool) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      let layout: HDF5Layout = isCompressed ? .compressed(rows: 2) : .contiguous
      try writeTable(to: path, layout: layout)
      #expect(try HDF5File(openingAt: path).readTable(from: "t/ops") == Self.table)
    }
  }

  private func writeTable(to path: String, layout: HDF5Layout) throws {
    let file = try HDF5File(inMemoryFor: path)
    try file.write(Self.table, to: "t/ops", layout: layout)
    try publish(file)
  }

  @Test("rows appended to a table come back in order")
  func appendingToTables() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      do {
        let file = try HDF5File(inMemoryFor: path)
        var table = try file.createAppendableTable(
          [("epoch", .int64), ("name", .text(byteCount: 4))], at: "e", chunkRows: 2)
        for epoch in 0..<5 {
          try table.append(
            HDF5Table([
              .init("epoch", .int64([Int64(epoch)])), .init("name", .text(["e\(epoch)"])),
            ]))
        }
        #expect(table.count == 5)
        try publish(file)
      }
      let table = try HDF5File(openingAt: path).readTable(from: "e")
      #expect(table["epoch"] == .int64([0, 1, 2, 3, 4]))
      #expect(table["name"] == .text(["e0", "e1", "e2", "e3", "e4"]))
      #expect(table["other"] == nil)
    }
  }

  @Test("the image of a file in memory is a file, and nothing reaches the disk before")
  func images() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      var bytes: [UInt8] = []
      let file = try HDF5File(inMemoryFor: path)
      try file.write([1.5, 2.5], to: "x")
      let size = try file.copyImage(into: &bytes)
      #expect(throws: HDF5Error.missingFile(path: path)) { _ = try HDF5File(openingAt: path) }
      try Data(bytes.prefix(size)).write(to: URL(filePath: path))
      #expect(try HDF5File(openingAt: path).read(Double.self, from: "x") == [1.5, 2.5])
    }
  }

  @Test("threads may use files at the same time")
  func threads() async throws {
    try await withThrowingTaskGroup(of: [Int64].self) { group in
      for seed in 0..<8 {
        group.addTask {
          let file = try HDF5File(inMemoryFor: "thread-\(seed)")
          var column = try file.createAppendable(Int64.self, at: "x", chunkRows: 16)
          for step in 0..<50 { try column.append([Int64(seed * 1000 + step)]) }
          try file.flush()
          return try file.read(Int64.self, from: "x")
        }
      }
      var starts: Set<Int64> = []
      for try await values in group {
        let first = try #require(values.first)
        #expect(values == (0..<50).map { first + $0 })
        starts.insert(first)
      }
      #expect(starts.count == 8)
    }
  }
}
