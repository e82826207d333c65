import Testing
import Units

@Suite struct UnitsTests {
  @Test("division rounds up, and exact multiples stay")
  func roundingUp() {
    #expect(7.dividedRoundingUp(by: 4) == 2)
    #expect(8.dividedRoundingUp(by: 4) == 2)
    #expect(0.dividedRoundingUp(by: 4) == 0)
    #expect(Int.max.dividedRoundingUp(by: 1) == Int.max)
    #expect(9.roundedUp(toMultipleOf: 8) == 16)
    #expect(16.roundedUp(toMultipleOf: 8) == 16)
  }

  @Test("bytes print in the largest binary unit of which there is one")
  func bytes() {
    #expect(Bytes(1023).description == "1023 B")
    #expect(Bytes(1024).description == "1 KiB")
    #expect(Bytes(1536).description == "1.5 KiB")
    #expect(Bytes.gibibytes(16).description == "16 GiB")
  }

  @Test("940 million cycles at 940 MHz are a second")
  func seconds() {
    #expect(Cycles(940_000_000).seconds(atMegahertz: 940) == 1)
  }

  @Test("10^12 picojoules are a joule")
  func joules() {
    #expect(Picojoules(1e12).joules == 1)
  }
}
