import MartletDevice
import MartletDissect
import Testing

/// The formats that a switch carries and the stack does not speak.
@Suite struct SwitchedFormatsTests {
  static let link = "333300000001 020000000001"
  static let (one, two) = (
    "fe800000000000000000000000000001", "fe800000000000000000000000000002"
  )

  @Test(
    arguments: [
      (
        "\(link) 86dd 60000000 00203aff \(one) ff0200000000000000000001ff000002"
          + "87007a97 00000000 \(two) 0101020000000001",
        "IP6 fe80::1 > ff02::1:ff00:2: ICMP6, neighbor solicitation, who has fe80::2, "
          + "source 02:00:00:00:00:01, length 32"
      ),
      (
        "\(link) 86dd 60000000 00203aff \(two) \(one)"
          + "8800181b 60000000 \(two) 0201020000000002",
        "IP6 fe80::2 > fe80::1: ICMP6, neighbor advertisement, tgt is fe80::2, "
          + "target 02:00:00:00:00:02, length 32 [bad ICMP6 checksum 0x181b, should be 0x181a]"
      ),
      (
        "\(link) 86dd 60000000 000b3a40 \(one) \(two) 8000ac1d 12340001 616263",
        "IP6 fe80::1 > fe80::2: ICMP6, echo request, id 4660, seq 1, length 11"
      ),
      (
        "\(link) 86dd 60000000 00100040 \(one) \(two) 2c00010400000000 3a00000100001234",
        "IP6 fe80::1 > fe80::2: ICMP6, [ICMP6 truncated: 0 of 8 bytes] "
          + "(frag 0x00001234:0|0)"
      ),
      (
        "\(link) 8847 00064a40 000101ff 4500001f 00010000 401166cb 0a000001 0a000002"
          + "00010002 000b2770 616263",
        "MPLS (label 100, tc 5, ttl 64) (label 16, tc 0, [S], ttl 255) "
          + "IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 3"
      ),
      (
        "\(link) 0800 4500003c 00000000 408466ba 0a000001 0a000002 80440050 00000000 bd1f39d2"
          + "01000014 43232520 0001ffff 000affff 11223344 0000000000000000",
        "IP 10.0.0.1.32836 > 10.0.0.2.80: SCTP, tag 0x00000000, length 40"
      ),
      (
        "ffffffffffff 020000000001 8035 0001 0800 06 04 0003 020000000001 00000000"
          + "020000000001 00000000",
        "RARP, Request who-is 02:00:00:00:00:01 tell 02:00:00:00:00:01, length 28"
      ),
    ])
  func linesAreTold(digits: String, line: String) {
    let told = Dissector().line(of: bytes(digits))
    #expect(told.hasPrefix(line), "\(told)")
  }

  @Test func aTunnelledFrameIsToldInside() {
    let inner = bytes(
      "ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002"
    )
    let length = 8 + 8 + inner.count
    func two(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
    let frame =
      bytes("020000000002 020000000001 0800 4500") + two(20 + length)
      + bytes("00000000 40110000 0a000001 0a000002 c000 12b5") + two(length)
      + bytes("0000 08000000 00002a00") + inner
    let told = Dissector().line(of: frame)
    #expect(
      told.hasPrefix(
        "IP 10.0.0.1.49152 > 10.0.0.2.4789: VXLAN, vni 42: ARP, Request who-has 10.0.0.2 tell 10.0.0.1"
      ), "\(told)")
  }
}
