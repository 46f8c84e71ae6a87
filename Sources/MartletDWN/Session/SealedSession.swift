internal import MartletDigest
public import MartletHTTP
internal import MartletWire

/// A connection whose ends have proved who they are: every frame is known to be the peer's, whole,
/// in order and new. What is in it can be read by anyone on the way.
public struct SealedSession: ~Copyable {
  /// What a frame has beyond its payload and its mark and length: type, counter and tag.
  public static var overhead: Int { 1 + 8 + tagLength }

  static var tagLength: Int { 16 }

  private let sealing: HMACKey
  private let opening: HMACKey
  private var sent: UInt64 = 0
  private var received: UInt64 = 0

  init(sealing: consuming HMACKey, opening: consuming HMACKey) {
    self.sealing = sealing
    self.opening = opening
  }

  /// Appends a frame. It must fit, and be sent after those that were sealed before.
  public mutating func seal(
    _ type: FrameType, _ payload: ByteText, into output: inout OutputBuffer
  ) {
    output.beginFrame(type, length: Self.overhead + payload.count)
    let start = output.count - 1
    output.append(bigEndian: sent)
    output.append(payload)
    let tag = sealing.authenticationCode(for: output.bytes.extracting(start..<output.count))
    for index in 0..<Self.tagLength { output.append(tag[index]) }
    sent &+= 1
  }

  /// Checks a frame, given as its type and body, and says where its payload lies in that.
  public mutating func open(
    _ frame: ByteText
  ) throws(SessionError) -> (type: FrameType, payload: Range<Int>) {
    let type = FrameType(rawValue: frame.count > 0 ? frame[0] : 0)
    guard frame.count >= Self.overhead else { throw .malformed(type) }
    let end = frame.count - Self.tagLength
    let tag = opening.authenticationCode(for: frame.bytes.extracting(0..<end))
    var difference: UInt8 = 0
    for index in 0..<Self.tagLength { difference |= tag[index] ^ frame[end + index] }
    guard difference == 0 else { throw .badTag }
    let counter = frame.bytes.load(UInt64.self, at: 1)
    guard counter == received else { throw .outOfOrder(expected: received, counter) }
    received &+= 1
    return (type, 9..<end)
  }
}
