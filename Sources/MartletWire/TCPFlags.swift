/// The control bits of a TCP segment (RFC 9293, section 3.1; RFC 3168).
public struct TCPFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  /// The bits as they stand in the header.
  public let rawValue: UInt8
  /// Takes the bits as they stand in the header.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// No more data from the sender.
  @inlinable public static var fin: Self { Self(rawValue: 0x01) }
  /// Synchronise sequence numbers.
  @inlinable public static var syn: Self { Self(rawValue: 0x02) }
  /// Reset the connection.
  @inlinable public static var rst: Self { Self(rawValue: 0x04) }
  /// Push.
  @inlinable public static var psh: Self { Self(rawValue: 0x08) }
  /// The acknowledgment field is significant.
  @inlinable public static var ack: Self { Self(rawValue: 0x10) }
  /// The urgent pointer is significant.
  @inlinable public static var urg: Self { Self(rawValue: 0x20) }
  /// ECN echo.
  @inlinable public static var ece: Self { Self(rawValue: 0x40) }
  /// Congestion window reduced.
  @inlinable public static var cwr: Self { Self(rawValue: 0x80) }
}
