internal import MartletDigest
internal import MartletHTTP
internal import MartletWire

/// What both ends have said in a handshake; what is proved is proved of all of it.
struct Transcript {
  let node: ShortText
  let hub: ShortText
  let hubNonce: Nonce
  let nodeNonce: Nonce

  /// Whose bytes these are. Each has its own words, so that nothing that one end has said can be
  /// sent back to it as the other's.
  enum Purpose {
    case nodeProof, hubProof, toNode, toHub

    var label: Literal {
      switch self {
      case .nodeProof: "DWN1 node"
      case .hubProof: "DWN1 hub"
      case .toNode: "DWN1 to node"
      case .toHub: "DWN1 to hub"
      }
    }
  }

  /// The tag that proves an end.
  func tag(_ purpose: Purpose, _ key: PairingKey) -> SHA256Digest {
    var output = OutputBuffer(capacity: 192)
    write(purpose, into: &output)
    return HMACKey(data: key.bytes).authenticationCode(for: output.bytes)
  }

  /// The key of one direction.
  func sessionKey(_ purpose: Purpose, _ key: PairingKey) -> HMACKey {
    var salt = OutputBuffer(capacity: 32)
    salt.append(hubNonce)
    salt.append(nodeNonce)
    var info = OutputBuffer(capacity: 192)
    write(purpose, into: &info)
    return HMACKey(expanding: key, salt: salt.bytes, info: info.bytes)
  }

  /// The label, a zero byte, both names with their lengths, both nonces.
  private func write(_ purpose: Purpose, into output: inout OutputBuffer) {
    output.append(purpose.label)
    output.append(0)
    output.append(named: node)
    output.append(named: hub)
    output.append(hubNonce)
    output.append(nodeNonce)
  }
}

extension OutputBuffer {
  mutating func append(_ nonce: Nonce) {
    append(bigEndian: nonce.high)
    append(bigEndian: nonce.low)
  }

  mutating func append(bigEndian value: UInt64) {
    for byte in 0..<8 { append(UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * byte))) }
  }

  mutating func append(named text: ShortText) {
    append(UInt8(truncatingIfNeeded: text.count))
    append(text.bytes)
  }

  /// Begins a frame whose type and body have so many bytes.
  mutating func beginFrame(_ type: FrameType, length: Int) {
    append(0x01)
    append(UInt8(truncatingIfNeeded: length >> 8))
    append(UInt8(truncatingIfNeeded: length))
    append(type.rawValue)
  }
}
