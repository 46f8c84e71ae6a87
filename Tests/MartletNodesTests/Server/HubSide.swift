import MartletDWN
import MartletDevice
import MartletHTTP
import MartletNodes
import MartletStack
import Testing

/// A hub's end of one connection, as our own hub speaks it.
final class HubSide {
  let handle: TCPHandle
  private let handshake: HubHandshake
  private var session: SealedSession?
  private var parser = NodeMessageParser()
  private(set) var messages: [String] = []
  private(set) var lastFrame: [UInt8] = []

  init(_ handle: TCPHandle, key: [UInt8], isPairing: Bool = false) throws {
    self.handle = handle
    handshake = HubHandshake(
      key: try #require(PairingKey(key)), node: "5ccf7f0a1b2c", hub: "house",
      nonce: Nonce(high: 1, low: 2), isPairing: isPairing)
  }

  var isProved: Bool {
    switch session {
    case .none: false
    case .some: true
    }
  }

  func begin(_ net: inout HomeNetwork) {
    var output = OutputBuffer(capacity: 200)
    handshake.emitHello(into: &output)
    net.send(output.array, on: handle)
  }

  func open(_ net: inout HomeNetwork) throws {
    begin(&net)
    net.run(for: .milliseconds(100))
    try read(&net)
    net.run(for: .milliseconds(100))
    try read(&net)
  }

  func open(_ valve: Int, seconds: Int, _ net: inout HomeNetwork) {
    var payload = OutputBuffer(capacity: 3)
    ValveOpening(valve: valve, seconds: seconds)?.emit(into: &payload)
    seal(.open, payload.array, &net)
  }

  func send(_ bytes: [UInt8], _ net: inout HomeNetwork) { seal(.messages, bytes, &net) }

  private func seal(_ type: FrameType, _ payload: [UInt8], _ net: inout HomeNetwork) {
    var output = OutputBuffer(capacity: 1000)
    unsafe session?.seal(type, ByteText(payload.span.bytes), into: &output)
    let frame = output.array
    lastFrame = frame
    _ = try? unsafe net.host.send(frame.span.bytes, on: handle, now: net.now)
    net.run(for: .milliseconds(1))
  }

  func read(_ net: inout HomeNetwork) throws {
    while let bytes = try net.read(handle), !bytes.isEmpty {
      var offset = 0
      while let message = try next(in: bytes, at: &offset) {
        let body = parser.bodyBytes
        guard message == .frame else {
          note(message, body)
          continue
        }
        try take(body, &net)
      }
    }
  }

  private func next(in bytes: [UInt8], at offset: inout Int) throws -> NodeMessage? {
    try unsafe parser.next(in: bytes.span.bytes, at: &offset)
  }

  private func take(_ body: [UInt8], _ net: inout HomeNetwork) throws {
    if isProved {
      guard let (_, range) = try unsafe session?.open(ByteText(body.span.bytes)) else { return }
      var inner = NodeMessageParser()
      var offset = 0
      let payload = Array(body[range])
      while let message = try unsafe inner.next(in: payload.span.bytes, at: &offset) {
        note(message, inner.bodyBytes)
      }
    } else if unsafe Refusal(ByteText(body.span.bytes)) == nil {
      var output = OutputBuffer(capacity: 200)
      messages = []
      session = try unsafe handshake.takeChallenge(ByteText(body.span.bytes), answer: &output)
      net.send(output.array, on: handle)
    }
  }

  private func note(_ message: NodeMessage, _ body: [UInt8]) {
    switch message {
    case .heartbeat: messages.append("yo")
    case .changed(let mask): messages.append("R\(mask)")
    case .status(let mask): messages.append("S\(mask)")
    default: messages.append(String(decoding: body, as: UTF8.self))
    }
  }
}

extension OutputBuffer {
  var array: [UInt8] { ByteText(bytes).array }
}

extension ByteText {
  var array: [UInt8] { (0..<count).map { self[$0] } }
}
