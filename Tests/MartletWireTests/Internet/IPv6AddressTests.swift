import MartletWire
import Testing

@Suite struct IPv6AddressTests {
  @Test(
    arguments: [
      ("::", "::", 0, 0), ("::1", "::1", 0, 1), ("1::", "1::", 1 << 48, 0),
      ("2001:DB8::00ab", "2001:db8::ab", 0x2001_0db8_0000_0000, 0xab),
      ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004, 0x0005_0006_0007_0008),
      ("1:0:0:2:0:0:0:3", "1:0:0:2::3", 0x0001_0000_0000_0002, 3),
      ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4", 0x0001_0000_0000_0002, 0x0003_0000_0000_0004),
      ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7", 0x0001_0000_0002_0003, 0x0004_0005_0006_0007),
      ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", 0x0000_0002_0003_0004, 0x0005_0006_0007_0008),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", 0x0001_0002_0003_0004, 0x0005_0006_0007_0000),
      ("::ffff:192.0.2.1", "::ffff:192.0.2.1", 0, 0xFFFF_C000_0201),
      ("64:ff9b::192.0.2.33", "64:ff9b::c000:221", 0x0064_ff9b_0000_0000, 0xC000_0221),
      ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304", 0x0001_0002_0003_0004, 0x0005_0006_0102_0304),
    ] as [(String, String, UInt64, UInt64)])
  func textIsReadAndWritten(text: String, canonical: String, high: UInt64, low: UInt64) {
    let address = IPv6Address(high: high, low: low)
    #expect(IPv6Address(text) == address)
    #expect(address.description == canonical)
    #expect(IPv6Address(canonical) == address)
  }

  @Test(
    arguments: [
      "", ":", ":::", "1", "1:2", ":1::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "::1%eth0", " ::1", "1:", "1::2:",
      "::1.2.3", "::1.2.3.4.5", "::1.2.3.256", "::01.2.3.4", "1.2.3.4", "::1.2.3.4:5", "::a.2.3.4",
      "1:2:3:4:5:6:7:1.2.3.4", "1:::2", "::1.2.3.", "::.1.2.3",
    ])
  func otherTextsAreRefused(text: String) {
    #expect(IPv6Address(text) == nil)
  }

  @Test func everyAddressSurvivesItsText() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      // Sparse ones, so that runs of zeros come up.
      func half() -> UInt64 {
        (0..<4).reduce(0) { sum, _ in
          sum << 16 | (Bool.random() ? 0 : UInt64(UInt16.random(in: 0...9)))
        }
      }
      let address = IPv6Address(high: half(), low: half())
      #expect(IPv6Address(address.description) == address)
      let any = IPv6Address(high: generator.next(), low: generator.next())
      #expect(IPv6Address(any.description) == any)
    }
  }

  @Test func kindsAreTold() {
    let address = IPv6Address(high: 0xFE80 << 48, low: 0x0202_03FF_FE04_0506)
    #expect(address.isLinkLocal && !address.isMulticast && !address.isUnspecified)
    #expect(address.solicitedNode.description == "ff02::1:ff04:506")
    #expect(address.solicitedNode.isMulticast)
    #expect(IPv6Address.allNodes.description == "ff02::1")
    #expect(IPv6Address.allRouters.description == "ff02::2")
    #expect(IPv6Address.unspecified.isUnspecified && !IPv6Address.loopback.isUnspecified)
  }
}
