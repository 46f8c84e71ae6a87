import MartletWire
import Testing

@Suite struct DHCPv4Tests {
  /// An offer that dnsmasq made: 240 bytes of fields, options, padding.
  static let offer =
    bytes(
      """
      02010600 00001234 00008000 00000000 0a090069 0a090002 00000000 020000000001
      """)
    + [UInt8](repeating: 0, count: 202)
    + bytes(
      """
      63825363 350102 36040a090002 330400000e10 3a0400000708 3b0400000c4e 0104ffffff00
      1c040a0900ff 03040a090002 06040a090002 ff 0000000000000000
      """)

  @Test func offerIsRead() throws {
    try Self.offer.read { (bytes) throws(WireError) in
      let view = try DHCPv4View(parsing: bytes)
      expect(!view.isRequest && view.hops == 0)
      #expect(view.transactionID == 0x1234)
      expect(view.wantsBroadcast)
      #expect(view.yourAddress == IPv4Address(10, 9, 0, 105))
      #expect(view.bootServer == IPv4Address(10, 9, 0, 2))
      #expect(view.clientMAC == MACAddress(2, 0, 0, 0, 0, 1))
      #expect(view.messageType == .offer)
      #expect(view.serverIdentifier == IPv4Address(10, 9, 0, 2))
      #expect(view.leaseSeconds == 3600)
      expect(view.renewalSeconds == 1800 && view.rebindingSeconds == 3150)
      #expect(view.prefixLength == 24)
      expect(view.routers.count == 1 && view.routers.first == IPv4Address(10, 9, 0, 2))
      #expect(view.domainNameServers.first == IPv4Address(10, 9, 0, 2))
      expect(view.hostName == nil && view.requestedAddress == nil)
      expect(view.interfaceMTU == nil && view.classlessRoutes == nil)
    }
  }

  static func discover(_ more: (inout DHCPv4Builder) throws(WireError) -> Void = { _ in })
    throws -> [UInt8]
  {
    var header = DHCPv4Header(
      isRequest: true, transactionID: 0xDEAD_BEEF, clientMAC: MACAddress(2, 0, 0, 0, 0, 9))
    header.secondsElapsed = 3
    header.wantsBroadcast = true
    header.relayAddress = IPv4Address(1, 2, 3, 4)
    return try written(400) { (bytes) throws(WireError) in
      var builder = try DHCPv4Builder(header, type: .discover, into: &bytes)
      try builder.append(.requestedAddress, IPv4Address(10, 0, 0, 5))
      try builder.append(.maximumMessageSize, 1500 as UInt16)
      try Array("node".utf8).read { (name) throws(WireError) in
        try builder.append(.hostName, name)
      }
      try builder.appendParameterRequestList([.subnetMask, .routers])
      try more(&builder)
      _ = try builder.finish()
    }
  }

  @Test func builtMessageIsRead() throws {
    let message = try Self.discover()
    // Padded to 300 bytes for old relays; the rest was left alone.
    #expect(message[299] == 0 && message[300] == 0xEE)
    #expect([UInt8](message[236..<252]) == bytes("63825363 350101 3204 0a000005 3902 05"))
    try [UInt8](message.prefix(300)).read { (bytes) throws(WireError) in
      let view = try DHCPv4View(parsing: bytes)
      #expect(DHCPv4Header(view).transactionID == 0xDEAD_BEEF)
      expect(view.isRequest && view.wantsBroadcast && view.secondsElapsed == 3)
      #expect(view.relayAddress == IPv4Address(1, 2, 3, 4))
      #expect(view.messageType == .discover)
      #expect(view.requestedAddress == IPv4Address(10, 0, 0, 5))
      #expect(view.maximumMessageSize == 1500)
      #expect(array(view.hostName) == Array("node".utf8))
      #expect(array(view.parameterRequestList) == [1, 3])
    }
  }

  @Test func headerComesBack() throws {
    let header = try Self.offer.read { (bytes) throws(WireError) in
      DHCPv4Header(try DHCPv4View(parsing: bytes))
    }
    let emitted = try written(240) { (bytes) throws(WireError) in try header.emit(into: &bytes) }
    #expect(emitted == [UInt8](Self.offer.prefix(240)))
  }

