import Testing

@testable import MartletRing

@Suite struct HandleTableTests {
  func insert(
    _ label: Int, into table: inout HandleTable<Parcel>, _ census: Census
  ) -> Handle<Parcel>? {
    switch table.insert(Parcel(label, census)) {
    case .inserted(let handle): handle
    case .full: nil
    }
  }

  @Test func anElementIsReachedByItsHandle() throws {
    let census = Census()
    var table = HandleTable<Parcel>(capacity: 3)
    let one = try #require(insert(1, into: &table, census))
    let two = try #require(insert(2, into: &table, census))
    check(table.withElement(one) { $0.label }, 1)
    check(table.withElement(two) { $0.label }, 2)
    #expect(one != two)
    #expect(Handle<Parcel>(rawValue: one.rawValue) == one)
  }

  @Test func aStaleHandleFindsNothingAlsoWhenTheSlotIsTakenAgain() throws {
    let census = Census()
    var table = HandleTable<Parcel>(capacity: 1)
    let old = try #require(insert(1, into: &table, census))
    let removed = label(of: table.remove(old))
    #expect(removed == 1)
    #expect(census.count == 0)
    let new = try #require(insert(2, into: &table, census))
    #expect(new.slot == old.slot)
    check(table.withElement(old) { $0.label }, nil)
    let again = label(of: table.remove(old))
    #expect(again == nil)
    check(table.withElement(new) { $0.label }, 2)
  }

  @Test func aFullTableHandsTheElementBack() {
    let census = Census()
    var table = HandleTable<Parcel>(capacity: 2)
    #expect(insert(1, into: &table, census) != nil)
    #expect(insert(2, into: &table, census) != nil)
    guard case .full(let parcel) = table.insert(Parcel(3, census)) else {
      Issue.record("the table took more than its capacity")
      return
    }
    let label = parcel.label
    #expect(label == 3)
    let (count, free) = (table.count, table.freeCount)
    #expect(count == 2 && free == 0)
  }

  @Test(arguments: [UInt64](arrayLiteral: 0, 0xFF_FFFF, 2 << 24 | 1, 1 << 24 | 9, .max))
  func aForgedHandleFindsNothing(rawValue: UInt64) throws {
    let census = Census()
    var table = HandleTable<Parcel>(capacity: 2)
    let first = try #require(insert(1, into: &table, census))
    let second = try #require(insert(2, into: &table, census))
    let taken = label(of: table.remove(first))
    #expect(taken == 1)
    #expect(second.rawValue != rawValue)
    let contains = table.contains(Handle(rawValue: rawValue))
    #expect(!contains)
  }

  @Test func slotsAreReusedInTheOrderInWhichTheyBecameFree() throws {
    let census = Census()
    var table = HandleTable<Parcel>(capacity: 3)
    let handles = (0..<3).compactMap { insert($0, into: &table, census) }
    for slot in [2, 0, 1] { _ = table.remove(handles[slot]) }
    let slots = (0..<3).compactMap { insert($0, into: &table, census)?.slot }
    #expect(slots == [2, 0, 1])
  }

  @Test func aSlotThatHasUsedUpItsLivesIsRetired() throws {
    let census = Census()
    var table = HandleTable<Parcel>(capacity: 1)
    table.generations[0] = 1 << 40 - 2
    let last = try #require(insert(1, into: &table, census))
    check(table.withElement(last) { $0.label }, 1)
    _ = table.remove(last)
    #expect(insert(2, into: &table, census) == nil)
  }

  @Test func everyElementIsVisitedOnceAndFreedWithTheTable() throws {
    let census = Census()
    do {
      var table = HandleTable<Parcel>(capacity: 5)
      let handles = (0..<5).compactMap { insert($0, into: &table, census) }
      _ = table.remove(handles[1])
      var labels: [Int] = []
      table.forEach { handle, parcel in
        #expect(handle == handles[parcel.label])
        labels.append(parcel.label)
      }
      #expect(labels == [0, 2, 3, 4])
      #expect(census.count == 4)
    }
    #expect(census.count == 0)
  }
}
