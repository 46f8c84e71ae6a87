/// What a DHCP server has done so far, and left undone by reason.
public struct DHCPv4ServerCounters: Equatable, Sendable, BitwiseCopyable {
  /// DHCPOFFERs sent.
  public internal(set) var offers: UInt64 = 0
  /// DHCPACKs sent, those to DHCPINFORM included.
  public internal(set) var acknowledgments: UInt64 = 0
  /// DHCPNAKs sent.
  public internal(set) var refusals: UInt64 = 0
  /// DHCPDECLINEs taken.
  public internal(set) var declines: UInt64 = 0
  /// DHCPRELEASEs taken.
  public internal(set) var releases: UInt64 = 0
  /// Messages that are malformed, no client's, or of another kind of link.
  public internal(set) var malformed: UInt64 = 0
  /// Messages that came by a relay, which an inside network has none of.
  public internal(set) var relayed: UInt64 = 0
  /// Clients that got nothing, as no address was left or the table was full.
  public internal(set) var exhausted: UInt64 = 0
  /// Answers that the stack had no room for.
  public internal(set) var unsent: UInt64 = 0
}
