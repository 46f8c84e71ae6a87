/// What is so, or due, at one connection.
struct ConnectionFlags: OptionSet, BitwiseCopyable {
  let rawValue: UInt32

  // Due
  /// A SYN, or SYN and ACK, is to be sent.
  static var synDue: Self { Self(rawValue: 1 << 0) }
  /// An acknowledgment is to be sent with the next batch.
  static var acknowledgmentDue: Self { Self(rawValue: 1 << 1) }
  /// An acknowledgment waits for company until its timer runs out.
  static var acknowledgmentDelayed: Self { Self(rawValue: 1 << 2) }
  /// A window or keep-alive probe is to be sent.
  static var probeDue: Self { Self(rawValue: 1 << 3) }
  /// A tail loss probe is to be sent.
  static var lossProbeDue: Self { Self(rawValue: 1 << 4) }
  /// The first retransmission of a recovery goes out whatever the window says.
  static var retransmissionForced: Self { Self(rawValue: 1 << 5) }

  // Ends
  /// The user has ended the sending side: FIN follows the last byte.
  static var finQueued: Self { Self(rawValue: 1 << 6) }
  /// FIN has been sent.
  static var finSent: Self { Self(rawValue: 1 << 7) }
  /// The user has let go: what the connection still does, it does alone.
  static var orphaned: Self { Self(rawValue: 1 << 8) }
  /// It came by a listener and nobody has accepted it yet.
  static var unaccepted: Self { Self(rawValue: 1 << 9) }

  // Negotiated
  /// Timestamps are in use (RFC 7323).
  static var timestamps: Self { Self(rawValue: 1 << 10) }
  /// Selective acknowledgment is in use (RFC 2018).
  static var selective: Self { Self(rawValue: 1 << 11) }
  /// ECN is in use (RFC 3168).
  static var ecn: Self { Self(rawValue: 1 << 12) }
  /// The window scale option was exchanged (RFC 7323).
  static var windowScale: Self { Self(rawValue: 1 << 13) }

  /// Its SYN offers timestamps.
  static var offersTimestamps: Self { Self(rawValue: 1 << 28) }
  /// Its SYN offers selective acknowledgment.
  static var offersSelective: Self { Self(rawValue: 1 << 29) }
  /// User timeouts are told and heeded (RFC 5482).
  static var exchangesUserTimeout: Self { Self(rawValue: 1 << 30) }
  /// The first segment behind the handshake is to tell the user timeout once more.
  static var userTimeoutDue: Self { Self(rawValue: 1 << 31) }

  // Asked for by the user
  /// Small segments are not held back (Nagle's algorithm is off).
  static var noDelay: Self { Self(rawValue: 1 << 14) }
  /// Partial segments are held back whatever Nagle says.
  static var corked: Self { Self(rawValue: 1 << 15) }
  /// An idle peer is probed.
  static var keepAlive: Self { Self(rawValue: 1 << 16) }

  // State of sending
  /// The congestion window, not the user, was what limited sending last.
  static var windowLimited: Self { Self(rawValue: 1 << 17) }
  /// The user found no room to send, and is told when there is.
  static var wantsWritable: Self { Self(rawValue: 1 << 18) }
  /// A window probe's octet beyond SND.NXT may have been accepted.
  static var probeSent: Self { Self(rawValue: 1 << 19) }
  /// A tail loss probe is out (RFC 8985).
  static var lossProbeSent: Self { Self(rawValue: 1 << 20) }
  /// That probe repeated a segment.
  static var lossProbeRepeated: Self { Self(rawValue: 1 << 21) }
  /// The path has been seen to reorder (RFC 8985, 6.2).
  static var reorderingSeen: Self { Self(rawValue: 1 << 22) }
  /// The peer is to be told of congestion until it says it has slowed down.
  static var echoCongestion: Self { Self(rawValue: 1 << 23) }
  /// The peer is to be told that this side has slowed down.
  static var windowReduced: Self { Self(rawValue: 1 << 24) }
  /// The peer's FIN came, before or after what precedes it.
  static var hasPeerFin: Self { Self(rawValue: 1 << 25) }
  /// A duplicate arrived, to be reported by D-SACK (RFC 2883).
  static var hasDuplicate: Self { Self(rawValue: 1 << 26) }
  /// Acknowledges every second full segment at once.
  static var acknowledgesEverySecond: Self { Self(rawValue: 1 << 27) }
}
