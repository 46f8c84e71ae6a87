import CPlatform
import MartletDevice

/// Checks of the scheduler that need real interrupts.
extension SelfTest {
  /// Threads of one priority all get on while each only computes; a sleeper wakes among them, and
  /// all that was allocated comes back.
  static func checkThreads() {
    spinInThreads()
    let frames = FrameAllocator.shared.freeCount
    let blocks = KernelHeap.shared.blockCount
    for _ in 0..<20 { spinInThreads() }
    require(Scheduler.threadCount == 2, "test: a thread did not end")
    require(KernelHeap.shared.blockCount == blocks, "test: a thread kept a block")
    require(FrameAllocator.shared.freeCount == frames, "test: a thread kept a frame")
    pass()
  }

  private static func spinInThreads() {
    let done = WaitQueue()
    let counter = Counter()
    for _ in 0..<3 {
      Scheduler.spawn("spinner") {
        withInterruptsMasked { counter.started += 1 }
        // All three can begin only if none keeps the processor, and the sleeper can only wake if it
        // is given way to: else this never ends.
        while counter.started < 3 || !counter.early { processor_pause() }
        withInterruptsMasked { counter.value += 1 }
        done.wakeAll()
      }
    }
    Scheduler.spawn("sleeper", priority: .high) {
      Scheduler.sleep(.milliseconds(2))
      withInterruptsMasked { counter.early = true }
    }
    done.wait { counter.value < 3 }
    // The last one wakes us before it has ended.
    while Scheduler.threadCount > 2 { Scheduler.yield() }
  }

  /// The race between `hlt` and the interrupt that ends the wait: 5,000 short sleeps, at delays that
  /// put the timer before, into and after the halt. One lost wake-up ends this in silence.
  static func checkWakeups() {
    for round in 0..<5000 { Scheduler.sleep(.microseconds(Int64(round % 40))) }
    pass()
  }

  /// A deadline ends a wait, and the thread then stands in no queue.
  static func checkDeadlines() {
    let queue = WaitQueue()
    for _ in 0..<100 {
      let inTime = queue.wait(until: Clock.now + .microseconds(200)) { true }
      require(!inTime, "test: a wait ended without its condition")
    }
    queue.wakeAll()
    pass()
  }

  /// Under a storm that never ends, the softIRQ goes down and a user thread gets on.
  static func checkStorm() {
    let counter = Counter()
    SoftIRQ.start {
      let end = Clock.now + .microseconds(100)
      while Clock.now < end { processor_pause() }
      withInterruptsMasked { counter.value += 1 }
      return SoftIRQ.Outcome(hasMore: !counter.early, nextDeadline: nil)
    }
    SoftIRQ.raise()
    let start = Clock.now
    var progress = 0
    while progress < 20_000 {
      processor_pause()
      progress += 1
    }
    require(Clock.now > start, "test: no time passed")
    require(SoftIRQ.demotionCount == 1, "test: the softIRQ did not go down once")
    counter.early = true
    Scheduler.sleep(.milliseconds(1))
    let rounds = counter.value
    SoftIRQ.raise()
    require(counter.value > rounds, "test: the softIRQ did not come back above user threads")
    pass()
  }

  private final class Counter {
    var value = 0
    var started = 0
    var early = false
  }
}
