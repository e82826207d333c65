import Units
import Foundation
import Testing

@testable import Datasets

@Suite("Seeded generator")
struct SeededGeneratorTests {
  // Outputs of Vigna's splitmix64.c; also Rosetta Code, "Pseudo-random numbers/Splitmix64".
  @Test("SplitMix64 gives the published sequence of seed 1234567")
  func splitMix() {
    var generator = SplitMix64(seed: 1_234_567)
    let published: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect(published.map { _ in generator.next() } == published)
  }

  // Outputs of Blackman and Vigna's xoshiro256starstar.c, as in the tests of the Rust crate
  // rand_xoshiro.
  @Test("xoshiro256** gives the published sequence of state 1, 2, 3, 4")
  func xoshiro() throws {
    var generator = try SeededGenerator(state: [1, 2, 3, 4])
    let published: [UInt64] = [
      11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
      607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
      10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
    ]
    #expect(published.map { _ in generator.next() } == published)
  }

  // The state after jump() of the authors' C file from 0, 0, 0, 1, as tabulated by the tests of
  // xoshiro-fortran.
  @Test("a jump leads to the published state")
  func jump() throws {
    let jumped = try SeededGenerator(state: [0, 0, 0, 1]).jumped()
    #expect(
      jumped.state == [
        0x934d_05e8_b207_6310, 0xeabd_d0bf_76a1_be51, 0x75dd_6a99_2acc_b1e8,
        0xc660_c602_a733_0187,
      ])
  }

  @Test("a seed fills the state from SplitMix64")
  func seeding() {
    var spreader = SplitMix64(seed: 42)
    #expect(SeededGenerator(seed: 42).state == (0..<4).map { _ in spreader.next() })
  }

  @Test("a restored state continues the sequence")
  func restored() throws {
    var original = SeededGenerator(seed: 7)
    for _ in 0..<100 { _ = original.nextNormal() }
    var restored = try SeededGenerator(state: original.state)
    #expect(
      (0..<50).map { _ in original.nextNormal() } == (0..<50).map { _ in restored.nextNormal() })
  }

  @Test(
    "a state that no generator has is refused",
    arguments: [
      ([1, 2, 3], "the generator has 3 words, expected 4"),
      ([0, 0, 0, 0], "all words of the generator are 0"),
    ])
  func unusable(state: [UInt64], reason: String) {
    let error = #expect(throws: DatasetError.self) { try SeededGenerator(state: state) }
    #expect(
      error?.description
        == "The saved sampling state cannot be taken up: \(reason). Use another checkpoint.")
  }

  @Test("bounded numbers stay below the bound and are equally frequent", arguments: [1, 2, 6, 10])
  func bounded(bound: Int) {
    var generator = SeededGenerator(seed: 1)
    var counts = Array(repeating: 0, count: bound)
    let draws = 6_000
    for _ in 0..<draws { counts[Int(generator.next(below: UInt64(bound)))] += 1 }
    // Five standard deviations of a binomial count.
    let mean = Double(draws) / Double(bound)
    let limit = 5 * (mean * (1 - 1 / Double(bound))).squareRoot()
    #expect(counts.allSatisfy { abs(Double($0) - mean) <= limit })
  }

  @Test("a bound that does not divide the number of words is unbiased too")
  func rejection() {
    // For a bound of 3/4 of all words, multiply and shift alone maps 4 words to 3 results:
    // residues 0, 1, 2 mod 3 would come up 2 : 1 : 1. Rejecting one word of four mends it.
    let bound: UInt64 = 3 << 62
    var generator = SeededGenerator(seed: 3)
    let draws = 6_000
    var residues = [0, 0, 0]
    for _ in 0..<draws { residues[Int(generator.next(below: bound) % 3)] += 1 }
    let mean = Double(draws) / 3
    let limit = 5 * (mean * 2 / 3).squareRoot()
    #expect(residues.allSatisfy { abs(Double($0) - mean) <= limit })
  }

  @Test("uniform numbers lie in [0, 1) with mean 1/2")
  func uniform() {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<10_000).map { _ in generator.nextUniform() }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    // Variance 1/12; five standard deviations of the mean.
    let mean = values.reduce(0, +) / 10_000
    let limit = 5 * (1.0 / 12 / 10_000).squareRoot()
    #expect(abs(mean - 0.5) < limit)
  }

  @Test("normal deviates have the first four moments of the distribution")
  func normal() {
    var generator = SeededGenerator(seed: 11)
    let count = 20_000.0
    let values = (0..<Int(count)).map { _ in generator.nextNormal() }
    func moment(_ power: Double) -> Double {
      values.reduce(0) { $0 + pow($1, power) } / count
    }
    // E x^k = 0, 1, 0, 3; Var x^k = E x^2k - (E x^k)^2 = 1, 2, 15, 96. Five deviations each.
    let expected: [(power: Double, mean: Double, variance: Double)] = [
      (1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96),
    ]
    for (power, mean, variance) in expected {
      let limit = 5 * (variance / count).squareRoot()
      #expect(abs(moment(power) - mean) < limit)
    }
  }

  @Test("the logarithm agrees with the C library's")
  func logarithm() {
    var generator = SeededGenerator(seed: 13)
    for _ in 0..<2_000 {
      let value = max(generator.nextUniform(), 0x1p-53)
      let expected = log(value)
      // Rounding of e ln 2, of the series and of the sum: one unit each of the larger part.
      #expect(abs(SeededGenerator.logarithm(value) - expected) <= 4 * max(0x1p-53, expected.ulp))
    }
    #expect(SeededGenerator.logarithm(1) == 0)
  }
}
