internal import MartletDevice
internal import MartletStack
internal import MartletWire

/// A name that the server knows.
struct DNSServerName {
  /// Its one label, in lower case.
  let label: [UInt8]
  let address: IPv4Address
}

/// Where an answer goes.
enum DNSServerClient: Equatable {
  case datagram(Endpoint)
  case stream(TCPHandle)
}

/// A question that waits for the owner's answer.
struct DNSServerQuery {
  let generation: UInt32
  let client: DNSServerClient
  let address: IPv4Address
  let message: [UInt8]
  let deadline: Instant
  /// Whether the owner has yet to take it.
  var isNew = true
}

/// A client that asks by TCP.
struct DNSServerStream {
  let handle: TCPHandle
  let address: IPv4Address
  var received: [UInt8] = []
  var deadline: Instant
  /// Whether the client will send no more.
  var hasEnded = false
}
