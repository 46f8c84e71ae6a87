public import MartletWire

/// What carries a port's frames.
public enum PortKind: Equatable, Sendable {
  /// A network device of the host that is there already, by a packet socket.
  case system(DeviceOptions)
  /// A TAP that the switch makes and holds.
  case tap(DeviceOptions)
  /// A device of the host that belongs to the bridge.
  case `internal`(InternalOptions)
  /// The end of a cable to another bridge, whose other end is the port of that name.
  case patch(peer: String)
  /// Ethernet in GRE.
  case gre(TunnelOptions)
  /// Ethernet in VXLAN.
  case vxlan(TunnelOptions)
  /// A socket of QEMU's framing.
  case unix(UnixOptions)
  /// A descriptor that another process hands over; the port waits for it.
  case attached
  /// A port for stacks in this process.
  case memory
  /// The bridge's way out, which lends addresses and knows names.
  case gateway(GatewayPortOptions)

  /// The types' names, as they are written.
  public static let names = [
    "system", "tap", "internal", "patch", "gre", "vxlan", "unix", "attached", "memory",
    "gateway",
  ]

  /// The type's name.
  public var name: String {
    switch self {
    case .system: "system"
    case .tap: "tap"
    case .internal: "internal"
    case .patch: "patch"
    case .gre: "gre"
    case .vxlan: "vxlan"
    case .unix: "unix"
    case .attached: "attached"
    case .memory: "memory"
    case .gateway: "gateway"
    }
  }

  /// The options of `system` and `tap`.
  public struct DeviceOptions: Equatable, Sendable {
    /// The device; `nil` is that of the port's name.
    public var device: String?
    /// Whether checksums and segmentation may be left undone.
    public var offloads = true
    /// The MTU to set; `nil` leaves it.
    public var maximumTransmissionUnit: Int?

    /// The device of the port's name.
    public init() {}
  }

  /// The options of `internal`.
  public struct InternalOptions: Equatable, Sendable {
    /// The host's address there.
    public var address: IPv4Prefix?
    /// Its Ethernet address; `nil` leaves the kernel's choice.
    public var linkAddress: MACAddress?
    /// The MTU to set; `nil` leaves it.
    public var maximumTransmissionUnit: Int?
    /// Whether checksums and segmentation may be left undone.
    public var offloads = true

    /// Without an address.
    public init() {}
  }

  /// The options of `unix`.
  public struct UnixOptions: Equatable, Sendable {
    /// How frames are told apart.
    public enum Framing: String, Sendable, CaseIterable {
      /// Each after its length in four bytes (`-netdev stream`).
      case stream
      /// Each in a datagram (`-netdev dgram`).
      case datagram
    }

    /// The socket: where the switch listens, or with `connects` where the peer does.
    public var path: String
    /// How frames are told apart.
    public var framing = Framing.stream
    /// Whether a stream is opened by the switch.
    public var connects = false
    /// Where the peer receives datagrams.
    public var peer: String?
    /// In bytes.
    public var maximumTransmissionUnit = 9216

    /// A stream that the peer opens.
    public init(path: String) { self.path = path }
  }
}
