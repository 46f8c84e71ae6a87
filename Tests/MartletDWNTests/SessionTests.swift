import MartletDWN
import MartletHTTP
import Testing

/// The authenticated mode: known bytes, and everything that must not be believed.
@Suite struct SessionTests {
  static let key = Array(UInt8(0)..<32)
  static let hubNonce = Nonce(high: 0xA0A1_A2A3_A4A5_A6A7, low: 0xA8A9_AAAB_ACAD_AEAF)
  static let nodeNonce = Nonce(high: 0xC0C1_C2C3_C4C5_C6C7, low: 0xC8C9_CACB_CCCD_CECF)

  // Written by a second implementation, in Python, from Documentation/DWN.md.
  static let helloBytes =
    "0100180101a0a1a2a3a4a5a6a7a8a9aaabacadaeaf05686f757365"
  static let challengeBytes =
    "01003102c0c1c2c3c4c5c6c7c8c9cacbcccdcecf9e224a3235de26d0a0c00aac227bd6ea99b99581"
    + "8815be5db66d2972681e9975"
  static let proofBytes =
    "01002103a0843d89e9dc82d01719592194c8d0d23f91e4a8526c761314149d4b6b82a9ad"
  static let statusBytes =
    "01001b10000000000000000053003b6658b63eec1736b19735dcc884f8ee"
  static let openBytes =
    "01001c11000000000000000001005a93a330f916694cd0ffa69d018d2588fa"
  static let closeBytes =
    "01001b10000000000000000160303af783663cdda9985a0e803056ea8076"

  /// A session's two ends, after the handshake.
  struct Pair: ~Copyable {
    var hub: SealedSession
    var node: SealedSession
  }

  static func pairingKey(_ bytes: [UInt8] = key) throws -> PairingKey {
    try #require(PairingKey(bytes))
  }

  /// A frame's type and body, without its mark and length.
  static func body(_ frame: [UInt8]) -> [UInt8] { Array(frame.dropFirst(3)) }

  static func hubHandshake(_ key: [UInt8] = key, node: ShortText = "5ccf7f0a1b2c") throws
    -> HubHandshake
  {
    HubHandshake(key: try pairingKey(key), node: node, hub: "house", nonce: hubNonce)
  }

  static func nodeHandshake(_ key: [UInt8] = key) throws -> NodeHandshake {
    NodeHandshake(key: try pairingKey(key), node: "5ccf7f0a1b2c")
  }

  /// Runs a handshake; what crosses may be changed on its way.
  static func handshake(
    hubKey: [UInt8] = key, nodeKey: [UInt8] = key, node: ShortText = "5ccf7f0a1b2c",
    change: (Int, inout [UInt8]) -> Void = { _, _ in }
  ) throws -> Pair {
    let hub = try hubHandshake(hubKey, node: node)
    var end = try nodeHandshake(nodeKey)
    var output = OutputBuffer(capacity: 200)
    hub.emitHello(into: &output)
    var hello = body(output.array)
    change(0, &hello)
    output.clear()
    try unsafe end.takeHello(ByteText(hello.span.bytes), nonce: nodeNonce, answer: &output)
    var challenge = body(output.array)
    change(1, &challenge)
    output.clear()
    let hubSession = try unsafe hub.takeChallenge(
      ByteText(challenge.span.bytes), answer: &output)
    var proof = body(output.array)
    change(2, &proof)
    let nodeSession = try unsafe end.takeProof(ByteText(proof.span.bytes))
    return Pair(hub: hubSession, node: nodeSession)
  }

  static func seal(
    _ session: inout SealedSession, _ type: FrameType, _ payload: [UInt8]
  ) -> [UInt8] {
    var output = OutputBuffer(capacity: 4096)
    unsafe session.seal(type, ByteText(payload.span.bytes), into: &output)
    return output.array
  }

