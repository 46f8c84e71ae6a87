// Says `unsafe` where the kernel is handed a counter of this module's own.

internal import CMartletHost
internal import Glibc

/// A descriptor that any thread makes readable, to wake the one that waits for it.
public struct Doorbell: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// Makes a silent doorbell.
  ///
  /// Throws `SystemError` when the process has no descriptor left.
  public init() throws(SystemError) {
    descriptor = try Descriptor("eventfd", eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)))
  }

  /// What to watch for `.readable`.
  public var readinessDescriptor: Int32 { descriptor.rawValue }

  /// Makes it readable. From any thread; without effect while it is.
  public func ring() {
    var one: UInt64 = 1
    _ = unsafe write(descriptor.rawValue, &one, 8)
  }

  /// Makes it silent again.
  public func silence() {
    var count: UInt64 = 0
    _ = unsafe read(descriptor.rawValue, &count, 8)
  }
}
