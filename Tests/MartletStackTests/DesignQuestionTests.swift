import Foundation
import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// The questions that a stack with a softIRQ and user threads must answer, one test each.
@Suite("Questions the stack must answer")
struct DesignQuestionTests {
  @Test("Sending from a user's thread ends in the card's driver and blocks")
  func sendingDoesNotReachTheDriver() throws {
    var script = try Script.opened()
    let before = script.host.stack.counters.tcpOutSegs
    // The card lends no slot at all: the user's bytes are taken, and nothing is built.
    #expect(try script.write(200_000) == 200_000)
    #expect(try script.write(200_000) == 256 * 1024 - 200_000)
    #expect(script.host.stack.counters.tcpOutSegs == before)
    let isWaiting = script.host.stack.hasWork(on: script.host.id)
    #expect(isWaiting)
    // It lends one: one segment is built, into that slot.
    #expect(script.host.sent(burst: 1, limit: 1).count == 1)
    #expect(script.host.stack.counters.tcpOutSegs == before + 1)
  }

  @Test("The card's buffer overflows in the middle of a fragmented packet")
  func fragmentsAreNeverAbandoned() throws {
    var host = try UDPSocketTests.host()
    host.meet(2)
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    let remote = Endpoint(Host.address(2), port: 9)
    var admitted = 0
    // A datagram is admitted whole or refused whole.
    while (try? host.send(Frame.pattern(20_000), to: remote, on: socket)) != nil { admitted += 1 }
    #expect(admitted >= 2)
    let waiting = host.stack.memoryUse
    #expect(throws: StackError.wouldBlock) {
      try host.send(Frame.pattern(20_000), to: remote, on: socket)
    }
    #expect(host.stack.memoryUse == waiting)
    // The card takes one frame at a time, with a ping between: no fragment is left out.
    var counts: [UInt16: Int] = [:]
    var isMore: [UInt16: Bool] = [:]
    while host.stack.hasWork(on: host.id) {
      for frame in host.sent(burst: 1, limit: 1) where frame.packet[9] == 17 {
        let id = frame.packet.word(at: 4)
        counts[id, default: 0] += frame.packet.payload.count
        isMore[id] = frame.packet.word(at: 6) & 0x2000 != 0
      }
    }
    #expect(counts.count == admitted)
    #expect(counts.values.allSatisfy { $0 == 20_008 })
    #expect(isMore.values.allSatisfy { !$0 })
    #expect(host.stack.counters.ipFragOKs == UInt64(admitted))
  }

  @Test("A socket is deleted while the softIRQ uses it")
  func staleHandlesNameNothing() throws {
    var script = try Script.opened()
    let stale = script.handle
    script.abort()
    _ = script.sent()
    // Segments that were on their way find nobody, and are told so.
    script.send(.ack, seq: 1, ack: 1, data: [1])
    expect(script.sent().first, .rst, .seq(1))
    #expect(throws: StackError.staleHandle) { _ = try script.host.stack.status(of: stale) }
    // The slot has a new owner: the old handle does not reach it.
    script.ports = (90, 5009)
    script.stackStart = nil
    try script.connect()
    #expect(script.handle.index == stale.index)
    let now = script.host.now
    script.host.stack.close(stale, now: now)
    script.host.stack.abort(stale, now: now)
    #expect(script.state == .synSent)
    #expect(throws: StackError.staleHandle) {
      _ = try script.host.stack.withReceived(on: stale, now: now) { $0.byteCount }
    }
    #expect(throws: StackError.staleHandle) { _ = try script.host.stack.sendCapacity(of: stale) }
    while let event = script.host.stack.nextEvent() {
      if case .tcp(let handle, _) = event { #expect(handle != stale) }
    }
  }

  @Test("Sequence numbers or the receive queue are read while written")
  func oneOwner() {
    // A stack is neither copied nor shared: every call needs it exclusively, by the type checker.
    #expect(!Self.isCopyable(Stack.self) && !Self.isSendable(Stack.self))
    #expect(!Self.isCopyable(Connection.self))
    // What is handed out is a value of its own.
    #expect(Self.isCopyable(TCPStatus.self) && Self.isSendable(TCPStatus.self))
    #expect(Self.isCopyable(Counters.self) && Self.isSendable(Counters.self))
    #expect(Self.isCopyable(TCPHandle.self) && Self.isSendable(TCPHandle.self))
  }

  static func isCopyable<T: ~Copyable>(_: T.Type) -> Bool { false }
  static func isCopyable<T>(_: T.Type) -> Bool { true }
  static func isSendable<T: ~Copyable>(_: T.Type) -> Bool { false }
  static func isSendable<T: Sendable & ~Copyable>(_: T.Type) -> Bool { true }

  @Test("The backlog is touched by softIRQ and owner")
  func halfOpenEntriesOwnNoBuffers() throws {
    var configuration = Script.configuration()
    configuration.halfOpenCount = 2000
    configuration.interfaceQueueLimit = 2000
    var script = try Script(configuration)
    try script.listen()
    let before = script.host.stack.memoryUse
    for port in 1...1000 {
      script.ports.peer = UInt16(port)
      script.send(.syn, seq: 0)
    }
    #expect(script.host.stack.tcp.halfOpen.count == 1000)
    #expect(script.host.stack.tcp.connections.count == 0)
    _ = script.sent()
    #expect(script.host.stack.memoryUse == before)
    #expect(MemoryLayout<HalfOpen>.size <= 128)
    // A connection is handed out once, in the order in which the handshakes were completed.
    for port in [7, 3, 900] as [UInt16] {
      script.ports.peer = port
      let found = script.halfOpenIndex(port: port)
      let index = try #require(found)
      script.stackStart = script.host.stack.tcp.halfOpen[index].initialSend.rawValue
      script.send(.ack, seq: 1, ack: 1)
    }
    var accepted: [UInt16] = []
    let listener = script.listener ?? ListenerHandle(index: 0, generation: 0)
    while let handle = try script.host.stack.accept(on: listener) {
      accepted.append(try script.host.stack.status(of: handle).remote.port)
    }
    #expect(accepted == [7, 3, 900])
  }

  @Test("Sockets wait for ARP")
  func neighboursOwnWhatWaits() throws {
    var host = try Host.settled(1, configuration: Script.configuration())
    host.meet(3)
    let now = host.now
    let waiting = try host.stack.connect(to: Endpoint(Host.address(2), port: 80), now: now)
    let other = try host.stack.connect(to: Endpoint(Host.address(3), port: 80), now: now)
    // The one does not hold the other up, and the silent host is asked once a second.
    let first = host.sent()
    #expect(first.count { $0.isARPRequest && $0.arpTarget == Host.address(2) } == 1)
    #expect(first.count { !$0.isARP && $0.packet.destination == Host.address(3) } == 1)
    var requests = 0
    for _ in 0..<20 {
      host.advance(by: .milliseconds(100))
      requests += host.sent().count { $0.isARPRequest && $0.arpTarget == Host.address(2) }
    }
    #expect((1...2).contains(requests))
    // The answer is the event that sends the SYN: no timer is waited for.
    host.receive(
      Frame.arp(
        .reply, from: Host.mac(2), Host.address(2), to: Host.address(1), at: host.mac,
        linkDestination: host.mac))
    let syn = host.sent().filter { !$0.isARP && $0.packet.destination == Host.address(2) }
    #expect(syn.count == 1 && syn[0].linkDestination == Host.mac(2))
    #expect(try host.stack.status(of: waiting).state == .synSent)
    #expect(try host.stack.status(of: other).state == .synSent)
  }

  @Test("The hash list of sockets has several users")
  func demultiplexingIsKeyed() throws {
    // Pairs of ends that a stranger chose to collide under one secret spread under another.
    let secret = SipHash(key0: 1, key1: 2)
    let other = SipHash(key0: 1, key1: 3)
    var colliding: [ConnectionKey] = []
    var port: UInt32 = 0
    while colliding.count < 64 {
      let key = ConnectionKey(
        localAddress: Host.address(1), remoteAddress: IPv4Address(10, 0, UInt8(port >> 16), 1),
        localPort: 80, remotePort: UInt16(port & 0xFFFF))
      if key.hash(secret) & 1023 == 7 { colliding.append(key) }
      port += 1
    }
    let places = Set(colliding.map { $0.hash(other) & 1023 })
    #expect(places.count > 48)
    // One writer: while one connection goes, every other one stays where it is found.
    var script = try Script()
    try script.listen()
    var handles: [TCPHandle] = []
    for port in 1...60 {
      script.ports.peer = UInt16(port)
      script.stackStart = nil
      script.send(.syn, seq: 0)
      _ = script.sent()
      script.send(.ack, seq: 1, ack: 1)
      try script.accept()
      handles.append(script.handle)
    }
    for (place, handle) in handles.enumerated() where place % 3 == 0 {
      let now = script.host.now
      script.host.stack.abort(handle, now: now)
    }
    _ = script.sent()
    for (place, handle) in handles.enumerated() where place % 3 != 0 {
      script.ports.peer = UInt16(place + 1)
      script.send(.rst, seq: 1)
      #expect(try script.host.stack.status(of: handle).endReason == .reset)
    }
  }

  @Test("The send spinlock deadlocks against the softIRQ")
  func thereIsNoLock() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/MartletStack").resolvingSymlinksInPath()
    let files = try #require(
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      count += 1
      for word in ["Mutex", "SpinLock", ", ordering:", "@escaping", "await "] {
        #expect(!text.contains(word), "\(file.lastPathComponent): \(word)")
      }
    }
    #expect(count > 100)
  }
}

extension Script {
  /// The half-open entry of the peer's port.
  func halfOpenIndex(port: UInt16) -> Int? {
    for index in 0..<host.stack.tcp.halfOpen.highWater
    where host.stack.tcp.halfOpen.isUsed(index)
      && host.stack.tcp.halfOpen[index].key.remotePort == port
    { return index }
    return nil
  }
}
