// Says `unsafe`: getsockopt and setsockopt, their arguments a C program's.

public import CMartletShim
internal import Glibc
internal import MartletSharing
internal import MartletStack

/// `martlet_getsockopt`, as martlet.h says.
@c @implementation
public func martlet_getsockopt(
  _ socket: Int32, _ level: Int32, _ option: Int32, _ value: UnsafeMutableRawPointer?,
  _ length: UnsafeMutablePointer<socklen_t>?
) -> Int32 {
  answer { () throws(SocketError) in
    let reference = try Library.shared.socket(socket)
    let target = try unsafe OptionMemory(value, length)
    let bytes = try reference.perform { core, socket, _ throws(SocketError) in
      try core.option(OptionName(level, option), of: socket, reference, room: target.count)
    }
    try target.store(bytes)
    return 0
  }
}

/// `martlet_setsockopt`, as martlet.h says.
@c @implementation
public func martlet_setsockopt(
  _ socket: Int32, _ level: Int32, _ option: Int32, _ value: UnsafeRawPointer?,
  _ length: socklen_t
) -> Int32 {
  answer { () throws(SocketError) in
    let reference = try Library.shared.socket(socket)
    guard length <= UInt32(Int32.max) else { throw SocketError(EINVAL) }
    let memory = Swift.Result { () throws(SocketError) in
      try unsafe ReadableMemory(value, count: Int(length))
    }
    try reference.perform { core, socket, now throws(SocketError) in
      try core.setOption(
        OptionName(level, option), to: OptionArgument(memory, length: Int(length)), of: socket,
        reference, now: now)
    }
    return 0
  }
}
