import MartletDissect
import MartletWire

extension JSON {
  /// A packet of a capture file with its line; what cannot be read of it is left out.
  init(_ packet: CapturedPacket, line: String) {
    let fields = PacketFields(packet)
    let members: [(String, JSON?)] = [
      ("time", (packet.time?.secondsText).map(JSON.string)),
      ("interface", .number(packet.interface)),
      ("direction", packet.direction.map { .string("\($0)") }),
      ("length", .number(packet.originalLength)),
      ("captured", .number(packet.bytes.count)),
      ("vlan", fields.vlans.first.map { .number(Int($0)) }),
      ("source", fields.source.map(JSON.string)),
      ("destination", fields.destination.map(JSON.string)),
      ("protocol", fields.payloadProtocol.map { .number(Int($0.rawValue)) }),
      ("sourcePort", fields.sourcePort.map { .number(Int($0)) }),
      ("destinationPort", fields.destinationPort.map { .number(Int($0)) }),
      ("text", .string(line)),
    ]
    self = .object(members.compactMap { name, value in value.map { (name, $0) } })
  }
}
