internal import MartletWire

/// One UDP socket: its two ends and what it has not read.
struct UDPSocket: ~Copyable {
  /// Its own end; the address is unspecified while it takes every address of the host.
  var local: Endpoint
  /// The other end, if it is connected.
  var remote: Endpoint?
  /// The interface that it is restricted to.
  var interface: Int?
  /// Whether it takes what nobody else does, to any address and port on its interface.
  let acceptsAllDestinations: Bool
  var options = UDPOptions()
  /// The datagrams not yet read.
  var received = DatagramQueue()
  /// What an ICMP error said of the last datagrams.
  var error: EndReason?
  /// Where it last sent a datagram that forbids fragments: an ICMP error must quote one.
  var lastUnfragmented: Endpoint?
  /// Whether a send was refused for want of room.
  var isWaitingForRoom = false
  /// The socket that follows in the table's bucket.
  var nextInBucket = UInt32.max

  init(local: Endpoint, interface: Int?, acceptsAllDestinations: Bool) {
    self.local = local
    self.interface = interface
    self.acceptsAllDestinations = acceptsAllDestinations
  }

  /// How well it fits a datagram for one host; 0 when not at all.
  func fit(source: Endpoint, destination: IPv4Address, on interface: Int) -> Int {
    var fit = 1
    if let own = self.interface {
      guard own == interface else { return 0 }
      fit += 1
    }
    if !local.address.isUnspecified {
      guard local.address == destination else { return 0 }
      fit += 2
    }
    if let remote {
      guard remote == source else { return 0 }
      fit += 4
    }
    return fit
  }
}
