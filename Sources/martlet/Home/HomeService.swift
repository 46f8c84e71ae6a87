import MartletDevice
import MartletHost
import MartletNodes
import MartletStack

/// A device of a home on its stack: found and talked to by DWN.
final class HomeService<Device: NodeDevice & ~Copyable>: StackService {
  private var server: NodeServer<Device>
  /// The time of the last turn.
  private var now: Instant

  init(
    _ device: consuming Device, settings: NodeSettings, on interface: InterfaceID,
    of stack: inout Stack, now: Instant
  ) throws(StackError) {
    var generator = SystemRandomNumberGenerator()
    let entropy = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    server = try NodeServer(
      device, settings: settings, on: interface, of: &stack, entropy: entropy, now: now)
    self.now = now
  }

  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    self.now = now
    return server.handle(event, on: &stack, now: now)
  }

  func poll(on stack: inout Stack, now: Instant) {
    self.now = now
    if server.nextDeadline(after: now) <= now { server.poll(on: &stack, now: now) }
  }

  var nextDeadline: Instant? { server.nextDeadline(after: now) }
}
