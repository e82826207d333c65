/// What is wrong at one byte of an IDX file.
public enum IDXProblem: Hashable, Sendable {
  /// The first four bytes are those of another format, or of another kind of IDX file.
  case wrongMagic(expected: UInt32, found: UInt32)
  /// The file ends within its own header.
  case endsInHeader(headerBytes: Int)
  /// The header announces none of `dimension`.
  case emptyDimension(dimension: String)
  /// The header announces more bytes than any file can hold.
  case impossibleSize(dimensions: [Int])
  /// The file ends before the elements that its header announces.
  case endsEarly(expectedBytes: Int)
  /// The file goes on after the elements that its header announces.
  case trailingBytes(count: Int)
  /// A label is not one of the data set's.
  case labelOutOfRange(label: Int, expected: ClosedRange<Int>)
  /// There is not one label an image.
  case countMismatch(labels: Int, images: Int, imagesPath: String)
}

extension IDXProblem: CustomStringConvertible {
  /// What was found, what was expected, and how to mend it.
  public var description: String {
    let fetchAgain = "The file is damaged: delete it and fetch it again."
    return switch self {
    case .wrongMagic(let expected, let found):
      "\(Self.kind(found)), expected \(Self.kind(expected)). "
        + "Check which file has this name, or delete it and fetch it again."
    case .endsInHeader(let headerBytes):
      "end of file within the header, expected \(headerBytes) bytes of it. \(fetchAgain)"
    case .emptyDimension(let dimension):
      "the number of \(dimension) is 0, expected 1 or more. \(fetchAgain)"
    case .impossibleSize(let dimensions):
      "the header announces \(dimensions.map(String.init).joined(separator: " x ")) bytes, "
        + "more than a file can hold. \(fetchAgain)"
    case .endsEarly(let expectedBytes):
      "end of file, expected \(expectedBytes) bytes in total. \(fetchAgain)"
    case .trailingBytes(let count):
      "bytes beyond the elements (\(count)), expected the end of the file. \(fetchAgain)"
    case .labelOutOfRange(let label, let expected):
      "label \(label), expected \(expected.lowerBound) to \(expected.upperBound). The file is "
        + "damaged, or of a data set with other classes, which --dataset can name."
    case .countMismatch(let labels, let images, let imagesPath):
      "\(labels) labels, expected one for each of the \(images) images in \(imagesPath). "
        + "Use two files of one data set."
    }
  }

  private static func kind(_ magic: UInt32) -> String {
    let digits = String(magic, radix: 16)
    let number = "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    return switch magic {
    case IDXMagic.images: "magic number \(number) (IDX images)"
    case IDXMagic.labels: "magic number \(number) (IDX labels)"
    default: "magic number \(number)"
    }
  }
}
