// Threads over rings, a doorbell and a handle table, to be run under the thread sanitizer. Exits
// with 1 when an element is lost, doubled, out of order or delivered to the wrong owner; the
// sanitizer exits with 66 when it sees a race.

import Dispatch
import Foundation
import MartletRing
import Synchronization

/// What moves through the rings: an element that counts how many of its kind are alive.
struct Parcel: ~Copyable, Sendable {
  static let alive = Atomic<Int>(0)

  let number: Int
  let handle: Handle<Socket>

  init(number: Int, handle: Handle<Socket>) {
    self.number = number
    self.handle = handle
    Self.alive.add(1, ordering: .relaxed)
  }

  deinit {
    Self.alive.subtract(1, ordering: .relaxed)
  }
}

/// What a handle of the owner's table names.
struct Socket: ~Copyable {
  var received = 0
}

/// What the user's side of one ring does: pushes one by one and in batches, and rings.
func produce(
  _ count: Int, into producer: consuming RingProducer<Parcel>, handle: Handle<Socket>,
  ringer: DoorbellRinger, bell: DispatchSemaphore
) {
  var next = 0
  while next < count {
    if next.isMultiple(of: 3) {
      if producer.push(Parcel(number: next, handle: handle)) == nil { next += 1 }
    } else {
      _ = producer.push(upTo: min(7, count - next)) {
        defer { next += 1 }
        return Parcel(number: next, handle: handle)
      }
    }
    if ringer.ring() { bell.signal() }
  }
}

/// What the owner saw of one producer.
struct Tally {
  var expected = 0
  var delivered = 0
  var faults = 0
}

/// The owner: pops from both rings and sleeps by the doorbell. In the middle of the run it closes
/// the first socket, whose place another takes.
func own(
  _ count: Int, _ rings: consuming Inboxes, table: consuming HandleTable<Socket>,
  sleeper: consuming DoorbellSleeper, bell: DispatchSemaphore
) -> (first: Tally, second: Tally, stale: Int) {
  var first = Tally()
  var second = Tally()
  var stale = 0
  func take(_ parcel: borrowing Parcel, _ tally: inout Tally) {
    if parcel.number != tally.expected { tally.faults += 1 }
    tally.expected = parcel.number + 1
    let handle = parcel.handle
    if table.withElement(handle, { $0.received += 1 }) == nil {
      stale += 1
    } else {
      tally.delivered += 1
    }
    if tally.delivered == count / 2, let closed = table.remove(handle) {
      if closed.received != tally.delivered { tally.faults += 1 }
      if case .full = table.insert(Socket()) { tally.faults += 1 }
    }
  }
  while first.expected < count || second.expected < count {
    var popped = rings.first.pop(upTo: 16) { take($0, &first) }
    if let parcel = rings.second.pop() {
      take(parcel, &second)
      popped += 1
    }
    guard popped == 0 else { continue }
    sleeper.arm()
    if rings.first.isEmpty && rings.second.isEmpty { bell.wait() }
    sleeper.disarm()
  }
  return (first, second, stale)
}

/// The two rings' ends at the owner.
struct Inboxes: ~Copyable {
  var first: RingConsumer<Parcel>
  var second: RingConsumer<Parcel>
}

/// One run with two producers over rings of the given capacity; returns what went wrong.
func run(capacity: Int, count: Int) -> [String] {
  let bell = DispatchSemaphore(value: 0)
  let doorbell = Doorbell()
  let ringer = doorbell.ringer
  var table = HandleTable<Socket>(capacity: 2)
  guard case .inserted(let one) = table.insert(Socket()),
    case .inserted(let two) = table.insert(Socket())
  else { return ["the table refused"] }
  let first = Ring<Parcel>(capacity: capacity)
  let second = Ring<Parcel>(capacity: capacity)

  let threads = DispatchGroup()
  start(first.producer, one)
  start(second.producer, two)
  func start(_ producer: consuming RingProducer<Parcel>, _ handle: Handle<Socket>) {
    let luggage = Luggage(producer)
    DispatchQueue.global().async(group: threads) {
      guard let producer = luggage.take() else { return }
      produce(count, into: producer, handle: handle, ringer: ringer, bell: bell)
    }
  }
  let seen = own(
    count, Inboxes(first: first.consumer, second: second.consumer), table: table,
    sleeper: doorbell.sleeper, bell: bell)
  threads.wait()

  var faults: [String] = []
  if seen.first.faults + seen.second.faults > 0 { faults.append("out of order or misdelivered") }
  if seen.first.delivered + seen.second.delivered + seen.stale != 2 * count {
    faults.append("elements lost or doubled")
  }
  if seen.stale < count / 2 { faults.append("a closed handle was served") }
  if Parcel.alive.load(ordering: .relaxed) != 0 { faults.append("elements leaked") }
  return faults
}

/// Carries a ring's end into a thread, whose closure could not consume what it captures.
final class Luggage: Sendable {
  private let content: Mutex<RingProducer<Parcel>?>

  init(_ producer: consuming RingProducer<Parcel>) { content = Mutex(producer) }

  func take() -> RingProducer<Parcel>? { content.withLock { $0.take() } }
}

var failed = false
for (capacity, count) in [(1, 20_000), (2, 50_000), (16, 200_000), (256, 200_000)] {
  let faults = run(capacity: capacity, count: count)
  failed = failed || !faults.isEmpty
  print("capacity \(capacity), 2 x \(count) elements: \(faults.isEmpty ? "ok" : "\(faults)")")
}
exit(failed ? 1 : 0)
