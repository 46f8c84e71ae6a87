public import MartletHTTP
internal import MartletWire

/// Takes a hub's commands out of its connection's bytes, in whatever pieces they come.
///
/// It stops at the first byte that can not belong to a command, and for good: a browser that is
/// lured into asking this port for a page must not find `a1` somewhere in its request.
/// After an error every call throws it again.
public struct HubMessageParser {
  private enum State {
    case boundary
    case action(subject: UInt8)
    case object
    case frame
    case failed(StreamError)
  }

  private var state = State.boundary
  private var gathered: MessageBody

  /// Makes a parser for a new connection, for objects and frames of at most `limit` bytes.
  public init(limit: Int = DWN.maximumLength) {
    gathered = MessageBody(limit: limit)
  }

  /// The object, or the frame's type and body, that was last found.
  public var body: ByteText {
    @_lifetime(borrow self)
    borrowing get { gathered.text }
  }

  /// The same as elements: shared, and copied only if the parser goes on while they are held.
  public var bodyBytes: [UInt8] { gathered.bytes }

  /// Whether no message is begun.
  public var isAtBoundary: Bool {
    if case .boundary = state { return true }
    return false
  }

  /// Whether half a command has come: after ``DWN/halfCommandTime`` it is dropped.
  public var hasHalfCommand: Bool {
    if case .action = state { return true }
    return false
  }

  /// Forgets half a command.
  public mutating func dropHalfCommand() {
    if hasHalfCommand { state = .boundary }
  }

  /// Begins anew, for another connection. What was allocated is used again.
  public mutating func reset() { state = .boundary }

  /// Looks for the next message from `offset` on and moves `offset` past what it has taken; `nil`
  /// when the input is used up.
  public mutating func next(
    in input: RawSpan, at offset: inout Int
  ) throws(StreamError) -> HubMessage? {
    while offset < input.byteCount {
      let byte = input.load(UInt8.self, at: offset)
      offset += 1
      do throws(StreamError) {
        if let message = try take(byte) { return message }
      } catch {
        state = .failed(error)
        throw error
      }
    }
    if case .failed(let error) = state { throw error }
    return nil
  }

  private mutating func take(_ byte: UInt8) throws(StreamError) -> HubMessage? {
    switch state {
    case .failed(let error): throw error
    case .boundary:
      try begin(byte)
      return nil
    case .action(let subject):
      state = .boundary
      return .command(HubCommand(subject, byte))
    case .object:
      guard try gathered.take(byte) else { return nil }
      state = .boundary
      return .object
    case .frame:
      guard try gathered.take(byte) else { return nil }
      state = .boundary
      return .frame
    }
  }

  private mutating func begin(_ byte: UInt8) throws(StreamError) {
    switch byte {
    case 0x00, 0x0A, 0x0D: break
    case 0x01:
      gathered.beginFrame()
      state = .frame
    case 0x7B:
      gathered.beginObject()
      state = .object
    case _ where HubCommand.begins(with: byte): state = .action(subject: byte)
    default: throw .unexpected(byte)
    }
  }
}
