/// Names one listener. Stale, never dangling, once it is closed.
public struct ListenerHandle: Equatable, Hashable, Sendable, BitwiseCopyable {
  let index: UInt32
  let generation: UInt32

  init(index: Int, generation: UInt32) {
    self.index = UInt32(truncatingIfNeeded: index)
    self.generation = generation
  }
}
