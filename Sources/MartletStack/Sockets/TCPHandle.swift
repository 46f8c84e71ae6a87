/// Names one connection. Stale, never dangling, once the connection is gone.
public struct TCPHandle: Equatable, Hashable, Sendable, BitwiseCopyable {
  let index: UInt32
  let generation: UInt32

  init(index: Int, generation: UInt32) {
    self.index = UInt32(truncatingIfNeeded: index)
    self.generation = generation
  }
}