  @Test func refusedOptionsLeaveTheMessageWhole() throws {
    let message = try Self.discover { (builder) throws(WireError) in
      let before = builder.length
      let long = [UInt8](repeating: 0, count: 256)
      do throws(WireError) {
        try long.read { (bytes) throws(WireError) in try builder.append(.message, bytes) }
        Issue.record("256 bytes were taken")
      } catch {
        #expect(error == .badLength(256))
      }
      do throws(WireError) {
        try [UInt8](repeating: 0, count: 200).read { (bytes) throws(WireError) in
          try builder.append(.message, bytes)
        }
        Issue.record("200 bytes found room")
      } catch {
        guard case .truncated = error else {
          Issue.record("\(error)")
          return
        }
      }
      #expect(builder.length == before)
    }
    let whole = try Self.discover()
    #expect(message == whole)
  }

  @Test func classlessRoutesAreRead() throws {
    let message = try Self.discover { (builder) throws(WireError) in
      try bytes("18 c0a805 0a000001 00 0a000002 21 00").read { (data) throws(WireError) in
        try builder.append(.classlessRoutes, data)
      }
    }
    try message.read { (bytes) throws(WireError) in
      let view = try DHCPv4View(parsing: bytes)
      guard var routes = view.classlessRoutes else {
        Issue.record("no routes")
        return
      }
      #expect(
        routes.next()
          == .init(
            destination: IPv4Prefix(IPv4Address(192, 168, 5, 0), length: 24),
            router: IPv4Address(10, 0, 0, 1)))
      expect(routes.next()?.destination.length == 0)
      // 33 bits of prefix end the list.
      expect(routes.next() == nil)
      expect(routes.next() == nil)
    }
  }

  @Test func optionsGoOnInOverloadedFields() throws {
    var message = Self.offer
    // file holds a router, sname a server, as option 52 says.
    message.replaceSubrange(240..<246, with: bytes("340103 000000"))
    message.replaceSubrange(108..<114, with: bytes("0f02 6162 ff00"))
    message.replaceSubrange(44..<49, with: bytes("0c01 63 ff 00"))
    try message.read { (bytes) throws(WireError) in
      let view = try DHCPv4View(parsing: bytes)
      #expect(array(view.domainName) == Array("ab".utf8))
      #expect(array(view.hostName) == Array("c".utf8))
    }
  }

  @Test func optionBeyondTheMessageIsNoticed() throws {
    let message = [UInt8](Self.offer.prefix(240)) + [53, 1, 2, 12, 200, 1]
    try message.read { (bytes) throws(WireError) in
      var options = try DHCPv4View(parsing: bytes).options
      var count = 0
      while options.next() != nil { count += 1 }
      #expect(count == 1)
      expect(options.isMalformed)
    }
  }

  @Test func maskWithHolesIsNoPrefix() throws {
    var message = Self.offer
    guard let index = message.firstIndex(of: 0xFF) else { return }
    message[index + 1] = 0
    try message.read { (bytes) throws(WireError) in
      let view = try DHCPv4View(parsing: bytes)
      #expect(view.subnetMask == IPv4Address(255, 0, 255, 0))
      #expect(view.prefixLength == nil)
    }
  }

  @Test func tooShortIsRefused() {
    expectPrefixesRefused(of: Self.offer, below: 240) { (bytes) throws(WireError) in
      _ = try DHCPv4View(parsing: bytes)
    }
    let header = DHCPv4Header(isRequest: true, transactionID: 1, clientMAC: .zero)
    expectShortRoomRefused(below: 240) { (bytes) throws(WireError) in
      try header.emit(into: &bytes)
    }
    expectShortRoomRefused(below: 300) { (bytes) throws(WireError) in
      var builder = try DHCPv4Builder(header, type: .discover, into: &bytes)
      _ = try builder.finish()
    }
  }

  @Test func plainBOOTPIsRefused() {
    var message = Self.offer
    message[236] = 0
    #expect(throws: WireError.badField) {
      try message.read { (bytes) throws(WireError) in _ = try DHCPv4View(parsing: bytes) }
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.offer, rounds: 6000) { bytes in
      guard let view = try? DHCPv4View(parsing: bytes) else { return }
      _ = (DHCPv4Header(view), view.messageType, view.prefixLength, view.leaseSeconds)
      _ = (view.routers.count, view.domainNameServers.first, view.interfaceMTU)
      if var routes = view.classlessRoutes { while routes.next() != nil {} }
      var options = view.options
      while options.next() != nil {}
    }
  }
}
