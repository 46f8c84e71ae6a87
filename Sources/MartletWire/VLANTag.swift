/// What an 802.1Q or 802.1ad tag says of a frame: its network and its priority.
///
/// On the wire the tag lies between the source address and the EtherType of what the frame
/// carries; the frame's own EtherType (`.vlan` or `.serviceVLAN`) announces it.
public struct VLANTag: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The 16 bits on the wire: three of priority, one of drop eligibility, twelve of identifier.
  public let rawValue: UInt16
  /// Takes the 16 bits on the wire.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// A tag of network `identifier`, whose low 12 bits count; `priority` is 0 to 7, its low three
  /// bits count.
  @inlinable
  public init(identifier: UInt16, priority: UInt8 = 0, isDropEligible: Bool = false) {
    rawValue =
      UInt16(priority & 7) << 13 | (isDropEligible ? 0x1000 : 0) | identifier & 0x0FFF
  }

  /// The network: 1 to 4094. 0 is a frame with a priority and no network, 4095 is reserved.
  @inlinable public var identifier: UInt16 { rawValue & 0x0FFF }
  /// The priority code point, 0 to 7.
  @inlinable public var priority: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 13) }
  /// Whether the frame goes first when a queue is full.
  @inlinable public var isDropEligible: Bool { rawValue & 0x1000 != 0 }
}
