import MartletWire

/// Takes the requests out of a connection's bytes (RFC 9112), in whatever pieces they come.
///
/// ```swift
/// var offset = 0
/// while let event = try parser.next(in: received, at: &offset) {
///   switch event {
///   case .head: route(parser.head)
///   case .body(let range): append(received.extracting(range))
///   case .end: answer()
///   }
/// }
/// ```
///
/// It is strict where leniency lets two readers see two messages: bare line feeds, folded fields,
/// blanks before a colon, repeated or doubtful lengths are refused. How the bytes are cut changes
/// nothing but the pieces in which a body is given. After an error every call throws it again.
public struct RequestParser: ~Copyable {
  /// What was found next.
  public enum Event: Equatable, Sendable {
    /// The head is complete: see ``RequestParser/head``.
    case head
    /// A piece of the body, at this range of the input.
    case body(Range<Int>)
    /// The request is complete. What follows is the next one.
    case end
  }

  enum State: Equatable {
    case line(start: Int)
    case lengthBody(left: Int)
    case chunkSize(digits: Int)
    case chunkExtension
    case chunkData(left: Int)
    /// A line feed is due, after the chunk's size or after its data.
    case chunkEnd(isSize: Bool)
    case trailer(start: Int)
    case failed(RequestError)
  }

  /// The longest method in IANA's registry has 17 letters.
  static var longestMethod: Int { 17 }

  let limits: Limits
  var state = State.line(start: 0)
  var chunkLineLength = 0
  var chunkSize = 0
  var bodyLength = 0
  var hasSkippedEmptyLine = false

  /// The head of the request that was last begun. Whole from ``Event/head`` until the first byte
  /// after ``Event/end``.
  public private(set) var head: RequestHead

  /// Makes a parser for a new connection. This allocates the head's memory, and nothing does later.
  public init(limits: Limits = Limits()) {
    var limits = limits
    // So that the next digit of a chunk's size cannot overflow.
    limits.bodyLength = min(limits.bodyLength, Int.max >> 5)
    self.limits = limits
    head = RequestHead(limits: limits)
  }

  /// Begins anew, for another connection. What was allocated is used again.
  public mutating func reset() {
    state = .line(start: 0)
    beginRequest()
  }

  /// Whether no request is begun: a connection may be closed here without an answer.
  public var isIdle: Bool { state == .line(start: 0) && (head.bytes.isEmpty || isFinished) }

  /// Whether the head is that of a finished request.
  private var isFinished = false

  /// Looks for the next event from `offset` on and moves `offset` past what it has taken; `nil` when
  /// the input is used up.
  public mutating func next(
    in input: RawSpan, at offset: inout Int
  ) throws(RequestError) -> Event? {
    if case .failed(let error) = state { throw error }
    do throws(RequestError) {
      return try step(input, &offset)
    } catch {
      state = .failed(error)
      throw error
    }
  }

  private mutating func step(
    _ input: RawSpan, _ offset: inout Int
  ) throws(RequestError) -> Event? {
    while true {
      switch state {
      case .lengthBody(left: 0):
        return finishRequest()
      case .lengthBody(let left):
        guard let range = piece(of: left, in: input, &offset) else { return nil }
        state = .lengthBody(left: left - range.count)
        return .body(range)
      case .chunkData(let left) where left > 0:
        guard let range = piece(of: left, in: input, &offset) else { return nil }
        state = .chunkData(left: left - range.count)
        return .body(range)
      default:
        guard offset < input.byteCount else { return nil }
        let byte = input.load(UInt8.self, at: offset)
        offset += 1
        if let event = try take(byte) { return event }
      }
    }
  }

  /// As much of the body as the input has, up to `left` bytes.
  private func piece(of left: Int, in input: RawSpan, _ offset: inout Int) -> Range<Int>? {
    let end = offset + min(left, max(0, input.byteCount - offset))
    guard end > offset else { return nil }
    defer { offset = end }
    return offset..<end
  }

  private mutating func take(_ byte: UInt8) throws(RequestError) -> Event? {
    switch state {
    case .line(let start):
      if isFinished { beginRequest() }
      guard let line = try takeLineByte(byte, start: start) else { return nil }
      return try takeHeadLine(line)
    case .trailer(let start):
      guard let line = try takeLineByte(byte, start: start) else { return nil }
      state = .trailer(start: head.bytes.count)
      if line.isEmpty { return finishRequest() }
      _ = try head.checkField(line)
      return nil
    case .chunkSize, .chunkExtension, .chunkEnd, .chunkData:
      try takeChunkByte(byte)
      return nil
    case .lengthBody, .failed:
      return nil
    }
  }

  private mutating func beginRequest() {
    head.clear()
    isFinished = false
    hasSkippedEmptyLine = false
    bodyLength = 0
  }

  private mutating func finishRequest() -> Event {
    state = .line(start: 0)
    isFinished = true
    return .end
  }

  /// Adds a byte to the line that began at `start`; gives the line when it is complete.
  private mutating func takeLineByte(
    _ byte: UInt8, start: Int
  ) throws(RequestError) -> Range<Int>? {
    let previous = head.bytes.count > start ? head.bytes[head.bytes.count - 1] : 0
    guard (byte == .lineFeed) == (previous == .carriageReturn) else { throw .badLineEnd }
    guard head.bytes.count < limits.headLength else {
      throw start == 0 ? tooLongRequestLine() : .headTooLong
    }
    head.bytes.append(byte)
    if start == 0, byte != .lineFeed { try checkRequestLineLength() }
    return byte == .lineFeed ? start..<head.bytes.count - 2 : nil
  }

  /// A request line may be refused before its end, so that the right limit names the reason.
  private func checkRequestLineLength() throws(RequestError) {
    // Method, space, target, space, version and carriage return.
    guard head.bytes.count > limits.targetLength + Self.longestMethod + 11 else { return }
    throw tooLongRequestLine()
  }

  private func tooLongRequestLine() -> RequestError {
    let longest = min(head.bytes.count, Self.longestMethod + 1)
    for index in 0..<longest where head.bytes[index] == .space { return .targetTooLong }
    return .methodTooLong
  }

  private mutating func takeHeadLine(_ line: Range<Int>) throws(RequestError) -> Event? {
    if line.lowerBound == 0 {
      if line.isEmpty, !hasSkippedEmptyLine {
        // RFC 9112 section 2.2: an empty line before the request line is ignored.
        hasSkippedEmptyLine = true
        head.bytes.removeAll(keepingCapacity: true)
        return nil
      }
      try head.parseRequestLine(line, limits: limits)
    } else if line.isEmpty {
      try head.finish(limits: limits)
      switch head.framing {
      case .length(let length): state = .lengthBody(left: length)
      case .chunked: beginChunk()
      }
      return .head
    } else {
      try head.parseField(line, limits: limits)
    }
    state = .line(start: head.bytes.count)
    return nil
  }
}
