import MartletHost
import MartletTargets
import MartletWire
import Testing

@Suite struct TargetTests {
  @Test(arguments: [
    ("tcp:192.0.2.1:6640", Target.tcp(Endpoint(IPv4Address(192, 0, 2, 1), port: 6640))),
    ("tcp:192.0.2.1", .tcp(Endpoint(IPv4Address(192, 0, 2, 1), port: 6653))),
    ("ptcp:6640:0.0.0.0", .passiveTCP(Endpoint(IPv4Address(0, 0, 0, 0), port: 6640))),
    ("ptcp:0", .passiveTCP(Endpoint(IPv4Address(127, 0, 0, 1), port: 0))),
    ("ptcp:", .passiveTCP(Endpoint(IPv4Address(127, 0, 0, 1), port: 6653))),
    ("ptcp::192.0.2.9", .passiveTCP(Endpoint(IPv4Address(192, 0, 2, 9), port: 6653))),
    ("unix:db.sock", .unix("db.sock")),
    ("punix:/run/a:b", .passiveUnix("/run/a:b")),
    ("ssl:10.0.0.1:1", .tls(Endpoint(IPv4Address(10, 0, 0, 1), port: 1))),
    ("pssl:65535", .passiveTLS(Endpoint(IPv4Address(127, 0, 0, 1), port: 65_535))),
  ]) func isRead(text: String, target: Target) throws {
    let read = try Target(text, defaultPort: Target.openFlowPort)
    #expect(read == target)
    #expect(try Target(read.description, defaultPort: 1) == read)
  }

  @Test(arguments: [
    ("", TargetError.unknownKind("")), ("db.sock", .unknownKind("db.sock")),
    ("udp:1.2.3.4:5", .unknownKind("udp:1.2.3.4:5")),
    ("TCP:1.2.3.4:5", .unknownKind("TCP:1.2.3.4:5")),
    ("tcp:", .badAddress("tcp:")), ("tcp:localhost:1", .badAddress("tcp:localhost:1")),
    ("tcp:1.2.3.4:0", .badPort("tcp:1.2.3.4:0")), ("tcp:1.2.3.4:", .badPort("tcp:1.2.3.4:")),
    ("tcp:1.2.3.4:65536", .badPort("tcp:1.2.3.4:65536")),
    ("tcp:1.2.3.4:+1", .badPort("tcp:1.2.3.4:+1")),
    ("ptcp:x", .badPort("ptcp:x")), ("ptcp:1:x", .badAddress("ptcp:1:x")),
    ("tcp:[::1]:6640", .unsupportedAddress("tcp:[::1]:6640")),
    ("unix:", .badPath("unix:")),
  ]) func isRefusedWithItsText(text: String, error: TargetError) {
    #expect(throws: error) { try Target(text, defaultPort: 6640) }
    #expect(error.description.contains("'\(text)'"))
  }

  @Test func aPathLongerThanASocketAddressIsRefused() throws {
    let longest = "punix:/" + String(repeating: "a", count: 106)
    #expect(throws: Never.self) { try Target(longest, defaultPort: 1) }
    #expect(throws: TargetError.badPath(longest + "a")) {
      try Target(longest + "a", defaultPort: 1)
    }
  }

  @Test(arguments: [
    ("ptcp:6640:0.0.0.0", true), ("ptcp:6640:192.0.2.1", true), ("tcp:192.0.2.1:6640", true),
    ("ptcp:6640", false), ("ptcp:6640:127.0.0.1", false), ("tcp:127.1.2.3:6640", false),
    ("punix:/a", false), ("pssl:6640:0.0.0.0", false),
  ]) func plainTCPBeyondLoopbackIsWarnedOf(text: String, warns: Bool) throws {
    let target = try Target(text, defaultPort: 6640)
    #expect((target.warning != nil) == warns)
    if let warning = target.warning { #expect(warning.description.hasPrefix(target.description)) }
  }

  @Test func opensWhatItSaysAndNothingElse() async throws {
    let loop = try EventLoop(name: "targets")
    defer { loop.stop() }
    let listener = try await Target("ptcp:0", defaultPort: 1).listen(on: loop)
    let port = listener.localEndpoint.port
    let client = try await Target("tcp:127.0.0.1:\(port)", defaultPort: 1).connect(on: loop)
    let served = try await listener.accept()
    try await client.write("hello")
    #expect(try await served.read(count: 5) == Array("hello".utf8))

    await #expect(throws: TargetError.noTLS("pssl:0:127.0.0.1")) {
      try await Target("pssl:0", defaultPort: 1).listen(on: loop)
    }
    await #expect(throws: TargetError.wrongDirection("unix:a", wantsPassive: true)) {
      try await Target.unix("a").listen(on: loop)
    }
    await #expect(throws: TargetError.wrongDirection("punix:a", wantsPassive: false)) {
      try await Target.passiveUnix("a").connect(on: loop)
    }
    await listener.close()
    await #expect(throws: TargetError.self) {
      try await Target("tcp:127.0.0.1:\(port)", defaultPort: 1).connect(on: loop)
    }
  }
}