  static func open(
    _ session: inout SealedSession, _ frame: [UInt8]
  ) throws(SessionError) -> (FrameType, [UInt8]) {
    let bytes = body(frame)
    let (type, payload) = try unsafe session.open(ByteText(bytes.span.bytes))
    return (type, Array(bytes[payload]))
  }

  @Test func framesAreAsTheSecondImplementationWritesThem() throws {
    var output = OutputBuffer(capacity: 500)
    let hub = try Self.hubHandshake()
    hub.emitHello(into: &output)
    let hello = output.array
    #expect(hello.hex == Self.helloBytes)
    output.clear()
    var node = try Self.nodeHandshake()
    let helloBody = Self.body(hello)
    try unsafe node.takeHello(
      ByteText(helloBody.span.bytes), nonce: Self.nodeNonce, answer: &output)
    let challenge = output.array
    #expect(challenge.hex == Self.challengeBytes)
    output.clear()
    let challengeBody = Self.body(challenge)
    var hubSession = try unsafe hub.takeChallenge(
      ByteText(challengeBody.span.bytes), answer: &output)
    let proof = output.array
    #expect(proof.hex == Self.proofBytes)
    let proofBody = Self.body(proof)
    var nodeSession = try unsafe node.takeProof(ByteText(proofBody.span.bytes))

    let status = Self.seal(&nodeSession, .messages, [0x53, 0])
    #expect(status.hex == Self.statusBytes)
    let opening = try #require(ValveOpening(valve: 1, seconds: 90))
    output.clear()
    opening.emit(into: &output)
    let open = Self.seal(&hubSession, .open, output.array)
    #expect(open.hex == Self.openBytes)
    let close = Self.seal(&hubSession, .messages, Array("`0".utf8))
    #expect(close.hex == Self.closeBytes)

    #expect(try Self.open(&hubSession, status) == (.messages, [0x53, 0]))
    #expect(try Self.open(&nodeSession, open) == (.open, [1, 0, 90]))
    #expect(try Self.open(&nodeSession, close) == (.messages, Array("`0".utf8)))
  }

  @Test func everyChangedBitEndsTheHandshake() throws {
    for step in 0..<3 {
      let length = [24, 49, 33][step]
      for bit in 0..<8 * length {
        let isRefused: Bool
        do {
          _ = try Self.handshake { number, bytes in
            if number == step { bytes[bit / 8] ^= 1 << UInt8(bit % 8) }
          }
          isRefused = false
        } catch { isRefused = error is SessionError }
        #expect(isRefused, "message \(step), bit \(bit)")
      }
    }
  }

  @Test func everyOtherLengthEndsTheHandshake() throws {
    for step in 0..<3 {
      for length in 0..<60 where length != [24, 49, 33][step] {
        let isRefused: Bool
        do {
          _ = try Self.handshake { number, bytes in
            guard number == step else { return }
            bytes = Array((bytes + [UInt8](repeating: 7, count: 60)).prefix(length))
          }
          isRefused = false
        } catch { isRefused = error is SessionError }
        #expect(isRefused, "message \(step), \(length) bytes")
      }
    }
  }

  @Test func strangerIsNotBelieved() {
    let other = Array(UInt8(1)...32)
    #expect(throws: SessionError.badTag) { _ = try Self.handshake(hubKey: other) }
    #expect(throws: SessionError.badTag) { _ = try Self.handshake(nodeKey: other) }
    // A node that has another's name, with the key of its own.
    #expect(throws: SessionError.badTag) { _ = try Self.handshake(node: "another") }
  }

