import MartletWire
import Testing

@Suite struct ExampleTests {
  @Test func exampleOfTheModuleAnswersAPing() throws {
    let request =
      bytes("45000024 004d0000 4001 0000 0a090001 0a090002").withChecksum(at: 10)
      + ICMPv4Tests.echo
    var length: Int?
    let reply = try written(40) { (reply) throws(WireError) in
      length = try request.read { (bytes) throws(WireError) in
        try answer(bytes, into: &reply)
      }
    }
    #expect(length == 36)
    let expected =
      bytes("45000024 00000000 4001 0000 0a090002 0a090001").withChecksum(at: 10)
      + bytes("00006e67 0001 0002 6162636465666768")
    #expect([UInt8](reply.prefix(36)) == expected)
  }
}

// The function of the module's documentation, letter by letter.

/// Answers an echo request: the reply's packet in `reply`, and its length; `nil` for another packet.
@_lifetime(reply: copy reply)
func answer(_ bytes: RawSpan, into reply: inout MutableRawSpan) throws(WireError) -> Int? {
  let packet = try IPv4View(parsing: bytes)
  guard packet.payloadProtocol == .icmp, packet.isChecksumValid else { return nil }
  let request = try ICMPv4View(parsing: packet.payload)
  guard request.type == .echo, request.isChecksumValid else { return nil }

  let length = packet.payload.byteCount
  let header = IPv4Header(
    source: packet.destination, destination: packet.source, payloadProtocol: .icmp)
  try header.emit(into: &reply, payloadLength: length)
  guard reply.byteCount >= header.length + length else {
    throw .truncated(needed: header.length + length, available: reply.byteCount)
  }
  reply.copy(packet.payload, at: header.length)
  var message = reply._mutatingExtracting(header.length..<header.length + length)
  try ICMPv4Header(type: .echoReply, rest: request.rest).emit(into: &message)
  return header.length + length
}
