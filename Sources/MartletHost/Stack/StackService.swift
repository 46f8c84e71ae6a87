public import MartletDevice
public import MartletStack

/// Code that lives on a stack: called on its loop's thread, synchronously, in the stack's own turn.
///
/// It gets a socket's events before the asynchronous sockets do, without a task or a suspension in
/// between: what a server of many small connections wants, and what moves unchanged to a machine
/// without tasks. A call must not block, and need not flush: what it leaves to be sent goes out in
/// the same turn.
public protocol StackService: AnyObject {
  /// Takes an event of a socket; false when the socket is none of this service's.
  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool

  /// Hears of what concerns no socket. Every service of the stack hears of it.
  func handle(_ event: StackEvent, on stack: inout Stack, now: Instant)

  /// Hears that an interface's device has ended; the interface stays until it is detached.
  func deviceEnded(_ interface: InterfaceID, on stack: inout Stack, now: Instant)

  /// Does what time asks for. Called in every turn of the stack.
  func poll(on stack: inout Stack, now: Instant)

  /// When `poll` is next needed; `nil` while nothing waits for time.
  var nextDeadline: Instant? { get }
}

extension StackService {
  /// Does nothing.
  public func handle(_ event: StackEvent, on stack: inout Stack, now: Instant) {}
  /// Does nothing.
  public func deviceEnded(_ interface: InterfaceID, on stack: inout Stack, now: Instant) {}
  /// Does nothing.
  public func poll(on stack: inout Stack, now: Instant) {}
  /// Nothing waits for time.
  public var nextDeadline: Instant? { nil }
}
