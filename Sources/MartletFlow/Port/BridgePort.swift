/// A port of a bridge as forwarding knows it.
public struct BridgePort: Equatable, Sendable {
  /// Its number.
  public let number: PortNumber
  /// What it does not do.
  public var flags = Flags()
  /// Whether its link is up.
  public var isUp = true
  /// Which VLANs it carries under `normal`.
  public var vlan = VLANMode.trunk(all: true)
  /// Why it carries nothing, where its loop was found.
  public internal(set) var block: LoopGuard.Block?
  /// Its frames and bytes.
  public internal(set) var counters = PortCounters()

  /// A port that carries all VLANs.
  public init(_ number: PortNumber) { self.number = number }

  /// What a port does not do (OpenFlow 1.3, 7.2.1); the values are the protocol's.
  public struct Flags: OptionSet, Sendable, BitwiseCopyable {
    /// The protocol's bits.
    public let rawValue: UInt32
    /// A port that carries all VLANs.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Carries nothing.
    public static var isDown: Self { Self(rawValue: 1) }
    /// Takes no part in a spanning tree (OpenFlow 1.0).
    public static var noSpanningTree: Self { Self(rawValue: 1 << 1) }
    /// Takes nothing.
    public static var noReceive: Self { Self(rawValue: 1 << 2) }
    /// Is left out when frames are flooded (OpenFlow 1.0).
    public static var noFlood: Self { Self(rawValue: 1 << 4) }
    /// Sends nothing.
    public static var noForward: Self { Self(rawValue: 1 << 5) }
    /// Sends nothing to the controllers.
    public static var noPacketIn: Self { Self(rawValue: 1 << 6) }
  }

  /// Frames and bytes of a port.
  public struct PortCounters: Equatable, Sendable, BitwiseCopyable {
    /// Frames taken.
    public var receivedPackets: UInt64 = 0
    /// Their bytes.
    public var receivedBytes: UInt64 = 0
    /// Frames sent.
    public var sentPackets: UInt64 = 0
    /// Their bytes.
    public var sentBytes: UInt64 = 0
    /// Frames refused by its flags.
    public var droppedOnReceive: UInt64 = 0
    /// Frames that its device had no room for.
    public var droppedOnSend: UInt64 = 0
  }

  /// Whether it may send.
  var sends: Bool { isUp && block == nil && flags.isDisjoint(with: [.isDown, .noForward]) }
}
