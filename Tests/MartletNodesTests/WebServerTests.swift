import MartletDevice
import MartletNodes
import MartletStack
import Testing

/// The web server of a node, asked by a client's stack.
@Suite struct WebServerTests {
  static let get = "GET / HTTP/1.1\r\nHost: node\r\n\r\n"
  static let close = "GET / HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n"

  @Test func pageIsWholeAndEscapesTheName() throws {
    var net = try Neighbours()
    let reply = try net.ask(Self.close)
    let page = try #require(reply.unchunked)
    #expect(reply.hasEnded)
    #expect(page.hasPrefix("<!DOCTYPE html>"))
    #expect(page.hasSuffix("</html>\n"))
    #expect(page.contains("<strong>a&lt;b</strong>"))
    #expect(page.contains("10.0.0.2"))
    #expect(page.contains("data-key=\"tcpInSegs\""))
    #expect(page.components(of: "<table>") == page.components(of: "</table>"))
    #expect(!page.contains("http://") && !page.contains("https://"))
  }

  @Test func smallPiecesMakeTheSamePage() throws {
    var limits = WebLimits()
    limits.pieceLength = 512
    var small = try Neighbours(limits: limits)
    var large = try Neighbours()
    let one = try small.ask(Self.close).unchunked
    let other = try large.ask(Self.close).unchunked
    #expect(one?.filter { !$0.isNumber } == other?.filter { !$0.isNumber })
    #expect(one != nil)
  }

  @Test func smallMachineServesThePage() throws {
    var net = try Neighbours(configuration: .small, limits: .small)
    for _ in 0..<20 {
      #expect(try net.ask(Self.close).unchunked?.hasSuffix("</html>\n") == true)
    }
  }

  /// Clients that take nothing leave others less room than one whole piece.
  @Test func stalledClientsLeaveRoomForAPage() throws {
    var configuration = Neighbours.configuration()
    configuration.blockCount = 96
    var net = try Neighbours(configuration: configuration)
    for _ in 0..<20 {
      let handle = try net.connect(80)
      try net.send("GET /bytes/1000000000 HTTP/1.1\r\nHost: node\r\n\r\n", on: handle)
    }
    net.run(for: .seconds(5))
    #expect(try net.ask(Self.close).unchunked?.hasSuffix("</html>\n") == true)
  }

  @Test func connectionStaysOpenAndRequestsMayBePipelined() throws {
    var net = try Neighbours()
    let request = "GET /counters.json HTTP/1.1\r\nHost: node\r\n\r\n"
    let reply = try net.ask(
      String(repeating: request, count: 200) + Self.close, for: .seconds(60))
    #expect(reply.statuses == [String](repeating: "200", count: 201))
    #expect(reply.hasEnded)
  }

  @Test(arguments: [
    ("GET /nothing HTTP/1.1\r\nHost: n\r\n\r\n", "404"),
    ("POST / HTTP/1.1\r\nHost: n\r\nContent-Length: 3\r\n\r\nabc", "405"),
    ("BREW / HTTP/1.1\r\nHost: n\r\n\r\n", "501"),
    ("GET / HTTP/1.1\r\n\r\n", "400"),
    ("GET / HTTP/2.0\r\nHost: n\r\n\r\n", "505"),
    ("GET /bytes/99999999999999 HTTP/1.1\r\nHost: n\r\n\r\n", "404"),
    ("\u{16}\u{3}\u{1} not HTTP\r\n\r\n", "400"),
  ])
  func badRequestIsAnsweredWithItsStatus(_ request: String, _ status: String) throws {
    var net = try Neighbours()
    let reply = try net.ask(request)
    #expect(reply.statuses == [status])
    #expect(reply.hasEnded == (status == "400" || status == "505"))
  }

  @Test func headHasNoBody() throws {
    var net = try Neighbours()
    let reply = try net.ask("HEAD /bytes/5 HTTP/1.1\r\nHost: n\r\n\r\n" + Self.close)
    #expect(reply.statuses == ["200", "200"])
    #expect(reply.text.contains("Content-Length: 5\r\n"))
    #expect(reply.body.hasPrefix("HTTP/1.1 200"))
  }

  @Test func oldClientGetsAPageThatEndsWithTheConnection() throws {
    var net = try Neighbours()
    let reply = try net.ask("GET / HTTP/1.0\r\n\r\n")
    #expect(reply.hasEnded)
    #expect(!reply.text.contains("chunked"))
    #expect(reply.body.hasPrefix("<!DOCTYPE html>") && reply.body.hasSuffix("</html>\n"))
  }

