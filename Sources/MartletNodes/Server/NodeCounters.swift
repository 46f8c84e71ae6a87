/// What a node's server has counted since it began.
public struct NodeCounters: Equatable, Sendable {
  /// Adverts sent.
  public var adverts: UInt64 = 0
  /// Adverts that could not be sent: no address yet, or no room.
  public var unsentAdverts: UInt64 = 0
  /// Connections taken.
  public var connections: UInt64 = 0
  /// Connections refused because another hub commands the node.
  public var refusedConnections: UInt64 = 0
  /// Connections that were closed for bytes that are no message.
  public var protocolErrors: UInt64 = 0
  /// Frames and proofs that were not believed.
  public var badFrames: UInt64 = 0
  /// Commands that a stranger may not give.
  public var refusedCommands: UInt64 = 0
  /// Commands that mean nothing to the device.
  public var unknownCommands: UInt64 = 0
  /// Halves of commands that were dropped.
  public var halfCommands: UInt64 = 0
  /// Hubs that had promised to say that they live, and were silent.
  public var silentHubs: UInt64 = 0
  /// Adverts of others that claim this node's name for itself.
  public var rivals: UInt64 = 0

  /// Nothing was counted yet.
  public init() {}
}
