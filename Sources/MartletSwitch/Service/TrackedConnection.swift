internal import MartletDevice
internal import MartletFlow
internal import MartletFlowText
internal import MartletWire

/// A connection as it is shown.
public struct TrackedConnection: Sendable {
  /// One direction of it.
  public struct Direction: Sendable {
    /// Who sends.
    public let source: String
    /// Who receives.
    public let destination: String
    /// The sender's port, or an ICMP query's identifier.
    public let sourcePort: UInt16
    /// The receiver's port, or an ICMP query's identifier.
    public let destinationPort: UInt16
    /// The type of an ICMP query or answer; otherwise 0.
    public let icmpType: UInt8
    /// Packets that went.
    public let packets: UInt64
    /// Their bytes.
    public let bytes: UInt64
  }

  /// The protocol above IP: its name, or its number.
  public let protocolName: String
  /// The direction of its first packet.
  public let original: Direction
  /// The direction of the answers.
  public let reply: Direction
  /// Its zone.
  public let zone: UInt16
  /// Its mark.
  public let mark: UInt32
  /// Its label.
  public let label: UInt128
  /// TCP's state; `nil` for other protocols.
  public let state: String?
  /// Whether an answer was seen.
  public let isAnswered: Bool
  /// Whether both sides proved that they want it.
  public let isAssured: Bool
  /// Seconds until it is forgotten.
  public let timeout: Int64

  init(_ connection: Connection, now: Instant) {
    let tuple = connection.original
    protocolName =
      switch tuple.ipProtocol {
      case 1: "icmp"
      case 6: "tcp"
      case 17: "udp"
      case 58: "icmpv6"
      case 132: "sctp"
      default: "\(tuple.ipProtocol)"
      }
    original = Direction(tuple, connection.packetCount, connection.byteCount)
    reply = Direction(connection.reply, connection.replyPacketCount, connection.replyByteCount)
    zone = tuple.zone
    mark = connection.mark
    label = connection.label
    state = connection.stateName.map { "\($0)" }
    isAnswered = connection.isAnswered
    isAssured = connection.isAssured
    timeout = max(0, (connection.deadline - now).microseconds / 1_000_000)
  }

  /// As `ovs-appctl dpctl/dump-conntrack -m -s` writes it.
  public var text: String {
    var text = "\(protocolName),orig=(\(words(original))),reply=(\(words(reply)))"
    if zone != 0 { text += ",zone=\(zone)" }
    if mark != 0 { text += ",mark=\(mark)" }
    if label != 0 { text += ",labels=0x\(String(label, radix: 16))" }
    text += ",timeout=\(timeout)"
    if let state { text += ",protoinfo=(state=\(state))" }
    return text
  }

  private func words(_ direction: Direction) -> String {
    var text = "src=\(direction.source),dst=\(direction.destination)"
    switch protocolName {
    case "tcp", "udp", "sctp":
      text += ",sport=\(direction.sourcePort),dport=\(direction.destinationPort)"
    case "icmp", "icmpv6": text += ",id=\(direction.sourcePort),type=\(direction.icmpType)"
    default: break
    }
    return text + ",packets=\(direction.packets),bytes=\(direction.bytes)"
  }
}

extension TrackedConnection.Direction {
  fileprivate init(_ tuple: ConnectionTuple, _ packets: UInt64, _ bytes: UInt64) {
    func text(_ address: UInt128) -> String {
      tuple.isIPv6
        ? IPv6Text.format(address)
        : IPv4Address(rawValue: UInt32(truncatingIfNeeded: address)).description
    }
    source = text(tuple.source)
    destination = text(tuple.destination)
    sourcePort = tuple.sourcePort
    destinationPort = tuple.destinationPort
    icmpType = tuple.icmpType
    self.packets = packets
    self.bytes = bytes
  }
}
