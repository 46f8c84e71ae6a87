/// What a peer's SYN offered, as a connection or a half-open entry keeps it.
struct PeerOptions: BitwiseCopyable {
  /// The MSS it asked for, or 536 when it did not.
  var segmentSize: UInt16
  /// Its window scale; `nil` when it offered none.
  var windowScale: UInt8?
  /// Its timestamp; `nil` when it offered none.
  var timestampValue: UInt32?
  /// Whether it takes selective acknowledgments.
  var isSelective: Bool
  /// Its user timeout as it stands in the option (RFC 5482); `nil` when it told none.
  var userTimeout: UInt16?
}
