import MartletHTTP

/// What a parser made of a connection's bytes, as lines: one for each head, its body, its error.
struct Transcript: Equatable {
  var lines: [String] = []
  var body: [UInt8] = []

  /// Parses the bytes, cut at the given places.
  init(_ bytes: [UInt8], cuts: [Int] = [], limits: Limits = Limits()) {
    var parser = RequestParser(limits: limits)
    var start = 0
    for end in cuts + [bytes.count] {
      let piece = Array(bytes[start..<end])
      start = end
      guard take(piece, &parser) else { return }
    }
    if !parser.isIdle { lines.append("unfinished") }
  }

  init(_ text: String, limits: Limits = Limits()) {
    self.init(Array(text.utf8), limits: limits)
  }

  private mutating func take(_ piece: [UInt8], _ parser: inout RequestParser) -> Bool {
    let input = unsafe piece.span.bytes
    var offset = 0
    do throws(RequestError) {
      while let event = try parser.next(in: input, at: &offset) {
        switch event {
        case .head: lines.append(Self.describe(parser.head))
        case .body(let range): body += piece[range]
        case .end:
          if !body.isEmpty { lines.append("body \(String(decoding: body, as: UTF8.self))") }
          body = []
        }
      }
      return true
    } catch {
      lines.append("\(error) \(error.status.rawValue)")
      return false
    }
  }

  private static func describe(_ head: borrowing RequestHead) -> String {
    var text = "\(head.method) \(string(head.path))"
    if head.query.count > 0 { text += " ? \(string(head.query))" }
    text += head.isVersion11 ? " 1.1" : " 1.0"
    text += head.keepsAlive ? " keep" : " close"
    if head.expectsContinue { text += " expects" }
    return text
  }
}

func string(_ text: ByteText) -> String {
  String(decoding: (0..<text.count).map { text[$0] }, as: UTF8.self)
}

func string(_ buffer: borrowing OutputBuffer) -> String {
  string(ByteText(buffer.bytes))
}
