internal import Glibc

/// A file descriptor with one owner, closed at the end of its life.
public struct Descriptor: ~Copyable, Sendable {
  /// The kernel's number for it.
  public let rawValue: Int32

  /// Takes over an open descriptor.
  public init(_ rawValue: Int32) { self.rawValue = rawValue }

  /// Takes over what a system call returned, or throws why it failed.
  public init(_ call: String, _ result: Int32) throws(SystemError) {
    guard result >= 0 else { throw SystemError(call, code: errno) }
    rawValue = result
  }

  deinit { _ = close(rawValue) }

  /// Gives the number away without closing it.
  public consuming func release() -> Int32 {
    let number = rawValue
    discard self
    return number
  }
}
