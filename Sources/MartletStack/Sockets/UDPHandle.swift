/// Names one UDP socket. Stale, never dangling, once it is closed.
public struct UDPHandle: Equatable, Hashable, Sendable, BitwiseCopyable {
  let index: UInt32
  let generation: UInt32

  init(index: Int, generation: UInt32) {
    self.index = UInt32(truncatingIfNeeded: index)
    self.generation = generation
  }
}
