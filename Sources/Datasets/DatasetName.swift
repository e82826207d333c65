/// The data sets that a user can ask for, by the name used on the command line.
public enum DatasetName: String, CaseIterable, Codable, Hashable, Sendable {
  /// Handwritten digits (LeCun, Cortes, Burges 1998): 60,000 + 10,000 of 28 x 28.
  case mnist
  /// Articles of clothing (Xiao, Rasul, Vollgraf 2017), in the format and size of MNIST.
  case fashionMNIST = "fashion-mnist"

  /// The commands that put the data set into the cache directory, as a sentence.
  public var fetchSentence: String {
    switch self {
    case .mnist: "Get the data with 'make data' (scripts/fetch-mnist)."
    case .fashionMNIST: "Get the data with scripts/fetch-fashion-mnist."
    }
  }
}

/// The two halves of a data set.
public enum DatasetSplit: String, CaseIterable, Codable, Hashable, Sendable {
  /// The images to learn from.
  case train
  /// The images held back to measure accuracy.
  case test

  /// How the original files name this half.
  var filePrefix: String {
    switch self {
    case .train: "train"
    case .test: "t10k"
    }
  }
}
