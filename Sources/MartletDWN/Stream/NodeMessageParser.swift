public import MartletHTTP
internal import MartletWire

/// Takes a node's messages out of its connection's bytes, in whatever pieces they come.
///
/// ```swift
/// var offset = 0
/// while let message = try parser.next(in: received, at: &offset) {
///   switch message {
///   case .changed(let mask), .status(let mask): show(mask)
///   case .object: read(parser.body)
///   …
///   }
/// }
/// ```
///
/// The plain protocol has no lengths and no ends, but its first byte says how long a message is, so
/// that the stream can be read exactly. After an error every call throws it again.
public struct NodeMessageParser {
  private enum State {
    case boundary
    case heartbeat(count: Int)
    case mask(isStatus: Bool)
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

  /// Looks for the next message from `offset` on and moves `offset` past what it has taken; `nil`
  /// when the input is used up.
  public mutating func next(
    in input: RawSpan, at offset: inout Int
  ) throws(StreamError) -> NodeMessage? {
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

  private mutating func take(_ byte: UInt8) throws(StreamError) -> NodeMessage? {
    switch state {
    case .failed(let error): throw error
    case .boundary:
      try begin(byte)
      return nil
    case .heartbeat(let count):
      guard byte == DWN.heartbeat[count] else { throw .unexpected(byte) }
      guard count == DWN.heartbeat.count - 1 else {
        state = .heartbeat(count: count + 1)
        return nil
      }
      state = .boundary
      return .heartbeat
    case .mask(let isStatus):
      state = .boundary
      return isStatus ? .status(byte) : .changed(byte)
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
    case 0x52: state = .mask(isStatus: false)
    case 0x53: state = .mask(isStatus: true)
    case 0x79: state = .heartbeat(count: 1)
    case 0x7B:
      gathered.beginObject()
      state = .object
    default: throw .unexpected(byte)
    }
  }
}
