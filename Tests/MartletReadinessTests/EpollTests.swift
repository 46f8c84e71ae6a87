import Glibc
import MartletDevice
import MartletReadiness
import Testing

@Suite struct EpollTests {
  /// The tokens and events that one wait tells of.
  static func ready(_ poller: inout Epoll) throws -> [UInt64: DescriptorEvents] {
    var ready: [UInt64: DescriptorEvents] = [:]
    try poller.wait(timeout: .zero) { token, events in ready[token] = events }
    return ready
  }

  @Test func aRungDoorbellIsToldOfUntilItIsSilenced() throws {
    var poller = try Epoll()
    let first = try Doorbell()
    let second = try Doorbell()
    try poller.add(first.readinessDescriptor, events: .readable, token: 1)
    try poller.add(second.readinessDescriptor, events: .readable, token: .max)
    #expect(try Self.ready(&poller).isEmpty)
    second.ring()
    second.ring()
    #expect(try Self.ready(&poller) == [.max: .readable])
    #expect(try Self.ready(&poller) == [.max: .readable])
    second.silence()
    #expect(try Self.ready(&poller).isEmpty)
  }

  @Test func whatIsWatchedCanBeChangedAndRemoved() throws {
    var poller = try Epoll()
    let bell = try Doorbell()
    try poller.add(bell.readinessDescriptor, events: .readable, token: 5)
    try poller.change(bell.readinessDescriptor, events: [.readable, .writable], token: 6)
    #expect(try Self.ready(&poller) == [6: .writable])
    try poller.remove(bell.readinessDescriptor)
    #expect(try Self.ready(&poller).isEmpty)
  }

  @Test func aClosedPeerIsTheEnd() throws {
    var poller = try Epoll()
    var ends: [Int32] = [0, 0]
    #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let mine = Descriptor(ends[0])
    try poller.add(mine.rawValue, events: .readable, token: 1)
    close(ends[1])
    #expect(try Self.ready(&poller) == [1: [.readable, .ended]])
  }

  @Test func errorsNameTheCall() throws {
    var poller = try Epoll()
    #expect(throws: SystemError("epoll_ctl", code: EBADF)) {
      try poller.add(-1, events: .readable, token: 0)
    }
    #expect(SystemError("bind", code: EADDRINUSE).description == "bind: Address already in use")
  }

  @Test func theClockDoesNotRunBackwards() {
    var last = MonotonicClock.now
    for _ in 0..<1000 {
      let now = MonotonicClock.now
      #expect(now >= last)
      last = now
    }
  }
}
