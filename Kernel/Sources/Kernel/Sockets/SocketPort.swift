import MartletDevice
import MartletRing

/// The softIRQ's end of one thread's rings, and that thread's operations under way.
final class SocketPort {
  private var commands: RingConsumer<SocketCommand>
  private var completions: RingProducer<SocketCompletion>
  private let waiters: WaitQueue
  /// By slot.
  private var operations = InlineArray<16, PendingOperation?> { _ in nil }

  init(
    commands: consuming RingConsumer<SocketCommand>,
    completions: consuming RingProducer<SocketCompletion>, waiters: WaitQueue
  ) {
    self.commands = commands
    self.completions = completions
    self.waiters = waiters
  }

  /// Whether the thread is gone and has said all that it will.
  var isAbandoned: Bool { commands.isAbandoned && commands.isEmpty }

  func nextCommand() -> SocketCommand? { commands.pop() }

  /// Tells the thread how an operation ended.
  func complete(
    _ operation: consuming PendingOperation, _ result: Result<SocketResult, SocketError>
  ) {
    let slot = operation.slot
    // There is room: the ring is as long as a thread has slots.
    _ = completions.push(
      SocketCompletion(slot: slot, result: result, buffer: operation.takeBuffer()))
    waiters.wakeOne()
  }

  /// Keeps an operation that cannot go on now.
  func park(_ operation: consuming PendingOperation) {
    let slot = operation.slot
    operations[slot] = consume operation
  }

  /// Takes it out again.
  func unpark(_ slot: Int) -> PendingOperation? { operations[slot].take() }

  /// The operation behind the one in `slot`, in the queue that it stands in.
  func next(of slot: Int) -> OperationReference? { operations[slot]?.next }

  func setNext(_ next: OperationReference?, of slot: Int) { operations[slot]?.next = next }

  /// The first slot at or after `start` whose operation is parked.
  func nextParked(from start: Int) -> Int? {
    var slot = start
    while slot < operations.count {
      if operations[slot] != nil { return slot }
      slot += 1
    }
    return nil
  }

  func deadline(of slot: Int) -> Instant? { operations[slot]?.deadline }
  func operation(of slot: Int) -> SocketOperation? { operations[slot]?.operation }
}
