internal import MartletDevice
internal import MartletWire

/// The two ends of a connection, which no other connection of the stack shares.
struct ConnectionKey: Equatable, BitwiseCopyable {
  let localAddress: IPv4Address
  let remoteAddress: IPv4Address
  let localPort: UInt16
  let remotePort: UInt16

  /// Both addresses as one word.
  var addresses: UInt64 { UInt64(localAddress.rawValue) << 32 | UInt64(remoteAddress.rawValue) }
  /// Both ports as one word.
  var ports: UInt64 { UInt64(localPort) << 16 | UInt64(remotePort) }

  /// Where the connection stands in the demultiplexing table.
  @inline(__always)
  func hash(_ secret: SipHash) -> UInt32 {
    UInt32(truncatingIfNeeded: secret.hash(addresses, ports))
  }
}
