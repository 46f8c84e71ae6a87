/// What a socket is ready for. A hint to look: the operation itself says what is so.
public struct Readiness: OptionSet, Sendable, BitwiseCopyable {
  /// The bits.
  public let rawValue: UInt8
  /// Takes the bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Bytes, a datagram, a reply or a connection can be taken.
  public static var readable: Self { Self(rawValue: 1) }
  /// Room to send has come back.
  public static var writable: Self { Self(rawValue: 2) }
  /// The handshake is complete.
  public static var connected: Self { Self(rawValue: 4) }
  /// The peer has sent all it will.
  public static var peerClosed: Self { Self(rawValue: 8) }
  /// The connection has ended: `endReason(of:)` says why.
  public static var ended: Self { Self(rawValue: 16) }
  /// An ICMP error concerns the socket.
  public static var error: Self { Self(rawValue: 32) }
}
