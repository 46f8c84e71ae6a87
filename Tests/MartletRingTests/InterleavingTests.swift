import Testing

/// Every interleaving of small programs over ring, doorbell and handles (see `RingModel`).
@Suite struct InterleavingTests {
  static let sizes: [(capacity: Int, items: [Int])] = [
    (1, [3]), (2, [5]), (1, [2, 2]), (2, [3, 1]),
  ]

  func explore(_ model: RingModel) -> Explorer<RingModel.State>.Outcome {
    Explorer(steps: model.steps, fault: model.fault).explore(from: model.start)
  }

  @Test(arguments: sizes)
  func noInterleavingLosesAWakeUpOrAnElement(capacity: Int, items: [Int]) {
    let outcome = explore(RingModel(capacity: capacity, items: items))
    #expect(outcome.fault == nil)
    #expect(outcome.states > 1_000)
    #expect(outcome.ends > 0)
  }

  @Test(arguments: RingModel.Flaw.allCases)
  func everyFlawIsFound(flaw: RingModel.Flaw) {
    let faults = Self.sizes.compactMap { size in
      explore(RingModel(capacity: size.capacity, items: size.items, flaw: flaw)).fault
    }
    #expect(!faults.isEmpty)
  }
}
