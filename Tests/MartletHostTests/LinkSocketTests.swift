import Glibc
import MartletDevice
import MartletReadiness
import TestSupport
import Testing

@testable import MartletHost

/// Two connected unix sockets.
struct SocketPair: ~Copyable {
  let first: Int32
  let second: Int32

  init(_ type: __socket_type) {
    var ends: [Int32] = [0, 0]
    let result = unsafe socketpair(AF_UNIX, Int32(type.rawValue), 0, &ends)
    precondition(result == 0)
    (first, second) = (ends[0], ends[1])
  }
}

@Suite struct StreamLinkDeviceTests {
  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    precondition(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
  }

  @Test func framesAreWrittenAfterTheirLength() {
    let pair = SocketPair(SOCK_STREAM)
    let peer = Descriptor(pair.second)
    var device = StreamLinkDevice(connected: Descriptor(pair.first))
    #expect(device.send([[1, 2, 3], [4]]) == 2)
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = unsafe read(peer.rawValue, &bytes, 100)
    #expect(Array(bytes[..<count]) == [0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 1, 4])
    #expect(device.wantsWritable == false)
  }

  @Test func aFrameInPiecesArrivesWhole() {
    let pair = SocketPair(SOCK_STREAM)
    let peer = Descriptor(pair.second)
    var device = StreamLinkDevice(connected: Descriptor(pair.first))
    for byte in [0, 0, 0, 2, 7] as [UInt8] {
      Self.write([byte], to: peer.rawValue)
      #expect(device.frames().isEmpty)
    }
    Self.write([8, 0, 0, 0, 1, 9, 0], to: peer.rawValue)
    #expect(device.frames(budget: 1) == [[7, 8]])
    #expect(device.frames() == [[9]])
    #expect(device.hasEnded == false)
  }

  @Test(arguments: [[0, 0, 0, 0], [0, 0, 6, 0], [255, 255, 255, 255]] as [[UInt8]])
  func anImpossibleLengthEndsTheLink(_ prefix: [UInt8]) {
    let pair = SocketPair(SOCK_STREAM)
    let peer = Descriptor(pair.second)
    var device = StreamLinkDevice(connected: Descriptor(pair.first))
    Self.write(prefix + [1, 2, 3], to: peer.rawValue)
    #expect(device.frames().isEmpty)
    #expect(device.hasEnded == true)
    #expect(device.counters.receiveErrors == 1)
  }

  @Test func aSlowPeerHoldsTheSenderBackAndLosesNothing() {
    let pair = SocketPair(SOCK_STREAM)
    var sender = StreamLinkDevice(connected: Descriptor(pair.first))
    var receiver = StreamLinkDevice(connected: Descriptor(pair.second))
    let frames = numbered(3000, length: 1500)
    var sent = 0
    var received: [[UInt8]] = []
    sent += sender.send(frames)
    #expect(sent < frames.count)
    #expect(sender.wantsWritable == true)
    while received.count < frames.count {
      received += receiver.frames(budget: 100)
      sent += sender.send([[UInt8]](frames[sent...]))
      sender.advance(to: .zero)
    }
    #expect(received == frames)
    #expect(sender.wantsWritable == false)
  }

  @Test func aClosedPeerIsTheEnd() {
    let pair = SocketPair(SOCK_STREAM)
    var device = StreamLinkDevice(connected: Descriptor(pair.first))
    close(pair.second)
    #expect(device.frames().isEmpty)
    #expect(device.hasEnded == true)
    #expect(device.send([[1]]) == 0)
  }

  @Test func nobodyAtThePathIsSaid() {
    #expect(
      throws: HostError.notFound("/no/peer", advice: "start the peer first, or make the folder")
    ) { try Self.connect(to: "/no/peer") }
    let long = String(repeating: "x", count: 200)
    #expect(throws: HostError.badArgument(long, expected: "a path of at most 107 bytes")) {
      try Self.connect(to: long)
    }
  }

  static func connect(to path: String) throws(HostError) {
    _ = try StreamLinkDevice(connectingTo: path)
  }
}

