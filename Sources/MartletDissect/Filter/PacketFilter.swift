/// Chooses packets by an expression in the language of tcpdump, of which it knows this part:
///
/// | expression | chooses |
/// | --- | --- |
/// | `host 10.0.0.1` | IPv4 and ARP packets from or to the address |
/// | `net 10.0.0.0/8`, `net 10`, `net 192.168 mask 255.255.0.0` | likewise, by prefix |
/// | `port 80`, `portrange 1-1023` | TCP, UDP and SCTP; not the later fragments, which have no ports |
/// | `src …`, `dst …`, `src or dst …`, `src and dst …` | one end, either, both |
/// | `tcp port 80`, `udp src port 53`, `arp host 10.0.0.1`, `ip net 10` | of that protocol alone |
/// | `ip`, `ip6`, `arp`, `rarp`, `icmp`, `igmp`, `tcp`, `udp`, `gre` | packets of the protocol |
/// | `vlan`, `vlan 7` | frames with a VLAN tag, or with this one |
/// | `dns`, `dhcp` | ports 53 and 5353; UDP ports 67 and 68 |
/// | `not`, `!`, `and`, `&&`, `or`, <code>\|\|</code>, `( … )` | as expected |
///
/// As in tcpdump, `and` and `or` bind equally and from the left, and behind them the words before a
/// value may be left out: `port 80 or 443`. Unlike there, every test looks through VLAN tags, and
/// a packet too short for a test does not fit that test, while `not` of it does.
public struct PacketFilter: Sendable, CustomStringConvertible {
  /// The longest expression, in words.
  public static var maximumWordCount: Int { 4096 }

  enum Step: Equatable, Sendable {
    case test(FilterTest)
    case not, and, or
  }

  /// The expression in postfix order; empty chooses everything.
  let steps: [Step]
  /// The text of the expression.
  public let description: String

  /// Reads an expression; an empty one chooses everything.
  ///
  /// Throws `FilterError`, which names the word that is not understood, its column and what is
  /// known.
  public init(_ text: String) throws(FilterError) {
    description = text
    var parser = FilterParser(text)
    steps = try parser.parse()
  }

  /// Whether a packet is chosen.
  public func matches(_ bytes: RawSpan, linkType: LinkType = .ethernet) -> Bool {
    steps.isEmpty || matches(PacketFields(bytes, linkType: linkType))
  }

  /// Whether a packet of a capture file is chosen.
  public func matches(_ packet: CapturedPacket) -> Bool {
    matches(packet.bytes.rawBytes, linkType: packet.linkType)
  }

  /// Whether a packet with these fields is chosen.
  public func matches(_ fields: PacketFields) -> Bool {
    // A stack of bits, the lowest the top: parentheses cannot be nested deeper than it has bits.
    var stack: UInt64 = 1
    for step in steps {
      switch step {
      case .test(let test): stack = stack << 1 | (test.matches(fields) ? 1 : 0)
      case .not: stack ^= 1
      case .and: stack = stack >> 1 & (stack | ~1)
      case .or: stack = stack >> 1 | stack & 1
      }
    }
    return stack & 1 == 1
  }
}
