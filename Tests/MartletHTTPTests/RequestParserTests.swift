import MartletHTTP
import Testing

@Suite struct RequestParserTests {
  static let good: [(String, [String])] = [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["get / 1.1 keep"]),
    ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ["get / 1.1 keep"]),
    (
      "GET /a?b=c?d HTTP/1.1\r\nhost:a:80\r\nConnection: close\r\n\r\n",
      ["get /a ? b=c?d 1.1 close"]
    ),
    ("GET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\n\r\n", ["get /x ? y 1.1 keep"]),
    ("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n", ["options * 1.1 keep"]),
    ("PATCH / HTTP/1.7\r\nHost: a\r\n\r\n", ["other / 1.1 keep"]),
    ("GET / HTTP/1.0\r\n\r\n", ["get / 1.0 close"]),
    ("GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n", ["get / 1.0 keep"]),
    (
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n",
      ["get / 1.1 close"]
    ),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
      ["post / 1.1 keep", "body abc", "get /2 1.1 keep"]
    ),
    (
      "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nTransfer-Encoding: Chunked\r\n\r\n"
        + "3\r\nabc\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\nHEAD /h HTTP/1.1\r\nHost:a\r\n\r\n",
      ["put / 1.1 keep expects", "body abc0123456789", "head /h 1.1 keep"]
    ),
    ("GET / HTTP/1.1\r\nHost: a\r\n", ["unfinished"]),
  ]

  /// What RFC 9112 refuses, much of it known from attacks that smuggle a second request.
  static let bad: [(String, RequestError)] = [
    ("GET / HTTP/1.1\nHost: a\n\n", .badLineEnd),
    ("GET / HTTP/1.1\rHost: a\r\n\r\n", .badLineEnd),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n", .badLineEnd),
    ("\r\n\r\nGET / HTTP/1.1\r\n", .badRequestLine),
    ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
    ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .badRequestLine),
    ("GET /\r\nHost: a\r\n\r\n", .badRequestLine),
    ("GET / http/1.1\r\n", .badRequestLine),
    ("G\u{0}T / HTTP/1.1\r\n", .badRequestLine),
    ("GET / HTTP/2.0\r\n", .versionNotSupported),
    ("GET /\u{7F} HTTP/1.1\r\n", .badTarget),
    ("GET a HTTP/1.1\r\n", .badTarget),
    ("GET * HTTP/1.1\r\n", .badTarget),
    ("GET http:///x HTTP/1.1\r\n", .badTarget),
    ("CONNECT a:1 HTTP/1.1\r\n", .badTarget),
    ("GET / HTTP/1.1\r\n\r\n", .badHost),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .badHost),
    ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .badHost),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .badField),
    ("GET / HTTP/1.1\r\n: a\r\n\r\n", .badField),
    ("GET / HTTP/1.1\r\nHost\r\n\r\n", .badField),
    ("GET / HTTP/1.1\r\nX: a\u{0}\r\n\r\n", .badField),
    ("GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n", .foldedField),
    ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedField),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", .badContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n", .badContentLength),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\ncontent-length: 3\r\n\r\n",
      .badContentLength
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .badContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\n", .badContentLength),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551619\r\n\r\n",
      .badContentLength
    ),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
      .ambiguousLength
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", .badTransferEncoding),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", .badTransferEncoding
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .badTransferEncoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{B}chunked\r\n\r\n", .badField),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
      .badTransferEncoding
    ),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .badTransferEncoding),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      .codingNotImplemented
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", .expectationFailed),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4097\r\n\r\n", .bodyTooLong),
    ("\(String(repeating: "A", count: 18)) / HTTP/1.1\r\n", .methodTooLong),
    (String(repeating: "A", count: 4_000), .methodTooLong),
    ("GET /\(String(repeating: "a", count: 512)) HTTP/1.1\r\n", .targetTooLong),
    ("GET /\(String(repeating: "a", count: 4_000))", .targetTooLong),
    ("GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 4_000))", .headTooLong),
    ("GET / HTTP/1.1\r\n\(String(repeating: "A: b\r\n", count: 33))\r\n", .tooManyFields),
  ]

  /// Chunked bodies that are refused, after a good head.
  static let badChunks: [(String, RequestError)] = [
    ("\r\n", .badChunk), ("g\r\n", .badChunk), ("-1\r\n", .badChunk), ("0x1\r\n", .badChunk),
    ("1 \r\n", .badChunk), ("1\n", .badChunk), ("1;\u{1}\r\n", .badChunk), ("1;a\n", .badChunk),
    ("1\r\nab\r\n", .badChunk), ("1\r\na\n", .badChunk), ("1001\r\n", .bodyTooLong),
    ("ffffffffffffffff1\r\n", .bodyTooLong), ("\(String(repeating: "0", count: 65))", .badChunk),
    ("1;\(String(repeating: "x", count: 64))", .badChunk), ("0\r\nX : y\r\n\r\n", .badField),
    ("0\r\n x: y\r\n\r\n", .foldedField), ("0\r\n\n", .badLineEnd),
    ("0\r\nX: \(String(repeating: "a", count: 4_000))", .headTooLong),
  ]

  static let chunkedHead = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

  @Test(arguments: good)
  func aRequestIsUnderstood(text: String, lines: [String]) {
    #expect(Transcript(text).lines == lines)
  }

  @Test(arguments: bad)
  func aDoubtfulRequestIsRefused(text: String, error: RequestError) {
    #expect(Transcript(text).lines == ["\(error) \(error.status.rawValue)"])
  }

  @Test(arguments: badChunks)
  func aDoubtfulChunkIsRefused(text: String, error: RequestError) {
    let lines = Transcript(Self.chunkedHead + text).lines
    #expect(lines == ["post / 1.1 keep", "\(error) \(error.status.rawValue)"])
  }

  @Test func cutsChangeNothing() {
    let texts =
      Self.good.map(\.0) + Self.bad.map(\.0) + Self.badChunks.map { Self.chunkedHead + $0.0 }
    for text in texts where text.utf8.count < 1_000 {
      let bytes = Array(text.utf8)
      let whole = Transcript(bytes)
      for cut in bytes.indices { #expect(Transcript(bytes, cuts: [cut]) == whole) }
      #expect(Transcript(bytes, cuts: Array(bytes.indices)) == whole)
    }
  }

  @Test func anErrorStays() {
    var parser = RequestParser()
    let bytes = Array("\n".utf8)
    for _ in 0..<2 {
      var offset = 0
      var seen: RequestError?
      do throws(RequestError) {
        _ = try parser.next(in: unsafe bytes.span.bytes, at: &offset)
      } catch {
        seen = error
      }
      #expect(seen == .badLineEnd)
    }
  }

  @Test func randomBytesNeverTrap() {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(truncatingIfNeeded: state >> 33) % bound
    }
    let texts =
      Self.good.map { Array($0.0.utf8) }
      + Self.badChunks.map {
        Array((Self.chunkedHead + $0.0).utf8)
      }
    for _ in 0..<20_000 {
      var bytes = texts[random(texts.count)]
      for _ in 0..<1 + random(4) { bytes[random(bytes.count)] = UInt8(random(256)) }
      _ = Transcript(bytes, cuts: [random(bytes.count)])
    }
  }
}
