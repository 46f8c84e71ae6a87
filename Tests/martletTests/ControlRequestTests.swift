import MartletStack
import MartletWire
import Testing

@testable import martlet

/// The line that a control socket is asked with.
@Suite struct ControlRequestTests {
  @Test(arguments: [
    ControlRequest.netstat(isJSON: false), .netstat(isJSON: true),
    .connect(Endpoint(IPv4Address(10, 0, 0, 1), port: 80)),
    .ping(IPv4Address(10, 0, 0, 1), count: 0, size: 65_507, milliseconds: 10),
    .capture(count: 0, filter: ""), .capture(count: 7, filter: "tcp and (port 80 or port 443)"),
  ])
  func lineIsReadAsItWasWritten(_ request: ControlRequest) {
    #expect(ControlRequest(request.line) == request)
  }

  @Test(arguments: [
    "", " ", "netstat yaml", "netstat json json", "connect 10.0.0.1", "connect 10.0.0.1 0",
    "connect 10.0.0.1 65536", "connect ten 80", "ping 10.0.0.1 1 1", "ping 10.0.0.1 -1 56 1000",
    "ping 10.0.0.1 1 65508 1000", "ping 10.0.0.1 1 56 9", "ping 10.0.0.1 1 56 3600001",
    "ping 10.0.0.1 99999999999999999999 56 1000", "capture", "capture -1", "capture all", "help",
  ])
  func otherLinesAreNone(_ line: String) {
    #expect(ControlRequest(line) == nil)
  }
}
