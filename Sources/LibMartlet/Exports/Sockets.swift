// Says `unsafe`: the calls of martlet.h on sockets, their arguments a C program's.

public import CMartletShim
internal import Glibc
internal import MartletDevice
internal import MartletReadiness
internal import MartletSharing
internal import MartletStack
internal import MartletWire
internal import Synchronization

private let typeFlags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

// MARK: Making

/// `martlet_socket`, as martlet.h says.
@c @implementation
public func martlet_socket(_ domain: Int32, _ type: Int32, _ proto: Int32) -> Int32 {
  answer { () throws(SocketError) in
    let kind = try SocketKind.check(domain: domain, type: type & ~typeFlags, protocol: proto)
    let chosen = unsafe martlet_thread_stack()
    let stack = unsafe chosen == nil ? Library.shared.oldest : try findStack(chosen)
    guard let stack else { throw SocketError.networkDown }
    return try makeSocket(kind, type: type, on: stack)
  }
}

/// `martlet_socket_on`, as martlet.h says.
@c @implementation
public func martlet_socket_on(
  _ stack: OpaquePointer?, _ domain: Int32, _ type: Int32, _ proto: Int32
) -> Int32 {
  answer { () throws(SocketError) in
    let stack = try unsafe findStack(stack)
    let kind = try SocketKind.check(domain: domain, type: type & ~typeFlags, protocol: proto)
    return try makeSocket(kind, type: type, on: stack)
  }
}

private func makeSocket(
  _ kind: Socket.Kind, type: Int32, on stack: LibraryStack
) throws(SocketError) -> Int32 {
  guard let key = stack.owner.with({ core, _ in core.add(Socket(kind)) }) else {
    throw SocketError.networkDown
  }
  return try Library.shared.publish(
    key, of: stack.owner, isNonBlocking: type & Int32(SOCK_NONBLOCK.rawValue) != 0,
    closesOnExec: type & Int32(SOCK_CLOEXEC.rawValue) != 0)
}

// MARK: Ends

/// `martlet_bind`, as martlet.h says.
@c @implementation
public func martlet_bind(
  _ socket: Int32, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t
) -> Int32 {
  answer { () throws(SocketError) in
    let socket = try Library.shared.socket(socket)
    let local: Endpoint
    switch try unsafe SocketAddress.parse(address, length: length) {
    case .endpoint(let endpoint): local = endpoint
    case .unspecifiedFamily(let endpoint?) where endpoint.address.isUnspecified: local = endpoint
    case .short, .unspecifiedFamily(nil): throw SocketError(EINVAL)
    case .otherFamily, .unspecifiedFamily: throw SocketError(EAFNOSUPPORT)
    }
    try socket.perform { core, socket, _ throws(SocketError) in
      try core.bind(socket, to: local)
    }
    return 0
  }
}

/// `martlet_listen`, as martlet.h says.
@c @implementation
public func martlet_listen(_ socket: Int32, _ backlog: Int32) -> Int32 {
  answer { () throws(SocketError) in
    let socket = try Library.shared.socket(socket)
    try socket.perform { core, socket, _ throws(SocketError) in
      try core.listen(socket, backlog: backlog)
    }
    return 0
  }
}

/// `martlet_accept`, as martlet.h says.
@c @implementation
public func martlet_accept(
  _ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>?,
  _ length: UnsafeMutablePointer<socklen_t>?
) -> Int32 {
  unsafe martlet_accept4(socket, address, length, 0)
}

/// `martlet_accept4`, as martlet.h says.
@c @implementation
public func martlet_accept4(
  _ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>?,
  _ length: UnsafeMutablePointer<socklen_t>?, _ flags: Int32
) -> Int32 {
  answer { () throws(SocketError) in
    guard flags & ~typeFlags == 0 else { throw SocketError(EINVAL) }
    let listener = try Library.shared.socket(socket)
    let target = Swift.Result { () throws(SocketError) in
      try unsafe AddressMemory(address, length, isRequired: false)
    }
    let isImmediate = listener.isImmediate(false)
    let patience = SocketReference.patience(listener.receiveTimeout)
    let accepted = try listener.wait(patience) { core, socket, _ throws(SocketError) in
      if let accepted = try core.accept(socket) { return accepted }
      guard !isImmediate else { throw SocketError.tryAgain }
      return nil
    }
    let number = try Library.shared.publish(
      accepted.key, of: listener.owner,
      isNonBlocking: flags & Int32(SOCK_NONBLOCK.rawValue) != 0,
      closesOnExec: flags & Int32(SOCK_CLOEXEC.rawValue) != 0)
    // Linux looks at the address last, and drops the connection when it is no good.
    do throws(SocketError) { try target.get().store(accepted.remote) } catch {
      _ = Library.shared.numbers.remove(number)
      throw error
    }
    return number
  }
}

