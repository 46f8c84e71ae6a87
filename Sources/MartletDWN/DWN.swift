public import MartletDevice
public import MartletHTTP
public import MartletWire

/// The numbers of DWN, as `Documentation/DWN.md` gives them.
public enum DWN {
  /// Where nodes announce themselves.
  public static var group: IPv4Address { IPv4Address(224, 242, 242, 242) }

  /// The UDP port of adverts and the TCP port of a node that does not say otherwise.
  public static var port: UInt16 { 242 }

  /// How often a node announces itself and, connected, says that it lives.
  public static var period: Interval { .seconds(5) }

  /// How long a peer may be silent before it is taken for dead.
  public static var patience: Interval { .seconds(15) }

  /// How long a node waits for a hub that promised to say that it lives.
  public static var hubPatience: Interval { .seconds(20) }

  /// How long half a command is kept; the rest of it does not come from the same hand.
  public static var halfCommandTime: Interval { .seconds(2) }

  /// What a node says to live: `yo!` and a line's end.
  public static var heartbeat: Literal { "yo!\r\n" }

  /// The longest advert that is read, and the longest JSON object in a stream. The buffer of the
  /// protocol's first hub was as long.
  public static var maximumLength: Int { 2000 }

  /// The longest advert that is written.
  public static var advertLength: Int { 512 }
}
