import Foundation
import StableHLO

// `fuzz-programs COUNT SEED FILE...` reads so many mutations of the files, one file after another, and
// makes graphs of them. It may take 1 GiB of memory, and 10 seconds for one of them: beyond that the
// system ends it, and the last line says which mutation it was. Status 1: an error of several lines.

/// Numbers and texts that readers find hard.
let hardWords = [
  "-1", "0", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "4294967296",
  "2147483648", "x", "?", "[[[[[[[[", "({({({", "tensor<", "dense<\"0x", "tuple<", "%0", "%arg0",
  "\"", ">",
  "0xFFFFFFFF", "inf", "f64", "ui64", "i1", "complex<f32>", "\u{fffd}", "\0", "\n",
].map { Array($0.utf8) }

let numbers = [-1, 0, 1, 2, 3, 8, 64, 1 << 31, 1 << 32, 1 << 44, .max, .min]

struct Mutator {
  var state: UInt64
  let files: [[UInt8]]

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % max(1, bound)
  }

  /// A place in the bytes and some behind it.
  mutating func range(in bytes: [UInt8], most: Int) -> Range<Int> {
    let start = next(bytes.count)
    return start..<min(bytes.count, start + 1 + next(most))
  }

  mutating func mutation(of original: [UInt8]) -> [UInt8] {
    var bytes = original
    // Mostly one change, so that what comes late is reached too.
    for _ in 0..<max(1, next(8) - 3) {
      if bytes.isEmpty { bytes = [0] }
      switch next(12) {
      case 0: bytes[next(bytes.count)] = UInt8(next(256))
      case 1: bytes[next(bytes.count)] ^= UInt8(1 << next(8))
      case 2: bytes.removeSubrange(next(bytes.count)...)
      case 3: bytes.removeSubrange(range(in: bytes, most: 40))
      case 4: bytes.insert(contentsOf: bytes[range(in: bytes, most: 200)], at: next(bytes.count))
      case 5:
        bytes.replaceSubrange(range(in: bytes, most: 3), with: hardWords[next(hardWords.count)])
      case 6, 7, 8: replaceNumber(in: &bytes)
      case 9:
        let other = files[next(files.count)]
        bytes.replaceSubrange(range(in: bytes, most: 60), with: other[range(in: other, most: 60)])
      case 10:
        bytes.insert(
          contentsOf: [UInt8](repeating: 0xff, count: 1 + next(9)), at: next(bytes.count))
      default: replaceWord(in: &bytes)
      }
    }
    return bytes
  }

  /// Puts a word of the same text in the place of another.
  private mutating func replaceWord(in bytes: inout [UInt8]) {
    func isLetter(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "_") || byte | 32 >= UInt8(ascii: "a") && byte | 32 <= UInt8(ascii: "z")
    }
    func word(from place: Int) -> Range<Int>? {
      guard let start = bytes[place...].firstIndex(where: isLetter) else { return nil }
      return start..<(bytes[start...].firstIndex { !isLetter($0) } ?? bytes.count)
    }
    guard let one = word(from: next(bytes.count)), let two = word(from: next(bytes.count)) else {
      return
    }
    bytes.replaceSubrange(one, with: Array(bytes[two]))
  }

  /// Puts another number in the place of the digits that are next.
  private mutating func replaceNumber(in bytes: inout [UInt8]) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let start = bytes[next(bytes.count)...].firstIndex(where: digits.contains) else { return }
    let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: Array("\(numbers[next(numbers.count)])".utf8))
  }
}

/// At once: what comes next may end the process.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

func limit(_ resource: __rlimit_resource, to value: Int) {
  var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
  setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
}

let arguments = CommandLine.arguments
guard arguments.count > 3, let count = Int(arguments[1]), let seed = UInt64(arguments[2]) else {
  say("fuzz-programs COUNT SEED FILE...")
  exit(2)
}
limit(RLIMIT_AS, to: 1 << 30)
limit(RLIMIT_CORE, to: 0)
let files = try arguments.dropFirst(3).map { [UInt8](try Data(contentsOf: URL(filePath: $0))) }
var mutator = Mutator(state: seed, files: files)
var (graphs, slowest) = (0, 0.0)
for round in 0..<count {
  let bytes = mutator.mutation(of: files[round % files.count])
  say("\(round) of \(arguments[3 + round % files.count])")
  alarm(10)
  let begin = DispatchTime.now().uptimeNanoseconds
  do throws(StableHLOError) {
    // The first bytes of a mutation may say that it is of the other kind.
    let tree =
      bytes.starts(with: BytecodeReader.magic)
      ? try BytecodeReader.read(bytes) : try TextReader.read(bytes)
    _ = try GraphConverter.graph(of: tree)
    graphs += 1
  } catch {
    if error.description.isEmpty || error.description.utf8.contains(10) {
      say("an error that is not one line: \(error)")
      exit(1)
    }
  }
  slowest = max(slowest, Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-9)
}
say("read \(count) mutations: \(graphs) are programs, the slowest took \(slowest) s")
