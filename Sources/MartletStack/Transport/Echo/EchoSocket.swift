internal import MartletWire

/// One echo socket: the requests that carry its identifier, and the replies to them; or, without an
/// identifier, the requests that an interface brings for other hosts.
struct EchoSocket: ~Copyable {
  /// What tells its messages from others'; `nil` for one that takes requests.
  let identifier: UInt16?
  /// The interface whose requests it takes.
  var interface: Int?
  /// The replies, or requests, not yet read.
  var received = DatagramQueue()
  /// What became of a request, by an ICMP error.
  var error: EchoError?

  init(identifier: UInt16?) { self.identifier = identifier }
}
