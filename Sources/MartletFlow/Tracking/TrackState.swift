/// What connection tracking knows of a packet, in the bits of `Field.trackState` (Nicira's `ct_state`).
public struct TrackState: OptionSet, Hashable, Sendable, BitwiseCopyable {
  /// The bits, eight of them.
  public let rawValue: UInt32
  /// Takes the bits.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// It begins a connection, or its connection was not answered yet.
  @inlinable public static var new: Self { Self(rawValue: 0x01) }
  /// Its connection was seen in both directions.
  @inlinable public static var established: Self { Self(rawValue: 0x02) }
  /// It tells of an error of a connection.
  @inlinable public static var related: Self { Self(rawValue: 0x04) }
  /// It goes the other way than its connection's first packet.
  @inlinable public static var reply: Self { Self(rawValue: 0x08) }
  /// It fits no connection and begins none.
  @inlinable public static var invalid: Self { Self(rawValue: 0x10) }
  /// Connection tracking has seen it.
  @inlinable public static var tracked: Self { Self(rawValue: 0x20) }
  /// Its source was translated.
  @inlinable public static var sourceTranslated: Self { Self(rawValue: 0x40) }
  /// Its destination was translated.
  @inlinable public static var destinationTranslated: Self { Self(rawValue: 0x80) }
}
