/// Why a packet or a segment was dropped. Every drop has one, and a counter.
public enum DropReason: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  // Link
  /// Shorter than its link header.
  case frameTruncated
  /// Addressed to another card.
  case frameNotForUs
  /// An EtherType that the stack does not speak.
  case etherTypeUnknown
  /// An ARP packet that is malformed or impossible.
  case arpMalformed
  /// The neighbour's queue was full: its oldest packet went.
  case neighbourQueueFull
  /// The neighbour did not answer.
  case neighbourUnreachable
  /// No entry for the neighbour could be had.
  case neighbourTableFull
  /// The interface's queue was full.
  case interfaceQueueFull
  /// The interface was removed.
  case interfaceGone
  // Internet
  /// The IPv4 header is malformed.
  case ipMalformed
  /// The IPv4 header's checksum is wrong.
  case ipChecksum
  /// The source address cannot be a sender's.
  case ipBadSource
  /// Addressed to another host, and forwarding is off.
  case ipNotForUs
  /// A source route, which is refused.
  case ipSourceRoute
  /// No route to the destination.
  case ipNoRoute
  /// The time to live ran out on the way.
  case ipTimeToLive
  /// It needed fragments and forbids them.
  case ipFragmentationNeeded
  /// A protocol that the stack does not speak.
  case ipProtocolUnknown
  /// No room for another datagram in reassembly.
  case reassemblyFull
  /// The rest of a datagram did not come in time.
  case reassemblyTimeout
  /// Fragments overlap, or do not make one datagram.
  case reassemblyOverlap
  /// The ICMP message is malformed or its checksum wrong.
  case icmpMalformed
  /// An ICMP error that quotes nothing the stack sent.
  case icmpUnmatched
  /// An ICMP message that the rate limit forbids to send.
  case icmpRateLimited
  /// The IGMP message is malformed.
  case igmpMalformed
  // Transport
  /// The UDP header is malformed.
  case udpMalformed
  /// The UDP checksum is wrong.
  case udpChecksum
  /// No UDP socket at the port.
  case udpNoSocket
  /// The UDP socket's receive queue was full.
  case udpQueueFull
  /// The TCP header is malformed.
  case tcpMalformed
  /// The TCP checksum is wrong.
  case tcpChecksum
  /// No connection and no listener.
  case tcpNoSocket
  /// Outside the receive window.
  case tcpOutOfWindow
  /// An old duplicate by its timestamp (PAWS).
  case tcpPAWS
  /// An acknowledgment of what was never sent, or long ago.
  case tcpBadAcknowledgment
  /// A handshake for a listener whose backlog is full.
  case tcpBacklogFull
  /// A handshake for which no half-open entry could be had.
  case tcpHalfOpenFull
  /// The connection table was full.
  case tcpConnectionsFull
  /// No block for received data.
  case tcpNoBuffer
  /// Too many separate ranges out of order.
  case tcpOutOfOrderLimit
  /// Data for a connection whose user is gone.
  case tcpUnwantedData
  /// A segment that its state has no use for.
  case tcpUnexpected
  // Common
  /// The stack had no block or packet node left.
  case outOfBuffers
}
