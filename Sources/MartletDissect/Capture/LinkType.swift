/// What the packets of a capture file begin with (the registry of link types of libpcap).
public struct LinkType: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number in the file.
  public let rawValue: UInt16
  /// Takes the number in the file.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Four bytes that name the address family, in the byte order of the machine that captured.
  public static var null: Self { Self(rawValue: 0) }
  /// An Ethernet II header.
  public static var ethernet: Self { Self(rawValue: 1) }
  /// An IP header, as on a TUN device; its first four bits tell the version.
  public static var raw: Self { Self(rawValue: 101) }
  /// Linux's "cooked" header of 16 bytes, as captured on all interfaces at once.
  public static var linuxCooked: Self { Self(rawValue: 113) }
  /// An IPv4 header.
  public static var ipv4: Self { Self(rawValue: 228) }
  /// Linux's "cooked" header of 20 bytes.
  public static var linuxCooked2: Self { Self(rawValue: 276) }
}

extension LinkType: CustomStringConvertible {
  /// Its name, or its number when it has none here.
  public var description: String {
    switch self {
    case .null: "null"
    case .ethernet: "Ethernet"
    case .raw: "raw IP"
    case .linuxCooked: "Linux cooked"
    case .ipv4: "raw IPv4"
    case .linuxCooked2: "Linux cooked 2"
    default: "link type \(rawValue)"
    }
  }
}
