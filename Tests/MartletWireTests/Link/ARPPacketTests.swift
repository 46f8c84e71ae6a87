import MartletWire
import Testing

@Suite struct ARPPacketTests {
  static let reply = bytes("0001 0800 06 04 0002 020000000002 0a090002 020000000001 0a090001")
  static let value = ARPPacket(
    operation: .reply, senderMAC: MACAddress(2, 0, 0, 0, 0, 2),
    senderAddress: IPv4Address(10, 9, 0, 2), targetMAC: MACAddress(2, 0, 0, 0, 0, 1),
    targetAddress: IPv4Address(10, 9, 0, 1))

  @Test func bytesAndFieldsAreTheSame() throws {
    let read = try Self.reply.read { (bytes) throws(WireError) in try ARPPacket(parsing: bytes) }
    #expect(read == Self.value)
    let emitted = try written(28) { (bytes) throws(WireError) in try Self.value.emit(into: &bytes) }
    #expect(emitted == Self.reply)
  }

  @Test func paddingIsIgnored() throws {
    let padded = Self.reply + [UInt8](repeating: 0, count: 18)
    let read = try padded.read { (bytes) throws(WireError) in try ARPPacket(parsing: bytes) }
    #expect(read == Self.value)
  }

  @Test func tooShortIsRefused() {
    expectPrefixesRefused(of: Self.reply) { (bytes) throws(WireError) in
      _ = try ARPPacket(parsing: bytes)
    }
    expectShortRoomRefused(below: 28) { (bytes) throws(WireError) in
      try Self.value.emit(into: &bytes)
    }
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5])
  func otherNetworksAreRefused(byte: Int) {
    var packet = Self.reply
    packet[byte] ^= 0x40
    #expect(throws: WireError.badField) {
      try packet.read { (bytes) throws(WireError) in try ARPPacket(parsing: bytes) }
    }
  }

  @Test func reverseRequestIsAPacketOfItsOwn() throws {
    // RFC 903: the sender asks for its own address, both hardware addresses its own.
    let request = ARPPacket(
      operation: .reverseRequest, senderMAC: MACAddress(2, 0, 0, 0, 0, 1),
      senderAddress: .unspecified, targetMAC: MACAddress(2, 0, 0, 0, 0, 1),
      targetAddress: .unspecified)
    let emitted = try written(28) { (bytes) throws(WireError) in try request.emit(into: &bytes) }
    #expect(
      emitted == bytes("0001 0800 06 04 0003 020000000001 00000000 020000000001 00000000"))
    #expect(ARPPacket.Operation.reverseReply.rawValue == 4)
  }

  @Test func unknownOperationSurvives() throws {
    var packet = Self.reply
    packet[7] = 9
    let read = try packet.read { (bytes) throws(WireError) in try ARPPacket(parsing: bytes) }
    let emitted = try written(28) { (bytes) throws(WireError) in try read.emit(into: &bytes) }
    #expect(emitted == packet)
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.reply) { _ = try? ARPPacket(parsing: $0) }
  }
}
