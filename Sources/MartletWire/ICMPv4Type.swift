/// What an ICMP message says (RFC 792).
public struct ICMPv4Type: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  public let rawValue: UInt8
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Echo reply.
  @inlinable public static var echoReply: Self { Self(rawValue: 0) }
  /// Destination unreachable.
  @inlinable public static var destinationUnreachable: Self { Self(rawValue: 3) }
  /// Source quench, which is ignored (RFC 6633).
  @inlinable public static var sourceQuench: Self { Self(rawValue: 4) }
  /// Redirect.
  @inlinable public static var redirect: Self { Self(rawValue: 5) }
  /// Echo request.
  @inlinable public static var echo: Self { Self(rawValue: 8) }
  /// Time exceeded.
  @inlinable public static var timeExceeded: Self { Self(rawValue: 11) }
  /// Parameter problem.
  @inlinable public static var parameterProblem: Self { Self(rawValue: 12) }
  /// Timestamp request.
  @inlinable public static var timestamp: Self { Self(rawValue: 13) }
  /// Timestamp reply.
  @inlinable public static var timestampReply: Self { Self(rawValue: 14) }

  /// Whether it reports an error and quotes the packet that met it; such a message is never
  /// answered by another (RFC 1122, 3.2.2).
  @inlinable public var isError: Bool {
    switch self {
    case .destinationUnreachable, .sourceQuench, .redirect, .timeExceeded, .parameterProblem: true
    default: false
    }
  }
}
