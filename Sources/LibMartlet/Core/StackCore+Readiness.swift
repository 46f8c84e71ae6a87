internal import Glibc
internal import MartletStack

/// poll.
extension StackCore {
  /// What a socket is ready for, in the bits of `poll`; what was not asked for included.
  mutating func readiness(of socket: Socket) -> Int32 {
    switch socket.kind {
    case .stream: streamReadiness(of: socket)
    case .datagram: datagramReadiness(of: socket)
    }
  }

  private static var readable: Int32 { Int32(POLLIN) | Int32(POLLRDNORM) }
  private static var writable: Int32 { Int32(POLLOUT) | Int32(POLLWRNORM) }
  /// POLLRDHUP, which the C library shows to GNU programs only.
  private static var peerClosed: Int32 { 0x2000 }

  private mutating func streamReadiness(of socket: Socket) -> Int32 {
    var bits: Int32 = socket.error == 0 ? 0 : Int32(POLLERR)
    switch socket.state {
    case .listening(let handle):
      if let count = try? stack.readyCount(of: handle), count > 0 { bits |= Self.readable }
      return bits
    case .connecting:
      return bits
    case .closed, .open:
      return bits | Self.writable | Int32(POLLHUP)
    case .over:
      return bits | Self.readable | Self.peerClosed | Self.writable | Int32(POLLHUP)
    case .connected(let handle):
      let unread = (try? stack.receivedCount(on: handle)) ?? 0
      let status = try? stack.status(of: handle)
      let isReadEnded = socket.isReadShut || isPeerClosed(status?.state)
      if unread > 0 || isReadEnded { bits |= Self.readable }
      if isReadEnded { bits |= Self.peerClosed }
      if socket.isWriteShut || status?.state == .closed || hasRoom(socket, handle) {
        bits |= Self.writable
      }
      if isReadEnded, socket.isWriteShut { bits |= Int32(POLLHUP) }
      if status?.state == .closed { bits |= Int32(POLLHUP) }
      return bits
    }
  }

  private func isPeerClosed(_ state: TCPState?) -> Bool {
    switch state {
    case .closeWait, .lastAck, .closing, .timeWait, .closed, nil: true
    default: false
    }
  }

  private mutating func hasRoom(_ socket: Socket, _ handle: TCPHandle) -> Bool {
    guard !socket.waitsForRoom else { return false }
    return ((try? stack.sendRoom(of: handle)) ?? 1) > 0
  }

  private func datagramReadiness(of socket: Socket) -> Int32 {
    var bits: Int32 = socket.error == 0 ? 0 : Int32(POLLERR)
    var unread = socket.peeked == nil ? 0 : 1
    if case .open(let handle) = socket.state { unread += (try? stack.unreadCount(of: handle)) ?? 0 }
    if unread > 0 || socket.isReadShut { bits |= Self.readable }
    if socket.isReadShut { bits |= Self.peerClosed }
    if socket.isReadShut, socket.isWriteShut { bits |= Int32(POLLHUP) }
    if !socket.waitsForRoom { bits |= Self.writable }
    return bits
  }
}
