/// What an ICMPv6 message says (RFC 4443; RFC 4861).
public struct ICMPv6Type: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  public let rawValue: UInt8
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A packet could not be delivered.
  @inlinable public static var destinationUnreachable: Self { Self(rawValue: 1) }
  /// A packet does not fit the next link.
  @inlinable public static var packetTooBig: Self { Self(rawValue: 2) }
  /// Hop limit or reassembly.
  @inlinable public static var timeExceeded: Self { Self(rawValue: 3) }
  /// A field of a packet was not understood.
  @inlinable public static var parameterProblem: Self { Self(rawValue: 4) }
  /// Ping.
  @inlinable public static var echoRequest: Self { Self(rawValue: 128) }
  /// The answer to a ping.
  @inlinable public static var echoReply: Self { Self(rawValue: 129) }
  /// Which routers are there?
  @inlinable public static var routerSolicitation: Self { Self(rawValue: 133) }
  /// A router is here.
  @inlinable public static var routerAdvertisement: Self { Self(rawValue: 134) }
  /// Who has the target's address?
  @inlinable public static var neighbourSolicitation: Self { Self(rawValue: 135) }
  /// The sender has it.
  @inlinable public static var neighbourAdvertisement: Self { Self(rawValue: 136) }
  /// There is a better way.
  @inlinable public static var redirect: Self { Self(rawValue: 137) }

  /// Whether it reports an error and quotes a packet (RFC 4443, section 2.1).
  @inlinable public var isError: Bool { rawValue < 128 }
}
