/// What a frame is.
public struct FrameType: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The frame's first byte.
  public let rawValue: UInt8

  /// Takes the byte.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Hub to node: a handshake begins.
  public static var hello: Self { Self(rawValue: 1) }
  /// Node to hub: who it is, proved.
  public static var challenge: Self { Self(rawValue: 2) }
  /// Hub to node: who it is, proved.
  public static var proof: Self { Self(rawValue: 3) }
  /// Node to hub: there will be no session. Not proved, so a reason to show and no more.
  public static var refusal: Self { Self(rawValue: 4) }
  /// Hub to node: a handshake begins by the code that the node shows, with the body of a hello.
  public static var pairing: Self { Self(rawValue: 5) }
  /// Either way, sealed: plain messages, whole.
  public static var messages: Self { Self(rawValue: 0x10) }
  /// Hub to node, sealed: open a valve for some seconds.
  public static var open: Self { Self(rawValue: 0x11) }
}
