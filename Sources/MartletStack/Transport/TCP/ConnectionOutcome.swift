/// What the stack must do for a connection after an event: the connection itself does no more than
/// say so, because tables are not its own.
struct ConnectionOutcome: OptionSet, BitwiseCopyable {
  let rawValue: UInt8

  /// Put it in line for transmit slots.
  static var transmit: Self { Self(rawValue: 1) }
  /// Its handshake is complete: tell its listener or its user.
  static var established: Self { Self(rawValue: 2) }
  /// It has ended: free it once its user has let go.
  static var ended: Self { Self(rawValue: 4) }
  /// Both sides have closed: remember it in TIME-WAIT.
  static var timeWait: Self { Self(rawValue: 8) }
  /// Send a RST that says `SND.NXT`.
  static var reset: Self { Self(rawValue: 16) }
  /// Answer the segment with a RST that the peer must take: `SEG.ACK` is its number.
  static var refuse: Self { Self(rawValue: 64) }
  /// Data went forward both ways: the neighbour is there.
  static var progress: Self { Self(rawValue: 32) }
}
