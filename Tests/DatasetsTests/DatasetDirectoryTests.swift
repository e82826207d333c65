import Foundation
import Testing

@testable import Datasets

@Suite("Data directory")
struct DatasetDirectoryTests {
  @Test("the first variable that is set leads to the directory")
  func order() throws {
    func path(_ environment: [String: String], explicit: String? = nil) throws -> String {
      try DatasetDirectory(explicit: explicit, environment: environment).path
    }
    let all = ["SIMTRAIN_DATA": "/data", "XDG_CACHE_HOME": "/xdg", "HOME": "/home/me"]
    #expect(try path(all, explicit: "/mine") == "/mine")
    #expect(try path(all) == "/data")
    #expect(try path(["XDG_CACHE_HOME": "/xdg", "HOME": "/home/me"]) == "/xdg/simtrain")
    #expect(try path(["HOME": "/home/me"]) == "/home/me/.cache/simtrain")
    #expect(
      try path(["SIMTRAIN_DATA": "", "XDG_CACHE_HOME": "relative", "HOME": "/home/me"])
        == "/home/me/.cache/simtrain")
  }

  @Test("an environment that leads nowhere is an error")
  func noCacheDirectory() {
    let error = #expect(throws: DatasetError.self) {
      try DatasetDirectory(explicit: nil, environment: ["HOME": ""])
    }
    #expect(
      error?.description
        == "No data directory: none of SIMTRAIN_DATA, XDG_CACHE_HOME and HOME is set. "
        + "Set SIMTRAIN_DATA, or say --data-dir DIRECTORY.")
  }

  @Test(
    "the sub-folder is read, in both spellings of the names",
    arguments: DatasetName.allCases, ["-", "."])
  func subFolder(name: DatasetName, separator: String) throws {
    let folder = try TemporaryFolder()
    try write(name, to: folder, below: name.rawValue + "/", separator: separator)
    let cache = try DatasetDirectory(explicit: nil, environment: ["SIMTRAIN_DATA": folder.path])
    let train = try cache.load(name, split: .train)
    #expect(train.name == name.rawValue)
    #expect(train.labels == [1, 2].map { $0 - Int32(name.labelRange.lowerBound) })
    #expect(train.classes == name.labelRange.count)
    #expect(try cache.load(name, split: .test).count == 1)
  }

  @Test("a directory that was named may hold the files itself; the cache may not")
  func direct() throws {
    let folder = try TemporaryFolder()
    try write(.mnist, to: folder, below: "", separator: "-")
    let named = try DatasetDirectory(explicit: folder.path, environment: [:])
    #expect(try named.load(.mnist, split: .test).labels == [3])
    let cache = try DatasetDirectory(explicit: nil, environment: ["SIMTRAIN_DATA": folder.path])
    #expect(throws: DatasetError.self) { try cache.load(.mnist, split: .test) }
  }

  @Test("missing data: one line says which command gets it")
  func missing() throws {
    func message(_ name: DatasetName, explicit: String?) throws -> String? {
      let directory = try DatasetDirectory(
        explicit: explicit, environment: ["SIMTRAIN_DATA": "/none"])
      return #expect(throws: DatasetError.self) { try directory.load(name, split: .test) }?
        .description
    }
    #expect(
      try message(.mnist, explicit: nil)
        == "/none/mnist/t10k-images-idx3-ubyte: no such file. "
        + "Get the data with 'make data' (scripts/fetch-mnist).")
    #expect(
      try message(.fashionMNIST, explicit: nil)
        == "/none/fashion-mnist/t10k-images-idx3-ubyte: no such file. "
        + "Get the data with scripts/fetch-fashion-mnist.")
    #expect(
      try message(.mnist, explicit: "/mine")
        == "/mine/mnist/t10k-images-idx3-ubyte: no such file. Check --data-dir, or leave it "
        + "out. Get the data with 'make data' (scripts/fetch-mnist).")
  }

  @Test("what torchvision leaves behind is read: its root, its folder, and the files' own folder")
  func torchvision() throws {
    let folder = try TemporaryFolder()
    try write(.mnist, to: folder, below: "root/MNIST/raw/", separator: "-")
    try write(.fashionMNIST, to: folder, below: "root/FashionMNIST/raw/", separator: "-")
    for (name, place) in [(DatasetName.mnist, "MNIST"), (.fashionMNIST, "FashionMNIST")] {
      for path in ["root", "root/\(place)", "root/\(place)/raw"] {
        let directory = try DatasetDirectory(explicit: "\(folder.path)/\(path)", environment: [:])
        #expect(try directory.load(name, split: .train).labels == [1, 2])
      }
    }
  }

  @Test("the files of another data set are not taken for the one that was asked for")
  func otherDataset() throws {
    let folder = try TemporaryFolder()
    try write(.fashionMNIST, to: folder, below: "FashionMNIST/raw/", separator: "-")
    func message(_ path: String) throws -> String? {
      let directory = try DatasetDirectory(explicit: path, environment: [:])
      return #expect(throws: DatasetError.self) { try directory.load(.mnist, split: .test) }?
        .description
    }
    let raw = "\(folder.path)/FashionMNIST/raw"
    #expect(
      try message(raw)
        == "\(raw)/t10k-images-idx3-ubyte: a file of fashion-mnist, and the data set is mnist. "
        + "Say --dataset fashion-mnist, or give another folder.")
    #expect(
      try message(folder.path)
        == "\(folder.path)/mnist/t10k-images-idx3-ubyte: no such file. The folder has the data of "
        + "--dataset fashion-mnist. Get the data with 'make data' (scripts/fetch-mnist).")
  }

  @Test("Kaggle's files are read, each in a folder of its name")
  func kaggle() throws {
    let folder = try TemporaryFolder()
    for (prefix, labels) in [("train", [1, 2] as [UInt8]), ("t10k", [3])] {
      let images = imageFile([UInt32(labels.count), 1, 1], labels)
      let (name, other) = ("\(prefix)-images-idx3-ubyte", "\(prefix)-labels-idx1-ubyte")
      try folder.write(images, to: "\(name)/\(name)")
      try folder.write(labelFile(labels), to: "\(other)/\(other)")
    }
    let directory = try DatasetDirectory(explicit: folder.path, environment: [:])
    #expect(try directory.load(.mnist, split: .train).labels == [1, 2])
  }

  private func write(
    _ name: DatasetName, to folder: TemporaryFolder, below: String, separator: String
  ) throws {
    for (split, labels) in [(DatasetSplit.train, [1, 2] as [UInt8]), (.test, [3])] {
      let (prefix, count) = (name.filePrefix(split), UInt32(labels.count))
      try folder.write(
        imageFile([count, 1, 1], labels), to: "\(below)\(prefix)-images\(separator)idx3-ubyte")
      try folder.write(
        labelFile(labels), to: "\(below)\(prefix)-labels\(separator)idx1-ubyte")
    }
  }
}
