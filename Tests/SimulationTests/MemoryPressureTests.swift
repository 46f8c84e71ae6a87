import MartletDevice
import MartletStack
import Testing

@Suite("A server with little memory")
struct MemoryPressureTests {
  /// 24 clients send 60,000 bytes each to an echo server whose pool holds a fraction of that. It
  /// reads only what it can send back, so blocks full of unread data must not lock it up, and a
  /// connection that found no block must hear when others free some.
  @Test("echoes to many clients at once", arguments: [40, 64])
  func echo(blockCount: Int) throws {
    let total = 60_000
    var small = Network.configuration()
    small.blockCount = blockCount
    var network = try Network(server: small)
    let listener = try network.server.listen(on: Endpoint(Network.serverAddress, port: 7))
    var senders: [StreamEnd] = []
    for _ in 0..<24 {
      let handle = try network.client.connect(
        to: Endpoint(Network.serverAddress, port: 7), now: network.now)
      senders.append(StreamEnd(handle: handle))
    }
    var receivers = senders
    network.run(for: .seconds(600)) { network in
      network.server.echoOnEvents(listener: listener, now: network.now)
      for index in senders.indices {
        network.client.sendPattern(&senders[index], upTo: total, now: network.now)
        network.client.readPattern(&receivers[index], now: network.now)
      }
      return receivers.contains { $0.readCount < total }
    }
    for receiver in receivers {
      #expect(receiver.readCount == total)
      #expect(receiver.mismatch == nil)
    }
  }

  /// 100 clients take nothing of what a server sends without end, and answer its probes for ever. The
  /// server's pool holds a fraction of 100 send buffers; one more client is served all the same.
  @Test("serves others while peers never read")
  func stalledReaders() throws {
    let total = 200_000
    var small = Network.configuration()
    small.blockCount = 1024
    var clients = Network.configuration()
    clients.receiveBufferLimit = 8192
    clients.receiveBufferMaximum = 8192
    var network = try Network(clients, server: small)
    let endless = try network.server.listen(on: Endpoint(Network.serverAddress, port: 19))
    let echo = try network.server.listen(on: Endpoint(Network.serverAddress, port: 7))
    for _ in 0..<100 {
      _ = try network.client.connect(
        to: Endpoint(Network.serverAddress, port: 19), now: network.now)
    }
    network.run(for: .seconds(30)) { network in
      network.server.serve(echo: echo, endless: endless, now: network.now)
      return true
    }
    let handle = try network.client.connect(
      to: Endpoint(Network.serverAddress, port: 7), now: network.now)
    var sender = StreamEnd(handle: handle)
    var receiver = sender
    network.run(for: .seconds(60)) { network in
      network.server.serve(echo: echo, endless: endless, now: network.now)
      network.client.sendPattern(&sender, upTo: total, now: network.now)
      network.client.readPattern(&receiver, now: network.now)
      return receiver.readCount < total
    }
    #expect(receiver.readCount == total)
    #expect(receiver.mismatch == nil)
  }
}

extension Stack {
  /// Echoes on one listener's connections, and sends without end on the other's.
  fileprivate mutating func serve(echo: ListenerHandle, endless: ListenerHandle, now: Instant) {
    while let event = nextEvent() {
      switch event {
      case .listener(endless, _):
        while let handle = try? accept(on: endless) { generate(handle, now: now) }
      case .listener:
        while let handle = try? accept(on: echo) { self.echo(handle, now: now) }
      case .tcp(let handle, _):
        if (try? status(of: handle))?.local.port == 19 {
          generate(handle, now: now)
        } else {
          self.echo(handle, now: now)
        }
      default: break
      }
    }
  }

  private mutating func generate(_ handle: TCPHandle, now: Instant) {
    let bytes = [UInt8](repeating: 88, count: 16_384)
    while let sent = try? unsafe send(bytes.span.bytes, on: handle, now: now), sent == bytes.count {
    }
  }

  /// Does what an echo server does, driven by events alone.
  fileprivate mutating func echoOnEvents(listener: ListenerHandle, now: Instant) {
    while let event = nextEvent() {
      switch event {
      case .listener:
        while let handle = try? accept(on: listener) { echo(handle, now: now) }
      case .tcp(let handle, _): echo(handle, now: now)
      default: break
      }
    }
  }

  private mutating func echo(_ handle: TCPHandle, now: Instant) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while let room = try? sendCapacity(of: handle, upTo: buffer.count), room > 0 {
      var span = buffer.mutableSpan
      var bytes = unsafe span.mutableBytes
      var part = bytes._mutatingExtracting(0..<room)
      guard case .bytes(let count)? = try? receive(into: &part, on: handle, now: now) else {
        return
      }
      _ = try? unsafe send(buffer.span.extracting(0..<count).bytes, on: handle, now: now)
    }
  }
}
