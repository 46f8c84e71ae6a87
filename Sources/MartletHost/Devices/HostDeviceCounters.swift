/// What a device of the host has moved, and what it could not.
public struct HostDeviceCounters: Equatable, Sendable, BitwiseCopyable {
  /// The frames received.
  public internal(set) var received: UInt64 = 0
  /// The frames that the kernel took.
  public internal(set) var sent: UInt64 = 0
  /// The frames that came malformed or too long.
  public internal(set) var receiveErrors: UInt64 = 0
  /// The frames that the kernel had no room for.
  public internal(set) var transmitDrops: UInt64 = 0
  /// The frames that the kernel refused: the interface is down, say.
  public internal(set) var transmitErrors: UInt64 = 0
  /// The `errno` of the last refusal; 0 when there was none.
  public internal(set) var lastError: Int32 = 0

  /// Nothing yet.
  public init() {}
}
