import MartletWire
import Testing

@Suite struct AddressTests {
  @Test(
    arguments: [
      ("0.0.0.0", 0), ("10.9.0.2", 0x0A09_0002), ("255.255.255.255", 0xFFFF_FFFF),
    ] as [(String, UInt32)])
  func addressAndTextAreTheSame(text: String, value: UInt32) {
    #expect(IPv4Address(text)?.rawValue == value)
    #expect(IPv4Address(rawValue: value).description == text)
  }

  @Test(arguments: [
    "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1..3.4", ".1.2.3",
    "1.2.3.",
    "1.2.3.4 ", "0x1.2.3.4", "-1.2.3.4", "1.2.3.99999999999999999999", "１.2.3.4",
  ])
  func otherTextIsNoAddress(text: String) { #expect(IPv4Address(text) == nil) }

  @Test(arguments: [("10.0.0.7/8", 8), ("0.0.0.0/0", 0), ("1.2.3.4/32", 32)] as [(String, UInt8)])
  func prefixAndTextAreTheSame(text: String, length: UInt8) {
    #expect(IPv4Prefix(text)?.length == length)
    #expect(IPv4Prefix(text)?.description == text)
  }

  @Test(arguments: ["10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "/8"])
  func otherTextIsNoPrefix(text: String) { #expect(IPv4Prefix(text) == nil) }

  @Test func prefixKnowsItsNetwork() {
    let prefix = IPv4Prefix(IPv4Address(192, 168, 5, 77), length: 22)
    #expect(prefix.network == IPv4Address(192, 168, 4, 0))
    #expect(prefix.broadcast == IPv4Address(192, 168, 7, 255))
    #expect(prefix.contains(IPv4Address(192, 168, 7, 1)))
    #expect(!prefix.contains(IPv4Address(192, 168, 8, 1)))
    #expect(IPv4Prefix(.unspecified, length: 0).contains(.broadcast))
    #expect(IPv4Prefix(.loopback, length: 31).broadcast == nil)
    #expect(IPv4Prefix(.loopback, length: 99).length == 32)
  }

  @Test func addressesKnowTheirKind() {
    #expect(IPv4Address(224, 0, 0, 1).isMulticast)
    #expect(!IPv4Address(240, 0, 0, 1).isUnicast)
    #expect(!IPv4Address(0, 1, 2, 3).isUnicast)
    #expect(IPv4Address(169, 254, 9, 9).isLinkLocal)
    #expect(IPv4Address.loopback.isLoopback)
    #expect(IPv4Address.broadcast.isBroadcast)
    #expect(
      IPv4Address(239, 129, 2, 3).multicastMACAddress == MACAddress(0x01, 0, 0x5E, 0x01, 2, 3))
  }

  @Test func hardwareAddressAndTextAreTheSame() {
    let address = MACAddress(0x02, 0xAB, 0, 0x0C, 0xFF, 1)
    #expect(address.description == "02:ab:00:0c:ff:01")
    #expect(MACAddress("02:AB:00:0c:ff:01") == address)
    for text in [
      "", "02:ab:00:0c:ff", "02:ab:00:0c:ff:01:02", "02-ab-00-0c-ff-01", "2:ab:0:c:ff:1",
    ] {
      #expect(MACAddress(text) == nil)
    }
    #expect(MACAddress(rawValue: .max) == .broadcast)
    #expect(MACAddress.broadcast.isMulticast && !MACAddress.broadcast.isUnicast)
    #expect(address.isUnicast && !MACAddress.zero.isUnicast)
  }
}