  @Test func aNodesProofIsNoHubsProof() throws {
    #expect(throws: SessionError.badTag) {
      var challenge: [UInt8] = []
      _ = try Self.handshake { step, bytes in
        if step == 1 { challenge = bytes }
        if step == 2 { bytes = [3] + challenge.dropFirst(17) }
      }
    }
  }

  @Test func framesAreTakenOnceAndInOrder() throws {
    var pair = try Self.handshake()
    let first = Self.seal(&pair.hub, .messages, [0x61, 0x31])
    let second = Self.seal(&pair.hub, .messages, [0x60, 0x30])
    var error = Self.error { () throws(SessionError) in try Self.open(&pair.node, second) }
    #expect(error == .outOfOrder(expected: 0, 1))
    #expect(try Self.open(&pair.node, first) == (.messages, [0x61, 0x31]))
    error = Self.error { () throws(SessionError) in try Self.open(&pair.node, first) }
    #expect(error == .outOfOrder(expected: 1, 0))
    // What a hub has said can not be sent back to it.
    error = Self.error { () throws(SessionError) in try Self.open(&pair.hub, first) }
    #expect(error == .badTag)
  }

  @Test func sessionsAreApart() throws {
    var one = try Self.handshake()
    let frame = Self.seal(&one.hub, .messages, [0x61, 0x31])
    // The same hub nonce, but the node has drawn another.
    let hub = try Self.hubHandshake()
    var node = try Self.nodeHandshake()
    var output = OutputBuffer(capacity: 200)
    hub.emitHello(into: &output)
    let hello = Self.body(output.array)
    output.clear()
    try unsafe node.takeHello(
      ByteText(hello.span.bytes), nonce: Nonce(high: 1, low: 2), answer: &output)
    let challenge = Self.body(output.array)
    output.clear()
    _ = try unsafe hub.takeChallenge(ByteText(challenge.span.bytes), answer: &output)
    let proof = Self.body(output.array)
    var session = try unsafe node.takeProof(ByteText(proof.span.bytes))
    let error = Self.error { () throws(SessionError) in try Self.open(&session, frame) }
    #expect(error == .badTag)
  }

  @Test func everyChangedBitOfAFrameIsSeen() throws {
    for bit in 0..<8 * 27 {
      var pair = try Self.handshake()
      var frame = Self.seal(&pair.hub, .messages, [0x61, 0x31])
      frame[3 + bit / 8] ^= 1 << UInt8(bit % 8)
      let error = Self.error { () throws(SessionError) in try Self.open(&pair.node, frame) }
      #expect(error == .badTag)
    }
    for length in 0..<27 {
      var pair = try Self.handshake()
      let frame = Array(Self.seal(&pair.hub, .messages, [0x61, 0x31]).prefix(3 + length))
      let error = Self.error { () throws(SessionError) in try Self.open(&pair.node, frame) }
      #expect(error != nil)
    }
  }

  @Test func openingsHaveBounds() {
    #expect(ValveOpening(valve: 4, seconds: 1) == nil)
    #expect(ValveOpening(valve: 0, seconds: 0) == nil)
    #expect(ValveOpening(valve: 0, seconds: 1801) == nil)
    let bytes: [UInt8] = [3, 7, 8]
    #expect(
      unsafe ValveOpening(ByteText(bytes.span.bytes)) == ValveOpening(valve: 3, seconds: 1800))
    let longer: [UInt8] = [3, 0, 8, 0]
    #expect(unsafe ValveOpening(ByteText(longer.span.bytes)) == nil)
  }

  @Test func refusalsAreReadAsWritten() {
    for refusal in [Refusal.notPaired, .badProof, .busy] {
      var output = OutputBuffer(capacity: 10)
      refusal.emit(into: &output)
      let bytes = Self.body(output.array)
      #expect(unsafe Refusal(ByteText(bytes.span.bytes)) == refusal)
    }
    #expect(PairingKey([1, 2, 3]) == nil)
  }

  /// The error of a body that throws.
  static func error<Value>(_ body: () throws(SessionError) -> Value) -> SessionError? {
    do throws(SessionError) {
      _ = try body()
      return nil
    } catch { return error }
  }
}

extension [UInt8] {
  /// Two hexadecimal digits a byte.
  fileprivate var hex: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
