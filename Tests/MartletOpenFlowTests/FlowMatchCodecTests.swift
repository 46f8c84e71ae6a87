import MartletFlow
import Testing

@testable import MartletOpenFlow

@Suite struct FlowMatchCodecTests {
  /// A match in which a field of OpenFlow's stands with what it needs.
  static func match(for code: FieldCode) -> FlowMatch {
    var match = FlowMatch()
    func ip(_ type: UInt128, _ proto: UInt128?) {
      match.set(.etherType, type)
      if let proto { match.set(.ipProtocol, proto) }
    }
    switch code.prerequisite {
    case .none: break
    case .vlan: match.set(.vlanID, 0x1005)
    case .ipv4, .ip: ip(0x0800, nil)
    case .ipv6: ip(0x86dd, nil)
    case .arp: match.set(.etherType, 0x0806)
    case .mpls: match.set(.etherType, 0x8847)
    case .tcp: ip(0x0800, 6)
    case .udp: ip(0x86dd, 17)
    case .sctp: ip(0x0800, 132)
    case .icmpv4: ip(0x0800, 1)
    case .icmpv6: ip(0x86dd, 58)
    case .solicitation, .discovery:
      ip(0x86dd, 58)
      match.set(.icmpv6Type, 135)
    case .advertisement:
      ip(0x86dd, 58)
      match.set(.icmpv6Type, 136)
    }
    if match[code.field] == nil {
      match.set(code.field, code.field == .vlanID || code.field == .vlanTCI ? 0x1001 : 1)
    }
    return match
  }

  @Test(arguments: FieldCode.openFlow.map(\.number))
  func fieldsOf13ComeBack(_ number: UInt8) throws {
    let code = try #require(FieldCode.find(FieldCode.basic, number))
    let match = Self.match(for: code)
    var writer = ByteWriter()
    match.encode13(into: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try FlowMatch(reading: &reader) == match)
    for count in 0..<writer.count {
      var cut = ByteReader(Array(writer.bytes.prefix(count)))
      #expect(throws: OpenFlowError.self) { try FlowMatch(reading: &cut) }
    }
  }

  @Test(arguments: FieldCode.nicira.map(\.key))
  func fieldsOfNiciraComeBack(_ key: UInt32) throws {
    let code = try #require(
      FieldCode.find(UInt16(key >> 8), UInt8(truncatingIfNeeded: key)))
    let match = Self.match(for: code)
    var writer = ByteWriter()
    let length = match.encodeNicira(into: &writer)
    var reader = ByteReader(writer.bytes)
    var cookie = ExtensibleMatch.Cookie()
    #expect(try FlowMatch(nicira: &reader, length: length, cookie: &cookie) == match)
  }

  @Test func theOldFormComesBack() throws {
    var match = FlowMatch()
    match.set(.inPort, UInt128(PortNumber.local.rawValue))
    match.set(.etherType, 0x0800)
    match.set(.vlanTCI, 0x7005, mask: 0xffff)
    match.set(.ipProtocol, 6)
    match.set(.ipDSCP, 10)
    match.set(.ipv4Source, 0x0a01_0000, mask: 0xffff_0000)
    match.set(.transportDestination, 80)
    #expect(match.fits10)
    match.set(.transportDestination, 0x1000, mask: 0xf000)
    #expect(!match.fits10)
  }

  @Test func untaggedFramesAreSaidByFFFF() throws {
    var match = FlowMatch()
    match.set(.vlanTCI, 0)
    var writer = ByteWriter()
    match.encode10(into: &writer)
    #expect(Array(writer.bytes[18..<20]) == [0xff, 0xff])
    #expect(match.fits10)
  }

  @Test func fieldsTwiceAndBitsUnderAMaskAreRefused() throws {
    func read(_ bytes: [UInt8]) throws(OpenFlowError) {
      var reader = ByteReader(bytes)
      _ = try FlowMatch(reading: &reader)
    }
    let type: [UInt8] = [0x80, 0, 5 << 1, 2, 8, 0]
    #expect(throws: OpenFlowError.duplicateField) { try read([0, 1, 0, 16] + type + type) }
    #expect(throws: OpenFlowError.badWildcards) {
      try read([0, 1, 0, 12, 0x80, 0, 6 << 1 | 1, 4, 0x10, 1, 0x10, 0, 0, 0, 0, 0])
    }
    #expect(throws: OpenFlowError.badField) {
      try read([0, 1, 0, 9, 0x80, 0, 90 << 1, 1, 1] + [0, 0, 0, 0, 0, 0, 0])
    }
  }
}
