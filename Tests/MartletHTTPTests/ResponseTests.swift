import MartletHTTP
import Testing

@Suite struct ResponseTests {
  @Test func aPageHasItsLength() {
    var buffer = OutputBuffer(capacity: 500)
    buffer.appendPage(contentType: "text/plain", body: "hello", keepsAlive: true)
    let page = """
      HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\
      Connection: keep-alive\r\n\r\nhello
      """
    #expect(string(buffer) == page)
  }

  @Test func aHeadRequestGetsTheHeadAlone() {
    var buffer = OutputBuffer(capacity: 500)
    buffer.appendPage(contentType: "text/plain", body: "hello", keepsAlive: false, isHead: true)
    #expect(string(buffer).hasSuffix("Content-Length: 5\r\nConnection: close\r\n\r\n"))
  }

  @Test func anErrorPageNamesTheMethodsThatAreAllowed() {
    var buffer = OutputBuffer(capacity: 500)
    buffer.appendErrorPage(.methodNotAllowed, allow: [.get, .post], keepsAlive: true)
    #expect(string(buffer).contains("\r\nContent-Length: 23\r\n"))
    #expect(string(buffer).hasSuffix("\r\nAllow: GET, HEAD, POST\r\n\r\n405 Method Not Allowed\n"))
  }

  @Test func aStreamIsChunked() {
    var buffer = OutputBuffer(capacity: 500)
    let chunk = buffer.beginChunk()
    buffer.append("data: 1\n\n")
    buffer.endChunk(chunk)
    let empty = buffer.beginChunk()
    buffer.endChunk(empty)
    buffer.endChunks()
    #expect(string(buffer) == "0009\r\ndata: 1\n\n\r\n0\r\n\r\n")
  }

  @Test func whatDoesNotFitIsNoticed() {
    for capacity in 0..<10 {
      var buffer = OutputBuffer(capacity: capacity)
      let chunk = buffer.beginChunk()
      buffer.append("abc")
      buffer.endChunk(chunk)
      let (count, hasOverflowed) = (buffer.count, buffer.hasOverflowed)
      #expect(count <= capacity)
      #expect(hasOverflowed)
    }
  }

  @Test func aFieldCannotEndItsLine() {
    let value = Array("a\r\nSet-Cookie: b".utf8)
    var buffer = OutputBuffer(capacity: 500)
    let isTaken = buffer.append(field: "Location", ByteText(unsafe value.span.bytes))
    #expect(!isTaken)
    #expect(string(buffer).isEmpty)
  }

  @Test func htmlIsEscaped() {
    let value = Array("<a href=\"'&'\">".utf8)
    var buffer = OutputBuffer(capacity: 500)
    buffer.append(html: ByteText(unsafe value.span.bytes))
    #expect(string(buffer) == "&lt;a href=&quot;&#39;&amp;&#39;&quot;&gt;")
  }

  static let requests: [(String, String)] = [
    ("GET /", "found(1)"), ("HEAD /", "found(1)"), ("POST /led", "found(2)"),
    ("GET /x", "notFound"),
    ("GET /led", "methodNotAllowed"), ("PATCH /", "notImplemented"), ("GET /?x", "found(1)"),
  ]

  @Test(arguments: requests)
  func aRequestIsRouted(line: String, result: String) throws {
    let router = Router([.init(.get, "/", 1), .init(.post, "/led", 2)])
    let bytes = Array("\(line) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    var parser = RequestParser()
    var offset = 0
    _ = try parser.next(in: unsafe bytes.span.bytes, at: &offset)
    #expect("\(router.route(parser.head))".hasPrefix(result))
  }

  @Test func aFormIsReadPairByPair() {
    let bytes = Array("a=1&&b=x%20y+z&c&=d&e=f=g&h=%4".utf8)
    var reader = FormReader(ByteText(unsafe bytes.span.bytes))
    var pairs: [String] = []
    while let pair = reader.next() {
      var buffer = OutputBuffer(capacity: 50)
      let isGood = buffer.append(formDecoded: pair.value)
      pairs.append("\(string(pair.name)):\(isGood ? string(buffer) : "bad")")
    }
    #expect(pairs == ["a:1", "b:x y z", "c:", ":d", "e:f=g", "h:bad"])
  }
}
