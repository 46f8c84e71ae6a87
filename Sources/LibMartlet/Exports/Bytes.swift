// Says `unsafe`: the calls of martlet.h that move bytes, their arguments a C program's.

public import CMartletShim
internal import Glibc
internal import MartletDevice
internal import MartletSharing
internal import MartletStack
internal import MartletWire

/// The flags of a call, as this library knows them.
struct MessageFlags: OptionSet {
  let rawValue: Int32

  static var outOfBand: Self { Self(rawValue: 0x1) }
  static var peek: Self { Self(rawValue: 0x2) }
  static var truncate: Self { Self(rawValue: 0x20) }
  static var dontWait: Self { Self(rawValue: 0x40) }
  static var waitAll: Self { Self(rawValue: 0x100) }
  static var errorQueue: Self { Self(rawValue: 0x2000) }
  static var noSignal: Self { Self(rawValue: 0x4000) }
  static var more: Self { Self(rawValue: 0x8000) }
}

// MARK: Sending

/// `martlet_send`, as martlet.h says.
@c @implementation
public func martlet_send(
  _ socket: Int32, _ bytes: UnsafeRawPointer?, _ length: Int, _ flags: Int32
) -> Int {
  unsafe martlet_sendto(socket, bytes, length, flags, nil, 0)
}

/// `martlet_sendto`, as martlet.h says.
@c @implementation
public func martlet_sendto(
  _ socket: Int32, _ bytes: UnsafeRawPointer?, _ length: Int, _ flags: Int32,
  _ address: UnsafePointer<sockaddr>?, _ address_length: socklen_t
) -> Int {
  let flags = MessageFlags(rawValue: flags)
  return answer { () throws(SocketError) in
    let reference = try Library.shared.socket(socket)
    let kind = try reference.perform { _, socket, _ throws(SocketError) in socket.kind }
    var remote: SocketAddress.Parsed?
    if unsafe address != nil {
      remote = try unsafe SocketAddress.parse(address, length: address_length)
    }
    switch kind {
    case .stream:
      let memory = try unsafe ReadableMemory(bytes, count: length)
      do throws(SocketError) { return try send(memory, on: reference, flags) } catch {
        if error.code == EPIPE, !flags.contains(.noSignal) { Kernel.raiseBrokenPipe() }
        throw error
      }
    case .datagram:
      guard length <= 65_507, length >= 0 else { throw SocketError(EMSGSIZE) }
      let memory = try unsafe ReadableMemory(bytes, count: length)
      return try send(memory, to: destination(remote), on: reference, flags)
    }
  }
}

private func destination(_ remote: SocketAddress.Parsed?) throws(SocketError) -> Endpoint? {
  switch remote {
  case nil: return nil
  case .endpoint(let endpoint), .unspecifiedFamily(let endpoint?): return endpoint
  case .short, .unspecifiedFamily(nil): throw SocketError(EINVAL)
  case .otherFamily: throw SocketError(EAFNOSUPPORT)
  }
}

/// Sends all of a stream's bytes, or as many as there is room for without waiting.
private func send(
  _ memory: ReadableMemory, on reference: SocketReference, _ flags: MessageFlags
) throws(SocketError) -> Int {
  let isImmediate = reference.isImmediate(flags.contains(.dontWait))
  var sent = 0
  do throws(SocketError) {
    let patience = SocketReference.patience(reference.sendTimeout)
    return try reference.wait(patience) { core, socket, now throws(SocketError) -> Int? in
      let count = try memory.withBytes(from: sent) { bytes throws(SocketError) in
        try core.send(bytes, isMore: flags.contains(.more), on: socket, now: now)
      }
      sent += count ?? 0
      if sent == memory.count { return sent }
      guard !isImmediate else { throw SocketError.tryAgain }
      return nil
    }
  } catch {
    // What was sent was sent: the error is for the next call.
    if sent > 0 {
      if error != .tryAgain, error != .interrupted { reference.keep(error) }
      return sent
    }
    throw error
  }
}

