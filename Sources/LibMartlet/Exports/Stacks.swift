// Says `unsafe`: the calls of martlet.h on stacks, their arguments a C program's.

public import CMartletShim
internal import Glibc
internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletSharing
internal import MartletStack
internal import MartletWire

/// The stack behind a pointer. Throws `EINVAL`.
func findStack(_ pointer: OpaquePointer?) throws(SocketError) -> LibraryStack {
  guard let pointer = unsafe pointer,
    let stack = Library.shared.stack(UInt(bitPattern: pointer))
  else { throw SocketError(EINVAL) }
  return stack
}

/// `martlet_create`, as martlet.h says.
@c @implementation
public func martlet_create(_ settings: UnsafePointer<martlet_settings>?) -> OpaquePointer? {
  do throws(SocketError) {
    let memory = try unsafe ReadableMemory(
      UnsafeRawPointer(settings), count: MemoryLayout<martlet_settings>.size)
    let stack = try LibraryStack(StackSettings(memory))
    Library.shared.add(stack)
    return unsafe OpaquePointer(bitPattern: stack.address)
  } catch {
    errno = error.code
    return nil
  }
}

extension StackSettings {
  /// Reads `struct martlet_settings`. Throws `EINVAL` for what makes no host.
  fileprivate init(_ memory: ReadableMemory) throws(SocketError) {
    guard let address = memory.load(UInt32.self, at: 0),
      let gateway = memory.load(UInt32.self, at: 4),
      let length = memory.load(UInt8.self, at: 14), let reserved = memory.load(UInt8.self, at: 15),
      let mtu = memory.load(UInt32.self, at: 16), let flags = memory.load(UInt32.self, at: 20),
      (1...32).contains(length), reserved == 0, flags & ~UInt32(MARTLET_OWN_CLOCK) == 0,
      mtu == 0 || (576...65_535).contains(mtu)
    else { throw SocketError(EINVAL) }
    var link: UInt64 = 0
    for offset in 8..<14 {
      link = link << 8 | (memory.load(UInt8.self, at: offset).map { UInt64($0) } ?? 0)
    }
    // The lowest bit of the first octet marks groups.
    guard link >> 40 & 1 == 0 else { throw SocketError(EINVAL) }
    prefix = IPv4Prefix(IPv4Address(rawValue: UInt32(bigEndian: address)), length: length)
    self.gateway = gateway == 0 ? nil : IPv4Address(rawValue: UInt32(bigEndian: gateway))
    linkAddress = link == 0 ? nil : MACAddress(rawValue: link)
    maximumTransmissionUnit = mtu == 0 ? nil : Int(mtu)
    hasOwnClock = flags & UInt32(MARTLET_OWN_CLOCK) != 0
  }
}

/// `martlet_destroy`, as martlet.h says.
@c @implementation
public func martlet_destroy(_ stack: OpaquePointer?) -> Int32 {
  answer { () throws(SocketError) in
    guard let pointer = unsafe stack,
      let stack = Library.shared.remove(UInt(bitPattern: pointer))
    else { throw SocketError(EINVAL) }
    stack.end()
    return 0
  }
}

/// `martlet_attach_tap`, as martlet.h says.
@c @implementation
public func martlet_attach_tap(_ stack: OpaquePointer?, _ name: UnsafePointer<CChar>?) -> Int32 {
  answer { () throws(SocketError) in
    let stack = try unsafe findStack(stack)
    guard let name = unsafe name, unsafe MemoryRange.isPossible(UnsafeRawPointer(name), count: 1)
    else { throw SocketError(EFAULT) }
    let text = unsafe String(cString: name)
    try attach(stack) { settings throws(HostError) in
      try TunTapDevice(.tap, named: text, linkAddress: settings.linkAddress)
    }
    return 0
  }
}

/// `martlet_attach_tap_descriptor`, as martlet.h says.
@c @implementation
public func martlet_attach_tap_descriptor(_ stack: OpaquePointer?, _ descriptor: Int32) -> Int32 {
  answer { () throws(SocketError) in
    let stack = try unsafe findStack(stack)
    guard Kernel.isOpen(descriptor) else { throw SocketError(EBADF) }
    try attach(stack) { settings throws(HostError) in
      try TunTapDevice(attached: Descriptor(descriptor), linkAddress: settings.linkAddress)
    }
    return 0
  }
}

