// Says `unsafe` where bytes in arrays are seen as text.

internal import MartletDWN
internal import MartletDevice
internal import MartletHTTP
internal import MartletWire

/// What the engine keeps of one connection. Only the engine uses it, and an engine has one owner.
final class DeviceLink: @unchecked Sendable {
  /// Why a connection must end.
  struct Broken: Error {
    let reason: String
  }

  let id: LinkID
  let address: DeviceAddress
  let start: Instant
  /// Whether its handshake is by a code that its node shows.
  let isPairing: Bool
  var isOpen = false
  var nextKeepAlive: Instant
  private var parser = NodeMessageParser()
  private var inner = NodeMessageParser()
  private var handshake: HubHandshake?
  private var session: SealedSession?
  private var output = OutputBuffer(capacity: 2400)

  private var refusal: Refusal?

  init(
    _ id: LinkID, to address: DeviceAddress, handshake: HubHandshake?, isPairing: Bool, now: Instant
  ) {
    self.id = id
    self.address = address
    self.handshake = handshake
    self.isPairing = isPairing
    start = now
    nextKeepAlive = now + DWN.period
  }

  /// Whether its node has proved that it holds the key.
  var isProved: Bool {
    switch session {
    case .none: false
    case .some: true
    }
  }

  /// Whether commands may go out: it is open, and what has to be proved is.
  var isReady: Bool { isOpen && handshake == nil }

  /// The first bytes of a handshake; none for a plain connection.
  func begin() -> [UInt8] {
    guard let handshake else { return [] }
    output.clear()
    handshake.emitHello(into: &output)
    return taken()
  }

  /// A message as it goes out, sealed once both ends are proved.
  func wrap(_ bytes: [UInt8]) -> [UInt8] {
    guard isProved else { return bytes }
    output.clear()
    session?.seal(.messages, unsafe ByteText(bytes.span.bytes), into: &output)
    return taken()
  }

  /// The sealed command that opens a valve to the second; `nil` on a plain connection.
  func opening(valve: Int, seconds: Int) -> [UInt8]? {
    guard isProved, let opening = ValveOpening(valve: valve, seconds: seconds) else { return nil }
    var payload = OutputBuffer(capacity: 8)
    opening.emit(into: &payload)
    output.clear()
    session?.seal(.open, ByteText(payload.bytes), into: &output)
    return taken()
  }

  private func taken() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(output.count)
    for index in 0..<output.count { bytes.append(output.bytes.load(UInt8.self, at: index)) }
    return bytes
  }

  /// Takes what has come, and gives each message to `body`; what has to be answered at once is
  /// given to `answer`.
  func receive(
    _ bytes: [UInt8], answer: ([UInt8]) -> Void, _ body: (DeviceMessage?) -> Void
  ) throws(Broken) {
    var offset = 0
    do throws(StreamError) {
      while let message = try unsafe parser.next(in: bytes.span.bytes, at: &offset) {
        do throws(SessionError) {
          try take(message, answer: answer, body)
        } catch {
          throw StreamError.unexpected(0x01)
        }
      }
    } catch {
      throw Broken(reason: describe(error))
    }
  }

  private func describe(_ error: StreamError) -> String {
    switch refusal {
    case .notPaired: return "says that it is not paired any more"
    case .badProof: return "does not believe that this hub holds its key"
    case .busy: return "says that another hub commands it"
    case .noWindow: return "has no pairing window open; open one at the node"
    case nil: break
    }
    return switch error {
    case .unexpected(0x01) where handshake != nil && isPairing: "shows another code than that"
    case .unexpected(0x01) where handshake != nil: "does not prove to hold its key"
    case .unexpected(0x01): "sent a frame that is not its own"
    case .unexpected(let byte): "sent byte 0x\(String(byte, radix: 16)), which begins no message"
    case .objectTooLong: "sent an object of more than 2,000 bytes"
    case .badFrameLength(let length): "sent a frame of \(length) bytes"
    }
  }

  private func take(
    _ message: NodeMessage, answer: ([UInt8]) -> Void, _ body: (DeviceMessage?) -> Void
  ) throws(SessionError) {
    guard case .frame = message else {
      // A plain word on a proved connection is not the node's.
      guard !isProved else { throw .unexpected(.messages) }
      if handshake == nil { body(Self.message(message, parser.bodyBytes)) }
      return
    }
    let frame = parser.bodyBytes
    if isProved {
      try takeSealed(frame, body)
    } else if let handshake {
      refusal = unsafe Refusal(ByteText(frame.span.bytes))
      output.clear()
      session = try handshake.takeChallenge(
        unsafe ByteText(frame.span.bytes), answer: &output)
      self.handshake = nil
      answer(taken())
      body(nil)
    } else {
      throw .unexpected(.messages)
    }
  }

  private func takeSealed(
    _ frame: [UInt8], _ body: (DeviceMessage?) -> Void
  ) throws(SessionError) {
    guard let (type, range) = try session?.open(unsafe ByteText(frame.span.bytes)) else { return }
    guard type == .messages else { throw .unexpected(type) }
    let bytes = Array(frame[range])
    var offset = 0
    do throws(StreamError) {
      while let message = try unsafe inner.next(in: bytes.span.bytes, at: &offset) {
        guard message != .frame else { throw StreamError.unexpected(0x01) }
        body(Self.message(message, inner.bodyBytes))
      }
    } catch {
      throw .malformed(.messages)
    }
  }

  private static func message(_ message: NodeMessage, _ body: [UInt8]) -> DeviceMessage? {
    switch message {
    case .heartbeat, .frame: nil
    case .changed(let mask), .status(let mask): .mask(mask)
    case .object: .object(body)
    }
  }
}