@Suite struct DatagramLinkDeviceTests {
  @Test func aDatagramIsAFrame() {
    let pair = SocketPair(SOCK_DGRAM)
    var first = DatagramLinkDevice(connected: Descriptor(pair.first))
    var second = DatagramLinkDevice(connected: Descriptor(pair.second))
    #expect(first.send(numbered(3)) == 3)
    #expect(second.frames(budget: 2) == numbered(2))
    #expect(second.frames().count == 1)
  }

  @Test func aFrameBeyondTheMTUIsDropped() {
    let pair = SocketPair(SOCK_DGRAM)
    let first = Descriptor(pair.first)
    var second = DatagramLinkDevice(connected: Descriptor(pair.second))
    StreamLinkDeviceTests.write([UInt8](repeating: 1, count: 1523), to: first.rawValue)
    StreamLinkDeviceTests.write([UInt8](repeating: 2, count: 1522), to: first.rawValue)
    #expect(second.frames() == [[UInt8](repeating: 2, count: 1522)])
    #expect(second.counters.receiveErrors == 1)
  }

  @Test func framesThatAreTooLongCountAgainstTheBudget() {
    let pair = SocketPair(SOCK_DGRAM)
    let first = Descriptor(pair.first)
    var second = DatagramLinkDevice(connected: Descriptor(pair.second))
    for _ in 0..<8 {
      StreamLinkDeviceTests.write([UInt8](repeating: 1, count: 1523), to: first.rawValue)
    }
    #expect(second.frames(budget: 4).isEmpty)
    #expect(second.counters.receiveErrors == 4)
  }

  @Test func whatThePeerHasNoRoomForIsCounted() {
    let pair = SocketPair(SOCK_DGRAM)
    var first = DatagramLinkDevice(connected: Descriptor(pair.first))
    var second = DatagramLinkDevice(connected: Descriptor(pair.second))
    #expect(first.send(numbered(2000)) == 2000)
    #expect(first.counters.transmitDrops > 0)
    #expect(UInt64(second.frames(budget: 3000).count) == first.counters.sent)
  }

  @Test func pathsMeetInEitherOrder() throws {
    let folder = try TemporaryFolder()
    var first = try DatagramLinkDevice(path: folder.path("a"), peer: folder.path("b"))
    #expect(first.send(numbered(1)) == 1)
    #expect(first.counters.transmitErrors == 1)
    var second = try DatagramLinkDevice(path: folder.path("b"), peer: folder.path("a"))
    #expect(first.send(numbered(2)) == 2)
    #expect(second.frames() == numbered(2))
    #expect(second.send(numbered(1)) == 1)
    #expect(first.frames() == numbered(1))
  }

  @Test func aFileThatIsNoSocketStays() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a")
    close(unsafe open(path, O_CREAT | O_WRONLY, 0o600))
    #expect(throws: HostError.wrongKind(path, expected: "a socket")) {
      _ = try DatagramLinkDevice(path: path, peer: folder.path("b"))
    }
    let loop = try EventLoop(name: "test")
    #expect(throws: HostError.wrongKind(path, expected: "a socket")) {
      _ = try UnixNetwork(loop: loop).listen(at: path)
    }
    #expect(unsafe access(path, F_OK) == 0)
  }

  @Test func aLiveSocketIsNotReplacedAndAStaleOneIs() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a")
    do {
      let first = try DatagramLinkDevice(path: path, peer: folder.path("b"))
      #expect(throws: HostError.busy(path)) {
        _ = try DatagramLinkDevice(path: path, peer: folder.path("b"))
      }
      #expect(first.readinessDescriptor >= 0)
    }
    // What a process that was killed leaves behind: bound, then closed, but not removed.
    let stale = HostCalls.unixSocket(SOCK_DGRAM, boundTo: path)
    close(stale)
    _ = try DatagramLinkDevice(path: path, peer: folder.path("b"))
  }
}