private func send(
  _ memory: ReadableMemory, to remote: Endpoint?, on reference: SocketReference,
  _ flags: MessageFlags
) throws(SocketError) -> Int {
  let isImmediate = reference.isImmediate(flags.contains(.dontWait))
  let patience = SocketReference.patience(reference.sendTimeout)
  return try reference.wait(patience) { core, socket, now throws(SocketError) -> Int? in
    let count = try memory.withBytes(from: 0) { bytes throws(SocketError) in
      try core.sendDatagram(bytes, to: remote, on: socket, now: now)
    }
    if let count { return count }
    guard !isImmediate else { throw SocketError.tryAgain }
    return nil
  }
}

extension SocketReference {
  /// Leaves an error for the next call, unless there is one.
  fileprivate func keep(_ error: SocketError) {
    try? perform { _, socket, _ throws(SocketError) in
      if socket.error == 0, error.code != EPIPE { socket.error = error.code }
    }
  }
}

// MARK: Receiving

/// `martlet_recv`, as martlet.h says.
@c @implementation
public func martlet_recv(
  _ socket: Int32, _ bytes: UnsafeMutableRawPointer?, _ length: Int, _ flags: Int32
) -> Int {
  unsafe martlet_recvfrom(socket, bytes, length, flags, nil, nil)
}

/// `martlet_recvfrom`, as martlet.h says.
@c @implementation
public func martlet_recvfrom(
  _ socket: Int32, _ bytes: UnsafeMutableRawPointer?, _ length: Int, _ flags: Int32,
  _ address: UnsafeMutablePointer<sockaddr>?,
  _ address_length: UnsafeMutablePointer<socklen_t>?
) -> Int {
  let flags = MessageFlags(rawValue: flags)
  return answer { () throws(SocketError) in
    let reference = try Library.shared.socket(socket)
    let memory = try unsafe WritableMemory(bytes, count: length)
    let kind = try reference.perform { _, socket, _ throws(SocketError) in socket.kind }
    guard !flags.contains(.errorQueue) else { throw SocketError.tryAgain }
    let source = try unsafe AddressMemory(address, address_length, isRequired: false)
    switch kind {
    case .stream:
      // There is no urgent data.
      guard !flags.contains(.outOfBand) else { throw SocketError(EINVAL) }
      let count = try receive(memory, on: reference, flags)
      source.storeNone()
      return count
    case .datagram:
      let (sender, count) = try receiveDatagram(memory, on: reference, flags)
      if let sender { source.store(sender) } else { source.storeNone() }
      return flags.contains(.truncate) ? count : min(count, memory.count)
    }
  }
}

private func receive(
  _ memory: WritableMemory, on reference: SocketReference, _ flags: MessageFlags
) throws(SocketError) -> Int {
  let isImmediate = reference.isImmediate(flags.contains(.dontWait))
  let isPeek = flags.contains(.peek)
  let waitsForAll = flags.contains(.waitAll) && !isPeek
  var received = 0
  do throws(SocketError) {
    let patience = SocketReference.patience(reference.receiveTimeout)
    return try reference.wait(patience) { core, socket, now throws(SocketError) -> Int? in
      repeat {
        let count = try memory.withBytes(from: received) { target throws(SocketError) in
          try core.receive(into: &target, isPeek: isPeek, on: socket, now: now)
        }
        guard let count else {
          guard !isImmediate else { throw SocketError.tryAgain }
          return nil
        }
        received += count
        if count == 0 { return received }
      } while waitsForAll && received < memory.count
      return received
    }
  } catch {
    guard received > 0 else { throw error }
    if error != .tryAgain, error != .interrupted { reference.keep(error) }
    return received
  }
}

private func receiveDatagram(
  _ memory: WritableMemory, on reference: SocketReference, _ flags: MessageFlags
) throws(SocketError) -> (Endpoint?, Int) {
  let isImmediate = reference.isImmediate(flags.contains(.dontWait))
  let isPeek = flags.contains(.peek)
  let patience = SocketReference.patience(reference.receiveTimeout)
  return try reference.wait(patience) {
    core, socket, _ throws(SocketError) -> (Endpoint?, Int)? in
    let taken = try memory.withBytes(from: 0) { target throws(SocketError) in
      try core.receiveDatagram(into: &target, isPeek: isPeek, on: socket)
    }
    if let taken { return (taken.source, taken.length) }
    guard !isImmediate else { throw SocketError.tryAgain }
    return nil
  }
}