/// `martlet_connect`, as martlet.h says.
@c @implementation
public func martlet_connect(
  _ socket: Int32, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t
) -> Int32 {
  answer { () throws(SocketError) in
    let reference = try Library.shared.socket(socket)
    var remote: Endpoint?
    switch try unsafe SocketAddress.parse(address, length: length) {
    case .endpoint(let endpoint): remote = endpoint
    case .unspecifiedFamily: remote = nil
    case .short: throw SocketError(EINVAL)
    case .otherFamily: throw SocketError(EAFNOSUPPORT)
    }
    try connect(reference, to: remote)
    return 0
  }
}

private func connect(_ reference: SocketReference, to remote: Endpoint?) throws(SocketError) {
  let isImmediate = reference.isImmediate(false)
  var isFirst = true
  do throws(SocketError) {
    let patience = SocketReference.patience(reference.sendTimeout)
    try reference.wait(patience) { core, socket, now throws(SocketError) -> Void? in
      if socket.kind == .datagram { return try core.connectDatagram(socket, to: remote) }
      guard let remote else { return core.disconnect(socket, now: now) }
      defer { isFirst = false }
      let isDone = try core.connect(
        socket, to: remote, isFirst: isFirst, isImmediate: isImmediate, now: now)
      return isDone ? () : nil
    }
  } catch {
    // A time-out (SO_SNDTIMEO) leaves the attempt under way.
    throw error == .tryAgain ? SocketError(EINPROGRESS) : error
  }
}

/// `martlet_getsockname`, as martlet.h says.
@c @implementation
public func martlet_getsockname(
  _ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>?,
  _ length: UnsafeMutablePointer<socklen_t>?
) -> Int32 {
  answer { () throws(SocketError) in
    let socket = try Library.shared.socket(socket)
    let local = try socket.perform { _, socket, _ throws(SocketError) in socket.local }
    try unsafe AddressMemory(address, length, isRequired: true).store(local)
    return 0
  }
}

/// `martlet_getpeername`, as martlet.h says.
@c @implementation
public func martlet_getpeername(
  _ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>?,
  _ length: UnsafeMutablePointer<socklen_t>?
) -> Int32 {
  answer { () throws(SocketError) in
    let socket = try Library.shared.socket(socket)
    let remote = try socket.perform { core, socket, _ throws(SocketError) in
      try core.peer(of: socket)
    }
    try unsafe AddressMemory(address, length, isRequired: true).store(remote)
    return 0
  }
}

// MARK: The end

/// `martlet_shutdown`, as martlet.h says.
@c @implementation
public func martlet_shutdown(_ socket: Int32, _ how: Int32) -> Int32 {
  answer { () throws(SocketError) in
    let socket = try Library.shared.socket(socket)
    guard (0...2).contains(how) else { throw SocketError(EINVAL) }
    let reading = how != Int32(SHUT_WR)
    let writing = how != Int32(SHUT_RD)
    try socket.perform { core, socket, now throws(SocketError) in
      switch socket.kind {
      case .stream: try core.shutdown(socket, reading: reading, writing: writing, now: now)
      case .datagram: try core.shutdownDatagram(socket, reading: reading, writing: writing)
      }
    }
    return 0
  }
}

/// `martlet_close`, as martlet.h says.
@c @implementation
public func martlet_close(_ socket: Int32) -> Int32 {
  answer { () throws(SocketError) in
    guard let reference = Library.shared.numbers.remove(socket) else {
      _ = try Library.shared.socket(socket)
      throw SocketError(EBADF)
    }
    if reference.numberCount.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
      reference.linger()
    }
    return 0
  }
}

extension SocketReference {
  /// What SO_LINGER asks of the last close: to wait until the peer has everything, for so long, and
  /// to reset the connection where that is no time at all.
  fileprivate func linger() {
    let seconds = try? perform { core, socket, now throws(SocketError) -> Int32 in
      guard socket.options.linger.isOn else { return 0 }
      if socket.options.linger.seconds <= 0 { core.abort(socket, now: now) }
      return socket.options.linger.seconds
    }
    guard let seconds, seconds > 0 else { return }
    try? perform { core, socket, now throws(SocketError) in
      guard core.hasUnsent(socket), !core.hasUnread(socket) else { return }
      try core.shutdown(socket, reading: false, writing: true, now: now)
    }
    let end = MonotonicClock.now + .seconds(Int64(seconds))
    // Nothing tells that all is acknowledged; this looks often enough.
    while MonotonicClock.now < end {
      let isDone = try? wait(.until(MonotonicClock.now + .milliseconds(5))) {
        core, socket, _ throws(SocketError) -> Bool? in
        core.hasUnsent(socket) && !core.hasUnread(socket) ? nil : true
      }
      if isDone != nil { return }
    }
  }
}

/// `martlet_owns`, as martlet.h says.
@c @implementation
public func martlet_owns(_ number: Int32) -> Int32 {
  Library.shared.numbers.find(number) == nil ? 0 : 1
}
