import Synchronization
import Testing

@testable import MartletRing

/// What a call on a ring's end gave: `#expect` cannot borrow the end itself.
func check<T: Equatable & Sendable>(
  _ value: T, _ expected: T, at location: SourceLocation = #_sourceLocation
) {
  #expect(value == expected, sourceLocation: location)
}

/// Ends a producer's life.
func drop(_ producer: consuming RingProducer<Parcel>) {}

@Suite struct RingTests {
  @Test(arguments: [(1, 1), (2, 2), (3, 4), (5, 8), (256, 256)])
  func capacityIsRoundedUpToAPowerOfTwo(asked: Int, got: Int) {
    let ring = Ring<Int>(capacity: asked)
    let capacity = ring.producer.capacity
    #expect(capacity == got)
  }

  @Test func elementsComeInOrderRoundAndRound() {
    let ring = Ring<Int>(capacity: 4)
    var producer = ring.producer
    var consumer = ring.consumer
    for value in 0..<1_000 {
      check(producer.push(value), nil)
      if value % 3 == 0 { #expect(producer.push(-value) == nil) }
      check(consumer.pop(), value)
      if value % 3 == 0 { #expect(consumer.pop() == -value) }
    }
    check(consumer.pop(), nil)
  }

  @Test func indicesWrap() {
    let ring = Ring<Int>(capacity: 2)
    var producer = ring.producer
    var consumer = ring.consumer
    let nearTheEnd = UInt.max - 2
    producer.tail = nearTheEnd
    producer.seenHead = nearTheEnd
    consumer.head = nearTheEnd
    consumer.seenTail = nearTheEnd
    producer.memory.tail.value.store(nearTheEnd, ordering: .relaxed)
    producer.memory.head.value.store(nearTheEnd, ordering: .relaxed)
    for value in 0..<9 {
      check(producer.push(value), nil)
      check(producer.push(value), nil)
      check(producer.push(value), value)
      check(consumer.pop(), value)
      check(consumer.pop(), value)
      check(consumer.pop(), nil)
    }
  }

  @Test func aFullRingHandsTheElementBack() {
    let census = Census()
    let ring = Ring<Parcel>(capacity: 1)
    var producer = ring.producer
    var consumer = ring.consumer
    let first = producer.push(Parcel(1, census)) == nil
    let refused = label(of: producer.push(Parcel(2, census)))
    let popped = label(of: consumer.pop())
    let second = producer.push(Parcel(3, census)) == nil
    #expect(first && second)
    #expect(refused == 2)
    #expect(popped == 1)
    #expect(census.count == 1)
  }

  @Test func aBatchFillsWhatFitsAndAsksForNoMore() {
    let ring = Ring<Int>(capacity: 4)
    var producer = ring.producer
    var consumer = ring.consumer
    var asked = 0
    func next() -> Int? {
      asked += 1
      return asked
    }
    check(producer.push(upTo: 3, next), 3)
    check(producer.room(), 1)
    check(producer.push(upTo: 3, next), 1)
    #expect(asked == 4)
    check(producer.push(upTo: 3) { nil }, 0)
    var popped: [Int] = []
    check(consumer.pop(upTo: 3) { popped.append($0) }, 3)
    check(producer.push(upTo: 1) { nil }, 0)
    check(consumer.pop(upTo: 3) { popped.append($0) }, 1)
    #expect(popped == [1, 2, 3, 4])
    check(producer.room(), 4)
  }

  @Test func aBatchIsShownAtItsEnd() {
    let ring = Ring<Int>(capacity: 4)
    var producer = ring.producer
    let consumer = ring.consumer
    var left = 2
    _ = producer.push(upTo: 4) {
      let isEmpty = consumer.isEmpty
      #expect(isEmpty)
      left -= 1
      return left >= 0 ? left : nil
    }
    let isEmpty = consumer.isEmpty
    #expect(!isEmpty)
  }

  @Test func whatIsLeftIsFreedWhenBothEndsAreGone() {
    let census = Census()
    let ring = Ring<Parcel>(capacity: 8)
    var producer = ring.producer
    do {
      var consumer = ring.consumer
      var made = 0
      _ = producer.push(upTo: 5) {
        made += 1
        return Parcel(made, census)
      }
      let popped = label(of: consumer.pop())
      #expect(popped == 1)
    }
    let isAbandoned = producer.isAbandoned
    #expect(isAbandoned)
    #expect(census.count == 4)
    drop(producer)
    #expect(census.count == 0)
  }

  @Test func theConsumerSeesTheProducersEndAndThenTheRest() {
    let ring = Ring<Int>(capacity: 8)
    var consumer = ring.consumer
    do {
      var producer = ring.producer
      let isAbandoned = consumer.isAbandoned
      #expect(!isAbandoned)
      _ = producer.push(7)
    }
    let isAbandoned = consumer.isAbandoned
    #expect(isAbandoned)
    check(consumer.pop(), 7)
    check(consumer.pop(), nil)
  }
}
