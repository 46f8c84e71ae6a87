internal import MartletWire

/// One echo socket: the requests that carry its identifier, and the replies to them.
struct EchoSocket: ~Copyable {
  /// What tells its messages from others'.
  let identifier: UInt16
  /// The replies not yet read.
  var received = DatagramQueue()
  /// What became of a request, by an ICMP error.
  var error: EchoError?

  init(identifier: UInt16) { self.identifier = identifier }
}
