internal import MartletDevice
internal import MartletStack

/// A name that a resolver is looking for.
struct DNSQuery {
  /// What was asked for.
  let name: DomainName
  /// Who asked.
  var askers: [DNSQueryID]
  /// What the servers are asked for: the name, or what it is an alias of.
  var current: DomainName
  /// The aliases that led there.
  var aliasCount = 0
  /// How long what was found may be kept.
  var seconds: UInt32 = 86_400
  /// The messages sent so far for `current`.
  var attempt = 0
  /// What the answer must carry.
  var identifier: UInt16 = 0
  /// How the servers are spoken to.
  var exchange = Exchange.none
  /// What is still to be sent by TCP.
  var outgoing: [UInt8] = []
  /// What has come by TCP.
  var incoming: [UInt8] = []
  /// When the next server is asked.
  var deadline = Instant.distantFuture
  /// Why it would fail now.
  var failure = DNSFailure.noAnswer

  /// How the servers are spoken to.
  enum Exchange: Equatable {
    case none
    case udp(UDPHandle)
    case tcp(TCPHandle)
  }

  init(_ name: DomainName, asker: DNSQueryID) {
    self.name = name
    current = name
    askers = [asker]
  }
}
