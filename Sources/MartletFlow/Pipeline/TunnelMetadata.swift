/// What travels beside a frame that comes out of a tunnel or is to go into one.
public struct TunnelMetadata: Equatable, Sendable, BitwiseCopyable {
  /// The key or network identifier; 0 without.
  public var id: UInt64 = 0
  /// The outer IPv4 source; 0 without.
  public var source: UInt32 = 0
  /// The outer IPv4 destination; 0 without.
  public var destination: UInt32 = 0

  /// No tunnel, or what one says.
  public init() {}

  /// No tunnel, or what one says.
  public init(id: UInt64, source: UInt32, destination: UInt32) {
    self.id = id
    self.source = source
    self.destination = destination
  }
}
