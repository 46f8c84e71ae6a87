/// How a DNS query ended (RFC 1035, section 4.1.1).
public struct DNSResponseCode: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire, 0 to 15.
  public let rawValue: UInt8
  /// Takes the number on the wire; the low four bits are sent.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// No error.
  @inlinable public static var noError: Self { Self(rawValue: 0) }
  /// The server could not read the query.
  @inlinable public static var formatError: Self { Self(rawValue: 1) }
  /// The server failed.
  @inlinable public static var serverFailure: Self { Self(rawValue: 2) }
  /// The name does not exist (NXDOMAIN).
  @inlinable public static var nameError: Self { Self(rawValue: 3) }
  /// The server does not know this kind of query.
  @inlinable public static var notImplemented: Self { Self(rawValue: 4) }
  /// The server will not answer.
  @inlinable public static var refused: Self { Self(rawValue: 5) }
}
