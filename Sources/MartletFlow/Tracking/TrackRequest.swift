/// What `ct` asks of connection tracking, once everything that it takes from the frame is known.
struct TrackRequest: Equatable, Sendable {
  /// Whether a new connection is remembered.
  var commits = false
  /// Whether a connection in the other direction is forgotten first.
  var forces = false
  /// The zone in which the connection lies.
  var zone: UInt16 = 0
  /// The bits of the connection's mark that are set, and to what; only when it is committed.
  var mark: UInt32 = 0
  var markMask: UInt32 = 0
  /// The same of its label.
  var label: UInt128 = 0
  var labelMask: UInt128 = 0
  /// How addresses are translated; `nil` for not at all.
  var nat: NATAction?
  /// What is done before `nat`: a destination, where both ends are translated.
  var firstNAT: NATAction?
  /// A helper's port, 0 for none.
  var algorithm: UInt16 = 0
  /// Where the frame goes on with its state known (`Datapath.resumptions`); 0: nowhere.
  var resumption: UInt16 = 0
  /// What the switch knows of the frame by then, in the bits of `changed`.
  var metadata = FlowKey()
  /// The bits of `metadata` that actions have changed.
  var changed = FlowMask()
}
