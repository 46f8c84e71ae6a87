/// An actor that talks to many peers by bytes and leaves the sockets to ``SessionSocket``.
///
/// What it has to say and what it still takes are questions that a socket asks; the owner tells the
/// socket only that there is something to ask for.
package protocol SessionOwner: Actor {
  /// How it knows its peers.
  associatedtype SessionName: Hashable & Sendable

  /// Whether the conversation goes on.
  func isOpen(_ session: SessionName) -> Bool

  /// Whether more bytes may be read for now.
  func wantsInput(_ session: SessionName) -> Bool

  /// Takes bytes of a peer.
  func receive(_ bytes: [UInt8], from session: SessionName)

  /// The bytes for a peer that wait; none where nothing does.
  func takeOutput(of session: SessionName) -> [UInt8]

  /// Told after bytes were taken, which may have made room for more; `isDrained` when none were left.
  func outputWasTaken(of session: SessionName, isDrained: Bool)
}
