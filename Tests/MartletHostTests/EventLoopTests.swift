import MartletDevice
import Testing

@testable import MartletHost

@Suite struct EventLoopTests {
  /// Counts on a loop's thread, and notices when it is elsewhere.
  actor Counter {
    nonisolated let loop: EventLoop
    var count = 0
    var isElsewhere = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
      unsafe loop.asUnownedSerialExecutor()
    }

    init(loop: EventLoop) { self.loop = loop }

    func increment() {
      count += 1
      if !loop.isCurrent { isElsewhere = true }
    }
  }

  @Test func tasksThatPreferTheLoopRunOnItsThread() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    #expect(!loop.isCurrent)
    let result = await loop.run {
      let before = loop.isCurrent
      await Task.yield()
      return before && loop.isCurrent
    }
    #expect(result)
    #expect(!loop.isCurrent)
  }

  @Test func anActorOfTheLoopIsCalledWithoutALoopRound() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let counter = Counter(loop: loop)
    let (reached, isElsewhere) = await loop.run {
      let now = loop.now
      for _ in 0..<1000 { await counter.increment() }
      // Had each call been queued, the loop would have gone round and looked at its clock.
      return (loop.now == now, await counter.isElsewhere)
    }
    #expect(reached)
    #expect(!isElsewhere)
    #expect(await counter.count == 1000)
  }

  @Test func callsFromManyThreadsAllArrive() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let counter = Counter(loop: loop)
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<500 { await counter.increment() } }
      }
    }
    #expect(await counter.count == 4000)
    #expect(await counter.isElsewhere == false)
  }

  @Test func deadlinesEndWaitsInTheirOrderAndNotBefore() {
    var timers = TimerQueue()
    let waiters = (0..<100).map { _ in Waiter() }
    for number in waiters.indices {
      let place = number * 37 % 100
      timers.insert(waiters[place], at: Instant(milliseconds: Int64(place)))
    }
    for number in 0..<100 {
      #expect(timers.nextDeadline == Instant(milliseconds: Int64(number)))
      timers.resume(until: Instant(milliseconds: Int64(number)))
      #expect(waiters.filter(\.isDone).count == number + 1)
    }
    #expect(timers.nextDeadline == nil)
  }

  @Test func aCancelledSleepEndsAtOnce() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let sleeper = Task { await loop.sleep(for: .seconds(100_000)) }
    sleeper.cancel()
    await sleeper.value
  }

  @Test func aWaiterKeepsItsFirstOutcome() async {
    let waiter = Waiter()
    waiter.resume(.ready)
    waiter.resume(.cancelled)
    #expect(await waiter.wait() == .ready)
  }
}
