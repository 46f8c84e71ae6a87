import MartletDWN
import MartletHTTP

extension FuzzTarget {
  static func advert(_ bytes: RawSpan) {
    guard let advert = try? Advert(parsing: ByteText(bytes)) else { return }
    var output = OutputBuffer(capacity: 4096)
    advert.emit(into: &output)
    check((try? Advert(parsing: ByteText(output.bytes))) == advert, "an advert comes back")
  }

  /// The first byte says in pieces of which size the stream comes; likewise below.
  static func hub(_ bytes: RawSpan) {
    guard bytes.byteCount > 0 else { return }
    let piece = 1 + Int([UInt8](bytes)[0] & 63)
    let stream = bytes.extracting(1..<bytes.byteCount)
    check(
      hubMessages(stream, piece: max(1, stream.byteCount)) == hubMessages(stream, piece: piece),
      "the size of the pieces does not matter")
  }

  private static func hubMessages(_ stream: RawSpan, piece: Int) -> [String] {
    var parser = HubMessageParser()
    return inPieces(stream, piece) { (input, offset) throws(StreamError) in
      guard let message = try parser.next(in: input, at: &offset) else { return nil }
      if case .command = message { return "\(message)" }
      return "\(message) \([UInt8](parser.body.bytes))"
    }
  }

  static func node(_ bytes: RawSpan) {
    guard bytes.byteCount > 0 else { return }
    let piece = 1 + Int([UInt8](bytes)[0] & 63)
    let stream = bytes.extracting(1..<bytes.byteCount)
    check(
      nodeMessages(stream, piece: max(1, stream.byteCount)) == nodeMessages(stream, piece: piece),
      "the size of the pieces does not matter")
  }

  private static func nodeMessages(_ stream: RawSpan, piece: Int) -> [String] {
    var parser = NodeMessageParser()
    return inPieces(stream, piece) { (input, offset) throws(StreamError) in
      try parser.next(in: input, at: &offset).map { "\($0)" }
    }
  }

  private static func inPieces(
    _ stream: RawSpan, _ piece: Int,
    _ next: (RawSpan, inout Int) throws(StreamError) -> String?
  ) -> [String] {
    var messages: [String] = []
    var start = 0
    while start < stream.byteCount {
      let input = stream.extracting(start..<min(start + piece, stream.byteCount))
      start += input.byteCount
      var offset = 0
      do throws(StreamError) {
        while let message = try next(input, &offset) { messages.append(message) }
      } catch {
        return messages + ["\(error)"]
      }
    }
    return messages
  }
}
