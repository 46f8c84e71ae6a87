/// One option of an IPv4 header, seen in place (RFC 791, section 3.1).
public struct IPv4Option: ~Escapable {
  /// Which option it is, the copied bit and the class included.
  public struct Kind: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
    /// The number on the wire.
    public let rawValue: UInt8
    /// Takes the number on the wire.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Record route.
    @inlinable public static var recordRoute: Self { Self(rawValue: 7) }
    /// Internet timestamp.
    @inlinable public static var timestamp: Self { Self(rawValue: 68) }
    /// Loose source and record route (LSRR).
    @inlinable public static var looseSourceRoute: Self { Self(rawValue: 131) }
    /// Strict source and record route (SSRR).
    @inlinable public static var strictSourceRoute: Self { Self(rawValue: 137) }
    /// Router alert (RFC 2113): every router on the way looks at the packet.
    @inlinable public static var routerAlert: Self { Self(rawValue: 148) }

    /// Whether every fragment carries the option, not the first alone.
    @inlinable public var isCopiedOnFragmentation: Bool { rawValue & 0x80 != 0 }
    /// Whether the sender chose the route: such packets are better dropped (RFC 7126, 4.3 and 4.4).
    @inlinable public var isSourceRoute: Bool {
      self == .looseSourceRoute || self == .strictSourceRoute
    }
  }

  /// Which option it is.
  public let kind: Kind
  /// What follows kind and length: 0 to 38 bytes.
  public let data: RawSpan

  @_lifetime(copy data)
  @inlinable
  init(kind: Kind, data: RawSpan) {
    self.kind = kind
    self.data = data
  }
}
