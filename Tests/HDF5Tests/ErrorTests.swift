import Foundation
import HDF5
import Testing

@Suite("Each failure names file, object and reason")
struct ErrorTests {
  /// The sentence of the error that `body` throws.
  private func sentence(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test("a missing file")
  func missingFile() {
    #expect(
      sentence { _ = try HDF5File(openingAt: "/nowhere/a.h5") }
        == "/nowhere/a.h5: there is no such file. Check the path.")
  }

  @Test("a folder")
  func folder() throws {
    try withTemporaryFolder { folder in
      #expect(
        sentence { _ = try HDF5File(openingAt: folder) }
          == "\(folder): this is a folder. Give the path of a file in it that ends in .h5.")
    }
  }

  @Test("a file of another kind, also an empty one", arguments: ["hello", ""])
  func notHDF5(content: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      try content.write(toFile: path, atomically: true, encoding: .utf8)
      #expect(
        sentence { _ = try HDF5File(openingAt: path) }
          == "\(path): this is not an HDF5 file. Give the path of a file that ends in .h5.")
    }
  }

  @Test("a file without its end, by one byte or by half")
  func truncated() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      let file = try HDF5File(inMemoryFor: path)
      try file.write((0..<1000).map(Double.init), to: "x")
      try publish(file)
      let whole = try Data(contentsOf: URL(filePath: path))
      for length in [whole.count - 1, whole.count / 2] {
        try whole.prefix(length).write(to: URL(filePath: path))
        #expect(
          sentence { _ = try HDF5File(openingAt: path) }
            == "\(path): the HDF5 file is truncated: its end is missing. "
            + "Copy it again; if another program (h5repack, h5py) has rewritten it, open it with "
            + "--unverified.")
      }
    }
  }

  @Test("a missing object and an object of another type")
  func objects() throws {
    let file = try HDF5File(inMemoryFor: "run.h5")
    try file.write(["a"], to: "texts")
    try file.write([1.5], to: "numbers")
    func fails(_ body: (borrowing HDF5File) throws -> Void) -> String {
      do {
        try body(file)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      fails { _ = try $0.read(Double.self, from: "a/b") }
        == "run.h5: nothing in the file is called 'a/b'. List it with 'h5ls -r run.h5'.")
    #expect(
      fails { _ = try $0.read(Double.self, from: "texts") }
        == "run.h5: 'texts' holds text or a table where 64-bit floating-point numbers "
        + "should be.")
    #expect(
      fails { _ = try $0.readTexts(from: "numbers") }
        == "run.h5: 'numbers' holds another type where text of variable length should be.")
    #expect(
      fails { _ = try $0.readTable(from: "numbers") }
        == "run.h5: 'numbers' holds a list without fields where a table should be.")
    #expect(fails { try $0.setAttribute("x", of: "gone", to: .flag(true)) }.contains("'gone'"))
  }

  @Test("columns of different length, and columns of another table")
  func columns() throws {
    let file = try HDF5File(inMemoryFor: "run.h5")
    let uneven = HDF5Table([.init("a", .int64([1, 2])), .init("b", .int64([1]))])
    #expect(
      throws: HDF5Error.mismatchedColumns(
        path: "run.h5", object: "t", reason: "column 'b' has 1 rows, not 2")
    ) { try file.write(uneven, to: "t") }
    var table = try file.createAppendableTable([("a", .int64)], at: "u", chunkRows: 4)
    do {
      try table.append(HDF5Table([.init("a", .float64([1]))]))
      Issue.record("a column of another type was taken")
    } catch {
      #expect(
        "\(error)"
          == "run.h5: cannot write table 'u': column 'a' does not hold 64-bit integers.")
    }
    #expect(table.count == 0)
  }

  @Test("a name that is taken: the library's own reason, and the next call works")
  func reasonAndStack() throws {
    let file = try HDF5File(inMemoryFor: "run.h5")
    try file.write([1.5], to: "x")
    do {
      try file.write([2.5], to: "x")
      Issue.record("the name was taken twice")
    } catch {
      #expect("\(error)" == "run.h5: the HDF5 library does not take 'x': name already exists.")
    }
    #expect(try file.read(Double.self, from: "x") == [1.5])
  }
}
