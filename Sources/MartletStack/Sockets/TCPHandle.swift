/// Names one connection. Stale, never dangling, once the connection is gone.
public struct TCPHandle: Equatable, Hashable, Sendable, BitwiseCopyable {
  let index: UInt32
  let generation: UInt32

  /// The connection's place, 0 to `Configuration.connectionCount - 1`: an owner may keep what it
  /// knows of a connection in an array there. A later connection may have the same place.
  public var place: Int { Int(index) }

  init(index: Int, generation: UInt32) {
    self.index = UInt32(truncatingIfNeeded: index)
    self.generation = generation
  }
}
