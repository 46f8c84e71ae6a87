// Says `unsafe`: fcntl and ioctl, whose last argument may be a C program's memory.

internal import CMartletShim
internal import Glibc
internal import MartletSharing
internal import MartletStack
internal import Synchronization

/// `martlet_fcntl_value`, as martlet.h says.
@c @implementation
public func martlet_fcntl_value(_ socket: Int32, _ command: Int32, _ value: Int) -> Int32 {
  answer { () throws(SocketError) in
    let reference = try Library.shared.socket(socket)
    switch command {
    case F_GETFL:
      return O_RDWR | (reference.isNonBlocking.load(ordering: .relaxed) ? O_NONBLOCK : 0)
    case F_SETFL:
      let isOn = Int32(truncatingIfNeeded: value) & O_NONBLOCK != 0
      reference.isNonBlocking.store(isOn, ordering: .relaxed)
      return 0
    case F_GETFD, F_SETFD:
      // The number is the kernel's, and so is what becomes of it in another program.
      return try Kernel.passOn(command, Int32(truncatingIfNeeded: value), of: socket)
    case F_DUPFD, F_DUPFD_CLOEXEC:
      let number = try Kernel.passOn(command, Int32(truncatingIfNeeded: value), of: socket)
      reference.numberCount.add(1, ordering: .relaxed)
      Library.shared.numbers.replace(number, with: reference)
      return number
    default: throw SocketError(EINVAL)
    }
  }
}

/// `martlet_dup3`, as martlet.h says.
@c @implementation
public func martlet_dup3(_ socket: Int32, _ target: Int32, _ flags: Int32) -> Int32 {
  answer { () throws(SocketError) in
    let reference = try Library.shared.socket(socket)
    guard socket != target, flags & ~O_CLOEXEC == 0 else { throw SocketError(EINVAL) }
    if Library.shared.numbers.find(target) != nil { _ = martlet_close(target) }
    try Kernel.duplicate(socket, to: target, flags)
    reference.numberCount.add(1, ordering: .relaxed)
    Library.shared.numbers.replace(target, with: reference)
    return target
  }
}

/// `martlet_ioctl_value`, as martlet.h says.
@c @implementation
public func martlet_ioctl_value(
  _ socket: Int32, _ request: UInt, _ value: UnsafeMutableRawPointer?
) -> Int32 {
  answer { () throws(SocketError) in
    let reference = try Library.shared.socket(socket)
    switch request {
    case Kernel.fionread, Kernel.tiocoutq:
      let count = try reference.perform { core, socket, _ throws(SocketError) in
        try request == Kernel.fionread ? core.unreadCount(of: socket) : core.unsentCount(of: socket)
      }
      try unsafe WritableMemory(value, count: 4).store(Int32(clamping: count))
    case Kernel.fionbio:
      let memory = try unsafe ReadableMemory(UnsafeRawPointer(value), count: 4)
      let isOn = memory.load(Int32.self) != 0
      reference.isNonBlocking.store(isOn, ordering: .relaxed)
    default: throw SocketError(ENOTTY)
    }
    return 0
  }
}

extension StackCore {
  /// FIONREAD: a stream's unread bytes, or the length of the next datagram.
  fileprivate mutating func unreadCount(of socket: Socket) throws(SocketError) -> Int {
    switch socket.state {
    case .listening: throw SocketError(EINVAL)
    case .connecting(let handle), .connected(let handle):
      return (try? stack.receivedCount(on: handle)) ?? 0
    case .open:
      peek(socket)
      return socket.peeked?.bytes.count ?? 0
    case .closed, .over: return 0
    }
  }

  /// TIOCOUTQ: a stream's bytes that its peer has not acknowledged.
  fileprivate func unsentCount(of socket: Socket) throws(SocketError) -> Int {
    switch socket.state {
    case .listening: throw SocketError(EINVAL)
    case .connecting(let handle), .connected(let handle):
      return (try? stack.status(of: handle))?.sendQueueCount ?? 0
    case .open, .closed, .over: return 0
    }
  }
}
