import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// RFC 8985, section 6.2, step 2: what an acknowledgment of a segment sent twice says of the path.
@Suite("An acknowledgment of a segment sent twice")
struct FirstSendingTests {
  /// A sender and a receiver, a millisecond apart, whose frames the test carries.
  struct Pair: ~Copyable {
    var sender: Host
    var receiver: Host
    let handle: TCPHandle

    init() throws {
      var sender = try Host.settled(1)
      var receiver = try Host.settled(2)
      let server = Endpoint(Host.address(2), port: 80)
      let listener = try receiver.stack.listen(on: server, options: ListenerOptions())
      let handle = try sender.stack.connect(to: server, now: sender.now)
      [UInt8].exchange(&sender, &receiver)
      _ = try #require(try receiver.stack.accept(on: listener))
      self.handle = handle
      self.sender = sender
      self.receiver = receiver
    }

    mutating func pass(_ interval: Interval) {
      sender.advance(by: interval)
      receiver.advance(by: interval)
    }

    /// The frames of `count` full segments sent now.
    mutating func send(segments count: Int) throws -> [[UInt8]] {
      let bytes = [UInt8](repeating: 7, count: 1448 * count)
      let now = sender.now
      let taken = try unsafe sender.stack.send(bytes.span.bytes, on: handle, now: now)
      #expect(taken == bytes.count)
      return sender.sent()
    }

    /// Gives frames to the receiver, and what it answers to the sender.
    mutating func deliver(_ frames: [[UInt8]]) {
      receiver.receive(frames)
      sender.receive(receiver.sent())
    }
  }

  @Test("that it was sent before, when its timestamp is echoed: nothing else is lost by that")
  func lateFirstSending() throws {
    var pair = try Pair()
    for _ in 0..<5 {
      let frames = try pair.send(segments: 2)
      pair.pass(.milliseconds(1))
      pair.deliver(frames)
    }
    let frames = try pair.send(segments: 4)
    #expect(frames.count == 4)
    pair.pass(.milliseconds(1))
    // On its way all the while, and not lost.
    let later = try pair.send(segments: 1)
    pair.pass(.milliseconds(1))
    pair.deliver(Array(frames[1...]))
    // The first is taken for lost and sent again; that one does not arrive.
    #expect(pair.sender.sent().count == 1)
    #expect(pair.sender.stack.counters.tcpRetransSegs == 1)
    pair.pass(.milliseconds(3))
    pair.deliver([frames[0]])
    _ = pair.sender.sent()
    #expect(pair.sender.stack.counters.tcpRetransSegs == 1)
    pair.deliver(later)
    #expect(try pair.sender.stack.status(of: pair.handle).state == .established)
  }
}
