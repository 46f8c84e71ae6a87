internal import MartletWire

/// What a listener takes, and how.
public struct ListenerOptions: Sendable {
  /// Completed connections that may wait for `accept`; at least 1.
  public var backlog = 128
  /// Whether the owner is asked before a SYN is answered: `nextRequest`, then `answer`.
  public var asksFirst = false
  /// The options of the connections it makes.
  public var connection = ConnectionOptions()

  /// 128 connections, taken without asking.
  public init() {}
}

/// An address and port that connections are taken for (LISTEN, RFC 9293, 3.3.2), and those that
/// wait for `accept`.
struct Listener: ~Copyable {
  /// The local address; unspecified for any of this host's.
  let address: IPv4Address
  /// The port; 0 for any, which only an interface that accepts every destination brings.
  let port: UInt16
  /// What it takes, and how.
  let options: ListenerOptions
  /// The first connection that waits for `accept`.
  var firstReady = UInt32.max
  /// The last.
  var lastReady = UInt32.max
  /// How many wait.
  var readyCount = 0
  /// Its handshakes under way.
  var halfOpenCount = 0
  /// The first half-open entry that waits for its owner's answer.
  var firstAwaiting = UInt32.max
  /// The last.
  var lastAwaiting = UInt32.max

  init(address: IPv4Address, port: UInt16, options: ListenerOptions) {
    self.address = address
    self.port = port
    self.options = options
  }

  /// Whether another completed connection finds room.
  var hasRoom: Bool { readyCount < max(options.backlog, 1) }

  /// How well a destination fits: 3 for its address and port, 1 for any port at any address;
  /// 0 when it does not.
  func fit(_ address: IPv4Address, _ port: UInt16) -> Int {
    guard self.port == port || self.port == 0 else { return 0 }
    guard self.address == address || self.address.isUnspecified else { return 0 }
    return 1 + (self.port == 0 ? 0 : 1) + (self.address.isUnspecified ? 0 : 1)
  }
}
