import Testing

@testable import HostRuntime

@Suite struct MemoryPlanTests {
  @Test(
    "values that live at the same time never overlap, and every value is aligned", arguments: 0..<40
  )
  func noOverlap(seed: Int) {
    var state = UInt64(seed) &* 2_862_933_555_777_941_757 &+ 3_037_000_493
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let lifetimes = (0..<30).map { _ in
      let first = next(20)
      return Lifetime(byteCount: 1 + next(5000), first: first, last: first + next(6))
    }
    let plan = MemoryPlan(lifetimes)
    for (i, a) in lifetimes.enumerated() {
      #expect(plan.offsets[i] % hostAlignment == 0)
      #expect(plan.offsets[i] + a.byteCount <= plan.byteCount)
      for (j, b) in lifetimes.enumerated() where j < i && a.overlaps(b) {
        #expect(
          plan.offsets[i] + a.byteCount <= plan.offsets[j]
            || plan.offsets[j] + b.byteCount <= plan.offsets[i])
      }
    }
  }

  @Test("values that follow each other share their memory")
  func reuse() {
    let chain = (0..<10).map { Lifetime(byteCount: 1000, first: $0, last: $0 + 1) }
    // Two live at a time, each rounded up to 1024 bytes.
    #expect(MemoryPlan(chain).byteCount == 2048)
  }

  @Test("what is freed in the order of a stack is taken again: no byte more than live at once")
  func stack() {
    // Forward, value i is kept from step i to its mirror image; a short one lives beside each.
    let layers = 1000
    var lifetimes: [Lifetime] = []
    for layer in 0..<layers {
      let mirror = 2 * layers - layer
      lifetimes.append(Lifetime(byteCount: 256, first: layer, last: mirror))
      lifetimes.append(Lifetime(byteCount: 64, first: layer, last: layer))
      lifetimes.append(Lifetime(byteCount: 64, first: mirror, last: mirror))
    }
    #expect(MemoryPlan(lifetimes).byteCount == 256 * layers + 64)
  }
}

extension Lifetime {
  fileprivate func overlaps(_ other: Lifetime) -> Bool {
    first <= other.last && other.first <= last
  }
}