  @Test func clientThatHasSaidAllStillGetsItsAnswer() throws {
    var net = try Neighbours()
    let handle = try net.connect(80)
    try net.send(Self.get, on: handle)
    try net.client.shutdown(handle, now: net.now)
    let reply = try net.collect(handle)
    #expect(reply.hasEnded)
    #expect(reply.unchunked?.hasSuffix("</html>\n") == true)
  }

  @Test func manyBytesArriveInOrder() throws {
    var net = try Neighbours()
    let count = 3_000_001
    let reply = try net.ask(
      "GET /bytes/\(count) HTTP/1.1\r\nHost: n\r\nConnection: close\r\n\r\n", for: .seconds(600))
    let body = Array(reply.body.utf8)
    #expect(body.count == count)
    for start in stride(from: 0, to: body.count - 64, by: 64) {
      let number = Int(String(decoding: body[start..<start + 15], as: UTF8.self))
      guard number == count - start, body[start + 63] == 0x0A else {
        Issue.record("line at \(start) says \(String(describing: number))")
        break
      }
    }
  }

  @Test func clientThatDoesNotReadIsNotReadAndHoldsLittle() throws {
    var net = try Neighbours()
    let handle = try net.connect(80)
    try net.send("GET /bytes/100000000 HTTP/1.1\r\nHost: n\r\n\r\n", on: handle)
    net.run(for: .seconds(10))
    let held = net.node.memoryUse.blockCount * 4096
    #expect(held > 100_000 && held < 400_000)
    net.run(for: .seconds(30))
    #expect(net.node.memoryUse.blockCount == 0)
    #expect(throws: StackError.connectionEnded(.reset)) {
      var hasEnded = false
      while !hasEnded { _ = try net.read(handle, hasEnded: &hasEnded) }
    }
  }

  @Test func slowRequestIsRefusedInTime() throws {
    var net = try Neighbours()
    let handle = try net.connect(80)
    var reply = Reply()
    for letter in "GET / HTTP/1.1" {
      try net.send(String(letter), on: handle)
      reply = try net.collect(handle, for: .seconds(1))
      if reply.hasEnded { break }
    }
    #expect(reply.statuses == ["408"])
    #expect(reply.hasEnded)
  }

  @Test func idleConnectionIsClosedWithoutAWord() throws {
    var net = try Neighbours()
    let handle = try net.connect(80)
    try net.send("GET /style.css HTTP/1.1\r\nHost: n\r\n\r\n", on: handle)
    let reply = try net.collect(handle, for: .seconds(29))
    #expect(reply.statuses == ["200"])
    #expect(!reply.hasEnded)
    let end = try net.collect(handle, for: .seconds(5))
    #expect(end.bytes.isEmpty && end.hasEnded)
  }

  @Test func idleConnectionMakesRoomForANewOne() throws {
    var limits = WebLimits()
    limits.connectionCount = 2
    var net = try Neighbours(limits: limits)
    let first = try net.connect(80)
    net.run(for: .seconds(1))
    let second = try net.connect(80)
    net.run(for: .seconds(1))
    #expect(try net.ask(Self.close).statuses == ["200"])
    #expect(try net.collect(first, for: .seconds(1)).hasEnded)
    #expect(try !net.collect(second, for: .seconds(1)).hasEnded)
  }

  @Test func connectionsBeyondTheLimitWaitForTheirTurn() throws {
    var limits = WebLimits()
    limits.connectionCount = 1
    var net = try Neighbours(limits: limits)
    let busy = try net.connect(80)
    try net.send("GET /bytes/100000000 HTTP/1.1\r\nHost: n\r\n\r\n", on: busy)
    net.run(for: .seconds(1))
    let waiting = try net.connect(80)
    try net.send(Self.close, on: waiting)
    #expect(try net.collect(waiting, for: .seconds(2)).bytes.isEmpty)
    net.client.abort(busy, now: net.now)
    #expect(try net.collect(waiting, for: .seconds(2)).unchunked?.hasSuffix("</html>\n") == true)
  }

  @Test func resetClientLeavesNothingBehind() throws {
    var net = try Neighbours()
    for _ in 0..<100 {
      let handle = try net.connect(80)
      try net.send("GET /bytes/1000000 HTTP/1.1\r\nHost: n\r\n\r\n", on: handle)
      net.run(for: .milliseconds(1))
      net.client.abort(handle, now: net.now)
      net.run(for: .milliseconds(10))
    }
    #expect(net.node.memoryUse.blockCount == 0)
    #expect(net.services.nextDeadline == nil || net.services.nextDeadline! > net.now)
    net.run(for: .seconds(60))
    #expect(net.services.nextDeadline == nil)
  }
}

extension String {
  /// How often `part` stands in it.
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
