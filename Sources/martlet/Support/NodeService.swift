import Glibc
import MartletDevice
import MartletHost
import MartletNodes
import MartletStack
import MartletWire

/// The services of one node on its stack, and what its owner should hear of.
final class NodeService: StackService {
  /// What a node's owner should hear of.
  enum News: Sendable {
    /// Another host claims the node's address.
    case addressConflict(IPv4Address, MACAddress)
    /// The node's device has ended.
    case deviceEnded
  }

  private var services: NodeServices
  private let tell: @Sendable (News) -> Void

  init(
    site: NodeSite?, on stack: inout Stack, connectionCount: Int,
    _ tell: @escaping @Sendable (News) -> Void
  ) throws(StackError) {
    services = try NodeServices(site: site, on: &stack, connectionCount: connectionCount)
    self.tell = tell
  }

  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    services.handle(event, on: &stack, now: now, date: Int64(time(nil)))
  }

  func handle(_ event: StackEvent, on stack: inout Stack, now: Instant) {
    // Told when it is defended, at most once in ten seconds: a stranger who claims the address again
    // and again must not fill the log.
    if case .addressConflict(let address, _, let other, defended: true) = event {
      tell(.addressConflict(address, other))
    }
  }

  func deviceEnded(_ interface: InterfaceID, on stack: inout Stack, now: Instant) {
    tell(.deviceEnded)
  }

  func poll(on stack: inout Stack, now: Instant) { services.poll(on: &stack, now: now) }

  var nextDeadline: Instant? { services.nextDeadline }
}
