/// The data sets that a user can ask for, by the name used on the command line.
public enum DatasetName: String, CaseIterable, Codable, Hashable, Sendable {
  /// Handwritten digits (LeCun, Cortes, Burges 1998): 60,000 + 10,000 of 28 x 28.
  case mnist
  /// Articles of clothing (Xiao, Rasul, Vollgraf 2017), in the format and size of MNIST.
  case fashionMNIST = "fashion-mnist"
  /// Cursive Japanese characters (Clanuwat et al. 2018), in the format and size of MNIST.
  case kmnist
  // Letters and digits (Cohen, Afshar, Tapson, van Schaik 2017), six ways of dividing them into
  // classes, table II. Their images lie on their sides: rows and columns are exchanged.
  /// 47 classes of characters, as many images of each.
  case emnistBalanced = "emnist-balanced"
  /// 62 classes: digits, capital and small letters.
  case emnistByClass = "emnist-byclass"
  /// 47 classes: letters whose cases look alike are one.
  case emnistByMerge = "emnist-bymerge"
  /// 10 classes, as many images of each.
  case emnistDigits = "emnist-digits"
  /// 26 classes of letters, cases merged.
  case emnistLetters = "emnist-letters"
  /// 10 classes, in the manner of MNIST.
  case emnistMNIST = "emnist-mnist"

  /// The labels in its files; the first is class 0.
  package var labelRange: ClosedRange<Int> {
    switch self {
    case .mnist, .fashionMNIST, .kmnist, .emnistDigits, .emnistMNIST: 0...9
    case .emnistBalanced, .emnistByMerge: 0...46
    case .emnistByClass: 0...61
    case .emnistLetters: 1...26
    }
  }

  /// How to get the data set, as a sentence.
  package var fetchSentence: String {
    switch self {
    case .mnist: "Get the data with 'make data' (scripts/fetch-mnist)."
    case .fashionMNIST: "Get the data with scripts/fetch-fashion-mnist."
    default:
      "Get the data with torchvision.datasets.\(torchvisionFolder) and give its folder to "
        + "--data-dir."
    }
  }

  /// What torchvision calls the data set, and the folder that it keeps it in.
  var torchvisionFolder: String {
    switch self {
    case .mnist: "MNIST"
    case .fashionMNIST: "FashionMNIST"
    case .kmnist: "KMNIST"
    default: "EMNIST"
    }
  }

  /// How its files' names begin: `train` and `t10k`, or what they are called in EMNIST.
  func filePrefix(_ split: DatasetSplit) -> String {
    guard torchvisionFolder == "EMNIST" else { return split == .train ? "train" : "t10k" }
    return "\(rawValue)-\(split.rawValue)"
  }
}

/// The two halves of a data set.
public enum DatasetSplit: String, CaseIterable, Codable, Hashable, Sendable {
  /// The images to learn from.
  case train
  /// The images held back to measure accuracy.
  case test
}
