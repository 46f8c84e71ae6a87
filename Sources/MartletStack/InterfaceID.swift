/// Names one interface of a stack, from the day it is added to the day it is removed.
public struct InterfaceID: Equatable, Hashable, Sendable, BitwiseCopyable {
  let index: UInt8
  let generation: UInt32

  init(index: Int, generation: UInt32) {
    self.index = UInt8(truncatingIfNeeded: index)
    self.generation = generation
  }
}
