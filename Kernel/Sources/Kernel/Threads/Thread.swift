import CPlatform
import MartletDevice

/// A kernel thread: a stack, a priority and what it waits for.
///
/// All fields but the constants are the scheduler's, which touches them with interrupts masked.
final class Thread {
  /// Bytes of a stack; below it lies one page that is not mapped.
  static let stackSize = 32 << 10

  let name: StaticString
  let number: Int
  /// Where the stack pointer is kept while the thread does not run.
  let savedStackPointer: UInt
  private let stack: UInt
  let body: () -> Void

  var priority: Priority
  var state = State.ready
  /// The thread behind this one in the queue it stands in.
  var next: Thread?
  /// The thread that wakes up after this one.
  var nextSleeper: Thread?
  var wakeTime: Instant?
  /// The queue it waits in.
  var waitQueue: WaitQueue?
  /// Where its vector registers lie while it does not run; 0 until it asks for them.
  var vectorArea: UInt = 0
  /// When it last began to run, and how long it ran before.
  var runningSince = Instant.zero
  var runTime = Interval.zero

  enum State { case ready, running, blocked, ended }

  /// Higher ones run first; threads of one priority take turns.
  enum Priority: Int {
    case idle, low, normal, high
    static var count: Int { 4 }
  }

  /// Makes a thread that begins at `body`; `nil` when there is no memory for its stack.
  init?(name: StaticString, number: Int, priority: Priority, body: @escaping () -> Void) {
    let frames = Self.stackSize / FrameAllocator.frameSize + 1
    guard let stack = withInterruptsMasked({ FrameAllocator.shared.allocate(frames) }) else {
      return nil
    }
    PageTables.unmap(stack)
    self.name = name
    self.number = number
    self.priority = priority
    self.body = body
    self.stack = stack
    savedStackPointer = kernelAllocate(16, 16)
    mmio_write64(
      savedStackPointer, thread_prepare(stack + UInt(frames * FrameAllocator.frameSize)))
  }

  /// The thread that is already running: boot's.
  init(running name: StaticString) {
    self.name = name
    number = 0
    priority = .normal
    body = {}
    stack = 0
    state = .running
    savedStackPointer = kernelAllocate(16, 16)
  }

  deinit {
    kernelFree(savedStackPointer)
    if vectorArea != 0 { kernelFree(vectorArea) }
    guard stack != 0 else { return }
    PageTables.map(stack)
    withInterruptsMasked { _ = FrameAllocator.shared.free(stack) }
  }
}
