// Many threads at one core, to be run under the thread sanitizer: libmartlet's locking, over a stub
// instead of a stack. Exits with 1 when a number is lost, doubled or out of order; the sanitizer exits
// with 66 when it sees a race.

import Glibc
import MartletDevice
import MartletReadiness
import MartletSharing
import Synchronization

/// Pipes of numbers in memory: what is put into one comes out of it, once the core has settled.
struct StubCore: ~Copyable, SharedCore {
  /// The numbers that may wait in one pipe.
  static let limit = 4
  var pipes = [[Int]](repeating: [], count: 8)
  var underway: [(pipe: Int, number: Int)] = []
  var news: [Int] = []
  var isEnded = false

  var now: Instant { MonotonicClock.now }
  // There is always something due soon: the driver takes its turns among the callers'.
  var nextDeadline: Instant? { underway.isEmpty ? nil : now + .microseconds(200) }
  var descriptors: [Int32] { [] }

  mutating func takeIn(now: Instant) -> Bool { false }

  mutating func settle(now: Instant) {
    for (pipe, number) in underway {
      pipes[pipe].append(number)
      news.append(pipe)
    }
    underway = []
  }

  mutating func nextNews() -> Int? { news.popLast() }

  mutating func put(_ number: Int, into pipe: Int) -> Void? {
    guard pipes[pipe].count < Self.limit else { return nil }
    underway.append((pipe, number))
    return ()
  }

  mutating func take(from pipe: Int) -> Int? {
    guard !pipes[pipe].isEmpty else { return nil }
    news.append(pipe)
    return pipes[pipe].removeFirst()
  }
}

/// What a number of the process names.
final class Name: Sendable {
  static let alive = Atomic<Int>(0)
  let pipe: Int

  init(_ pipe: Int) {
    self.pipe = pipe
    Self.alive.add(1, ordering: .relaxed)
  }

  deinit { Self.alive.subtract(1, ordering: .relaxed) }
}

let owner = SharedOwner(StubCore())
let numbers = HandleNumbers<Name>()
let faults = Atomic<Int>(0)
let count = 3_000

func fail(_ text: String) {
  print(text)
  faults.add(1, ordering: .relaxed)
}

/// Starts a thread.
func start(_ body: @escaping @Sendable () -> Void) -> pthread_t {
  final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let work = Unmanaged.passRetained(Work(body))
  let result = pthread_create(
    &thread, nil,
    { work in
      if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
      return nil
    }, work.toOpaque())
  if result != 0 { fail("pthread_create: \(result)") }
  return thread
}

/// Puts numbers in order into a pipe, waiting while it is full.
func produce(_ number: Int32) {
  for value in 0..<count {
    guard let name = numbers.find(number) else { return fail("the number names nothing") }
    let attempt = owner.attempt(name.pipe, patience: .unlimited) { core, _ in
      core.put(value, into: name.pipe)
    }
    guard case .done = attempt else { return fail("put: \(attempt)") }
  }
}

/// Takes numbers out of a pipe, by turns with a wait that may time out.
func consume(_ number: Int32) {
  var expected = 0
  while expected < count {
    guard let name = numbers.find(number) else { return fail("the number names nothing") }
    let patience: Patience =
      expected.isMultiple(of: 3) ? .until(MonotonicClock.now + .microseconds(50)) : .unlimited
    switch owner.attempt(name.pipe, patience: patience, { core, _ in core.take(from: name.pipe) }) {
    case .done(let value):
      if value != expected { return fail("\(value) instead of \(expected)") }
      expected += 1
    case .notYet: continue
    default: return fail("take failed")
    }
  }
}

/// Looks at all pipes as poll does.
func watch(_ isOver: borrowing Atomic<Bool>) {
  while !isOver.load(ordering: .acquiring) {
    guard let bell = try? BellPool.shared.take() else { return fail("no bell") }
    for pipe in 0..<8 {
      _ = owner.watch(pipe, with: bell) { core, _ in core.pipes[pipe].count }
    }
    _ = bell.wait(timeout: .milliseconds(1))
    for pipe in 0..<8 { owner.unwatch(pipe, bell) }
    BellPool.shared.put(bell)
  }
}

/// Makes and frees numbers beside the others.
func churn() {
  for round in 0..<count {
    guard let number = try? numbers.insert(Name(round), closesOnExec: true) else {
      return fail("no number")
    }
    if numbers.find(number)?.pipe != round { fail("another's number") }
    if numbers.remove(number) == nil { fail("a number was gone") }
  }
}

let isOver = Atomic<Bool>(false)
guard let driverBell = try? Bell() else { exit(1) }
let driver = start { owner.drive(with: driverBell) }
let watcher = start { watch(isOver) }
var names: [Int32] = []
for pipe in 0..<8 { names.append((try? numbers.insert(Name(pipe), closesOnExec: true)) ?? -1) }
var threads: [pthread_t] = [start(churn), start(churn)]
for name in names {
  threads.append(start { produce(name) })
  threads.append(start { consume(name) })
}
for thread in threads { pthread_join(thread, nil) }

// One waits for what never comes, until the core ends.
let last = start {
  let attempt = owner.attempt(0, patience: .unlimited) { _, _ -> Int? in nil }
  guard case .ended = attempt else { return fail("a wait outlived its core") }
}
usleep(10_000)
owner.end { $0.isEnded = true }
isOver.store(true, ordering: .releasing)
for thread in [last, driver, watcher] { pthread_join(thread, nil) }
for name in names { _ = numbers.remove(name) }
if Name.alive.load(ordering: .relaxed) != 0 { fail("names are left") }
print("sharing: \(8 * count) numbers by 18 threads, \(faults.load(ordering: .relaxed)) faults")
exit(faults.load(ordering: .relaxed) == 0 ? 0 : 1)
