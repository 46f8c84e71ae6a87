internal import MartletDevice
internal import MartletWire

extension Stack {
  /// Takes a TCP segment whose IP header was found good.
  mutating func receiveTCP(
    _ bytes: RawSpan, source: IPv4Address, destination: IPv4Address, typeOfService: UInt8,
    info: FrameInfo, on interface: Int
  ) {
    counters.tcpInSegs &+= 1
    drop(.tcpNoSocket)
  }

  /// Takes an ICMP error that quotes a TCP segment.
  mutating func receiveICMPErrorForTCP(_ report: ICMPReport, quote: QuotedPacket) {
    drop(.icmpUnmatched)
  }

  /// Puts the connections of a line back to work: their neighbour is known, or does not answer.
  mutating func resumeConnections(_ list: inout ConnectionList, reachable: Bool) {}

  /// Lets ready connections fill slots; false when none had anything to send.
  mutating func transmitReady(into batch: inout TransmitBatch, on interface: Int) -> Bool { false }

  /// Serves the connections whose time has come.
  mutating func pollTCP() {}

  /// When `pollTCP` is next needed.
  var tcpDeadline: Instant { .distantFuture }

  /// Ends the connections that use an interface which is being removed.
  mutating func endConnections(on interface: Int) {}
}
