import MartletDevice
import MartletRing
import MartletStack
import MartletWire

/// The softIRQ's side of the sockets: it alone reaches them.
///
/// Each command is tried at once. One that cannot go on waits in its socket's queue, those that
/// send and those that take apart, so that operations on one socket are whole and in the order in
/// which they arrived, whichever threads they come from.
final class SocketService {
  static let contextLimit = 32
  private static let commandBudget = 64

  var sockets: HandleTable<KernelSocket>
  var ports: [SocketPort?]
  /// Which socket each connection belongs to, by the connection's place.
  private var socketOfConnection: [SocketHandle?]
  /// Ports of threads that the softIRQ has not seen yet; with interrupts masked.
  private var newPorts: [SocketPort] = []
  var now = Instant.zero
  /// Whether anything happened that a poll may wait for.
  var isPollDue = false

  init(capacity: Int, connectionCount: Int) {
    sockets = HandleTable(capacity: capacity)
    ports = [SocketPort?](repeating: nil, count: Self.contextLimit)
    socketOfConnection = [SocketHandle?](repeating: nil, count: connectionCount)
  }

  /// Takes a thread's rings; from that thread.
  func add(_ port: SocketPort) { withInterruptsMasked { newPorts.append(port) } }

  // MARK: Rounds

  /// Takes the threads' commands; true when there may be more.
  func takeCommands(_ stack: inout Stack, now: Instant) -> Bool {
    self.now = now
    admitNewPorts()
    var hasMore = false
    for index in ports.indices {
      guard let port = ports[index] else { continue }
      var count = 0
      while count < Self.commandBudget, let command = port.nextCommand() {
        begin(PendingOperation(command), context: index, on: &stack)
        count += 1
      }
      if count == Self.commandBudget { hasMore = true }
      if port.isAbandoned { remove(port, index) }
    }
    return hasMore
  }

  private func admitNewPorts() {
    withInterruptsMasked {
      while let port = newPorts.last, let index = ports.firstIndex(where: { $0 == nil }) {
        newPorts.removeLast()
        ports[index] = port
      }
    }
  }

  private func remove(_ port: SocketPort, _ index: Int) {
    while let slot = port.nextParked(from: 0) {
      dequeue(OperationReference(context: UInt8(index), slot: UInt8(slot)))
      _ = port.unpark(slot)
    }
    ports[index] = nil
  }

  /// Takes an event of the stack: whoever waited for it goes on.
  func handle(_ event: SocketEvent, on stack: inout Stack) {
    isPollDue = true
    guard let handle = socket(of: event) else { return }
    resume(handle, readers: true, on: &stack)
    resume(handle, readers: false, on: &stack)
  }

  private func socket(of event: SocketEvent) -> SocketHandle? {
    if case .tcp(let connection, _) = event { return socketOfConnection[connection.place] }
    var found: SocketHandle?
    sockets.forEach { handle, socket in
      switch (socket.state, event) {
      case (.listener(let mine), .listener(let other, _)) where mine == other: found = handle
      case (.datagram(let mine), .udp(let other, _)) where mine == other: found = handle
      case (.echo(let mine), .echo(let other, _)) where mine == other: found = handle
      default: break
      }
    }
    return found
  }

  /// Gives up what has waited too long.
  func expire() {
    for port in ports {
      guard let port else { continue }
      var next = 0
      while let slot = port.nextParked(from: next) {
        if let deadline = port.deadline(of: slot), deadline <= now { expire(slot, of: port) }
        next = slot + 1
      }
    }
  }

  private func expire(_ slot: Int, of port: SocketPort) {
    guard let index = ports.firstIndex(where: { $0 === port }) else { return }
    dequeue(OperationReference(context: UInt8(index), slot: UInt8(slot)))
    guard let operation = port.unpark(slot) else { return }
    port.complete(operation, .failure(.timedOut))
  }

  /// When the first operation under way is given up.
  var nextDeadline: Instant? {
    var earliest: Instant?
    for port in ports {
      guard let port else { continue }
      var next = 0
      while let slot = port.nextParked(from: next) {
        if let deadline = port.deadline(of: slot) { earliest = min(earliest ?? deadline, deadline) }
        next = slot + 1
      }
    }
    return earliest
  }

  // MARK: Operations

  /// Tries an operation for the first time.
  private func begin(
    _ operation: consuming PendingOperation, context: Int, on stack: inout Stack
  ) {
    guard let port = ports[context] else { return }
    let queue = waitingPlace(of: operation.operation)
    // What was asked before goes first.
    var isBehindOthers = false
    if let queue { isBehindOthers = !isEmpty(queue) }
    if !isBehindOthers {
      do throws(SocketError) {
        if let result = try attempt(&operation, on: &stack) {
          return port.complete(operation, .success(result))
        }
      } catch {
        return port.complete(operation, .failure(error))
      }
    }
    guard !operation.isNonBlocking else { return port.complete(operation, .failure(.wouldBlock)) }
    let reference = OperationReference(context: UInt8(context), slot: UInt8(operation.slot))
    port.park(operation)
    if let queue { append(reference, to: queue) }
  }

  /// Goes on with what waits at a socket, until it must wait again.
  private func resume(_ handle: SocketHandle, readers: Bool, on stack: inout Stack) {
    let place = WaitingPlace(handle: handle, isReader: readers)
    while let reference = first(of: place), let port = ports[Int(reference.context)],
      var operation = port.unpark(Int(reference.slot))
    {
      let next = operation.next
      do throws(SocketError) {
        guard let result = try attempt(&operation, on: &stack) else {
          return port.park(operation)
        }
        removeFirst(of: place, next: next)
        port.complete(operation, .success(result))
      } catch {
        removeFirst(of: place, next: next)
        port.complete(operation, .failure(error))
      }
    }
  }

  /// Looks at all polls that wait.
  func finishPolls(on stack: inout Stack) {
    guard isPollDue else { return }
    isPollDue = false
    for port in ports {
      guard let port else { continue }
      var next = 0
      while let slot = port.nextParked(from: next) {
        next = slot + 1
        guard case .poll(let set)? = port.operation(of: slot) else { continue }
        let ready = readiness(of: set, on: &stack)
        guard ready != 0, let operation = port.unpark(slot) else { continue }
        port.complete(operation, .success(.ready(ready)))
      }
    }
  }

  // MARK: Connections

  func remember(_ connection: TCPHandle, as handle: SocketHandle?) {
    socketOfConnection[connection.place] = handle
  }
}
