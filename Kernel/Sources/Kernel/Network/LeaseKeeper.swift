import MartletDevice
import MartletServices
import MartletStack
import MartletWire

/// The DHCP client of one card, and what the console says of it.
final class LeaseKeeper {
  private let name: InterfaceName
  private var client: Permanent<DHCPv4Client>

  init(for attachment: any Attachment) {
    name = attachment.name
    client = Permanent(
      DHCPv4Client(
        interface: attachment.interface, linkAddress: attachment.linkAddress))
  }

  var nextDeadline: Instant? { client.value.nextDeadline }

  func start(on stack: inout Stack, now: Instant) {
    do throws(StackError) {
      try client.value.start(on: &stack, now: now)
      log("net: \(name) asks for an address by DHCP")
    } catch {
      log("net: \(name) cannot ask for an address")
    }
  }

  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    client.value.handle(event, on: &stack, now: now)
  }

  func handle(_ event: StackEvent, on stack: inout Stack, now: Instant) {
    client.value.handle(event, on: &stack, now: now)
  }

  /// Does what time asks for; returns the name servers of a lease that is new.
  func poll(on stack: inout Stack, now: Instant) -> [IPv4Address]? {
    client.value.poll(on: &stack, now: now)
    var servers: [IPv4Address]?
    while let item = client.value.nextNews() {
      switch item {
      case .bound(let lease):
        log("net: \(name) has \(lease.address), lent by \(lease.server)")
        servers = lease.nameServers
      case .renewed: break
      case .lost(.refused): log("net: \(name): the server took its address back")
      case .lost(.expired): log("net: \(name): its lease has ended")
      case .lost(.conflict(let address, let other)):
        log("net: \(name): \(address) is also \(other)'s")
      case .lost(.unusable): log("net: \(name): what the server lent cannot be used")
      }
    }
    return servers
  }
}
