internal import MartletDigest
public import MartletHTTP

/// A hub's side of a handshake. The node proves itself first, so a forged advert gains nothing.
public struct HubHandshake {
  private let key: PairingKey
  private let node: ShortText
  private let hub: ShortText
  private let nonce: Nonce
  private let isPairing: Bool

  /// For a node that is known by this name and key; `nonce` is drawn for this handshake alone.
  /// With `isPairing` the key is that of the code which the node shows.
  public init(
    key: PairingKey, node: ShortText, hub: ShortText, nonce: Nonce, isPairing: Bool = false
  ) {
    self.isPairing = isPairing
    self.key = key
    self.node = node
    self.hub = hub
    self.nonce = nonce
  }

  /// Appends the frame that begins it.
  public func emitHello(into output: inout OutputBuffer) {
    output.beginFrame(isPairing ? .pairing : .hello, length: 3 + Nonce.byteCount + hub.count)
    output.append(NodeHandshake.version)
    output.append(nonce)
    output.append(named: hub)
  }

  /// Takes the node's answer, appends the hub's proof, and has a session.
  public func takeChallenge(
    _ frame: ByteText, answer output: inout OutputBuffer
  ) throws(SessionError) -> SealedSession {
    let type = FrameType(rawValue: frame.count > 0 ? frame[0] : 0)
    guard type == .challenge else { throw .unexpected(type) }
    let tagStart = 1 + Nonce.byteCount
    guard frame.count == tagStart + SHA256Digest.byteCount,
      let tag = SHA256Digest(frame.bytes.extracting(tagStart..<frame.count))
    else { throw .malformed(type) }
    let transcript = Transcript(
      node: node, hub: hub, hubNonce: nonce, nodeNonce: Nonce(frame.bytes, at: 1))
    guard transcript.tag(.nodeProof, key) == tag else { throw .badTag }
    let proof = transcript.tag(.hubProof, key)
    output.beginFrame(.proof, length: 1 + SHA256Digest.byteCount)
    output.append(ByteText(proof.bytes))
    return SealedSession(
      sealing: transcript.sessionKey(.toNode, key), opening: transcript.sessionKey(.toHub, key))
  }
}