private func attach(
  _ stack: LibraryStack, _ make: (StackSettings) throws(HostError) -> TunTapDevice
) throws(SocketError) {
  // A clock that its caller sets goes with frames that its caller carries.
  guard !stack.hasOwnClock else { throw SocketError(EINVAL) }
  var failure: SocketError?
  let isThere: Void? = stack.owner.with { core, _ in
    do throws(SocketError) {
      guard core.tap == nil else { throw SocketError(EALREADY) }
      let device: TunTapDevice
      do throws(HostError) { device = try make(core.settings) } catch { throw SocketError(error) }
      try core.attach(device)
    } catch {
      failure = error
    }
  }
  guard isThere != nil else { throw SocketError.networkDown }
  if let failure { throw failure }
  stack.owner.wakeDriver()
}

extension SocketError {
  /// What to say of a device that could not be had.
  fileprivate init(_ error: HostError) {
    code =
      switch error {
      case .unsupported: ENODEV
      case .missingPrivilege: EPERM
      case .busy: EBUSY
      case .system(let error, _): error.code
      default: EINVAL
      }
  }
}

/// `martlet_input`, as martlet.h says.
@c @implementation
public func martlet_input(
  _ stack: OpaquePointer?, _ frame: UnsafeRawPointer?, _ length: Int
) -> Int {
  answer { () throws(SocketError) in
    let stack = try unsafe findStack(stack)
    guard (0...1 << 17).contains(length) else { throw SocketError(EMSGSIZE) }
    let memory = try unsafe ReadableMemory(frame, count: length)
    guard memory.count >= 14 else { throw SocketError(EINVAL) }
    var failure: SocketError?
    let isThere: Void? = stack.owner.with { core, now in
      do throws(SocketError) {
        try memory.withBytes(from: 0) { bytes throws(SocketError) in
          try core.takeFrame(bytes, now: now)
        }
      } catch {
        failure = error
      }
    }
    guard isThere != nil else { throw SocketError.networkDown }
    if let failure { throw failure }
    return length
  }
}

/// `martlet_output`, as martlet.h says.
@c @implementation
public func martlet_output(
  _ stack: OpaquePointer?, _ frame: UnsafeMutableRawPointer?, _ length: Int, _ timeout: Int32
) -> Int {
  answer { () throws(SocketError) in
    let stack = try unsafe findStack(stack)
    let memory = try unsafe WritableMemory(frame, count: length)
    let attempt = stack.owner.attempt(
      StackCore.outputKey, patience: Patience(milliseconds: timeout)
    ) { core, _ -> Swift.Result<Int, SocketError>? in
      do throws(SocketError) {
        let count = try core.giveFrame { bytes in
          memory.copy(bytes)
          return bytes.byteCount
        }
        return count.map { .success($0) }
      } catch {
        return .failure(error)
      }
    }
    let count: Int
    switch attempt {
    case .done(let result): count = try result.get()
    case .notYet: throw SocketError.tryAgain
    case .interrupted: throw SocketError.interrupted
    case .ended: throw SocketError.networkDown
    case .noDescriptor: throw SocketError.noDescriptor
    }
    guard count <= memory.count else { throw SocketError(EMSGSIZE) }
    return count
  }
}

extension Patience {
  /// As poll's time-out says it: negative for ever.
  init(milliseconds: Int32) {
    if milliseconds < 0 {
      self = .unlimited
    } else if milliseconds == 0 {
      self = .none
    } else {
      self = .until(MonotonicClock.now + .milliseconds(Int64(milliseconds)))
    }
  }
}

/// `martlet_clock`, as martlet.h says.
@c @implementation
public func martlet_clock(_ stack: OpaquePointer?, _ microseconds: Int64) -> Int64 {
  answer { () throws(SocketError) in
    let stack = try unsafe findStack(stack)
    guard stack.hasOwnClock else { throw SocketError(EINVAL) }
    let isThere: Void? = stack.owner.with { core, now in
      core.ownClock = max(now, Instant(microseconds: microseconds))
    }
    guard isThere != nil else { throw SocketError.networkDown }
    // Read in a turn of its own: what was due is done by then.
    let deadline = stack.owner.with { core, _ in core.nextDeadline }
    guard let deadline = deadline ?? nil else { throw SocketError(0) }
    return deadline.microseconds
  }
}

/// `martlet_descriptor`, as martlet.h says.
@c @implementation
public func martlet_descriptor(_ stack: OpaquePointer?) -> Int32 {
  answer { () throws(SocketError) in try unsafe findStack(stack).changeDescriptor() }
}

/// `martlet_use`, as martlet.h says.
@c @implementation
public func martlet_use(_ stack: OpaquePointer?) -> Int32 {
  answer { () throws(SocketError) in
    if unsafe stack != nil { _ = try unsafe findStack(stack) }
    unsafe martlet_thread_set_stack(stack)
    return 0
  }
}
