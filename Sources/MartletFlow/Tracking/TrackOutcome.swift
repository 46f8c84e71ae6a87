/// What connection tracking found of a frame.
struct TrackOutcome: Equatable, Sendable {
  /// What is known, in the bits of `Field.trackState`.
  var state: TrackState = []
  /// The connection's mark.
  var mark: UInt32 = 0
  /// The connection's label.
  var label: UInt128 = 0
  /// The addresses and ports that the frame gets, of a connection that is translated.
  var translation: AddressTranslation?
  /// Why it has no connection, or gets none.
  var drop: TrackingDrop?
}
