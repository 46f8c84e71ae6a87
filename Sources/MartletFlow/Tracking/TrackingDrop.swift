/// Why a packet has no connection, or gets none.
public enum TrackingDrop: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// Its headers are damaged or cut off.
  case malformed
  /// Its TCP flags do not fit together, or not the connection's state.
  case badState
  /// Its TCP numbers lie outside the window.
  case outOfWindow
  /// It begins no connection, and belongs to none: an answer without question, TCP in the middle.
  case noConnection
  /// It tells of an error of a packet that no connection sent.
  case unrelated
  /// It is a piece of a packet whose first piece was not seen.
  case fragmentUnknown
  /// No room for another connection.
  case tableFull
  /// No room for another connection in its zone.
  case zoneFull
  /// No address and port for it is free.
  case portsExhausted
  /// Its answers would be taken for those of another connection.
  case clash
}
