internal import MartletDigest
public import MartletHTTP

/// A node's side of a handshake.
public struct NodeHandshake {
  /// The version of the handshake and of what follows it.
  static var version: UInt8 { 1 }

  private let key: PairingKey
  private let node: ShortText
  private let greeting: FrameType
  private var transcript: Transcript?

  /// For the node of this name. With `isPairing` the key is that of the code which it shows.
  public init(key: PairingKey, node: ShortText, isPairing: Bool = false) {
    greeting = isPairing ? .pairing : .hello
    self.key = key
    self.node = node
  }

  /// Takes a hub's beginning and appends the node's proof. `nonce` is drawn for this alone.
  public mutating func takeHello(
    _ frame: ByteText, nonce: Nonce, answer output: inout OutputBuffer
  ) throws(SessionError) {
    let type = FrameType(rawValue: frame.count > 0 ? frame[0] : 0)
    guard type == greeting, transcript == nil else { throw .unexpected(type) }
    let nameStart = 3 + Nonce.byteCount
    guard frame.count > nameStart, frame[1] == Self.version,
      frame.count == nameStart + Int(frame[nameStart - 1]),
      let hub = ShortText(frame.part(nameStart..<frame.count)), hub.isIdentifier
    else { throw .malformed(type) }
    let transcript = Transcript(
      node: node, hub: hub, hubNonce: Nonce(frame.bytes, at: 2), nodeNonce: nonce)
    self.transcript = transcript
    let tag = transcript.tag(.nodeProof, key)
    output.beginFrame(.challenge, length: 1 + Nonce.byteCount + SHA256Digest.byteCount)
    output.append(nonce)
    output.append(ByteText(tag.bytes))
  }

  /// Takes the hub's proof, and has a session. A handshake ends here, whatever came.
  public mutating func takeProof(_ frame: ByteText) throws(SessionError) -> SealedSession {
    let type = FrameType(rawValue: frame.count > 0 ? frame[0] : 0)
    guard type == .proof, let transcript else { throw .unexpected(type) }
    self.transcript = nil
    guard frame.count == 1 + SHA256Digest.byteCount,
      let tag = SHA256Digest(frame.bytes.extracting(1..<frame.count))
    else { throw .malformed(type) }
    guard transcript.tag(.hubProof, key) == tag else { throw .badTag }
    return SealedSession(
      sealing: transcript.sessionKey(.toHub, key), opening: transcript.sessionKey(.toNode, key))
  }
}
