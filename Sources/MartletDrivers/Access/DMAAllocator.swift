/// Where a driver gets the memory that it shares with its card.
public protocol DMAAllocator {
  /// Zeroed memory at a bus address below 4 GiB, contiguous there, on a border of `alignment` bytes
  /// (a power of two, at most 4096); `nil` when there is none. It is never given back: a card
  /// that is taken down may still write to it.
  func allocate(byteCount: Int, alignment: Int) -> DMAMemory?
}

extension DMAAllocator {
  /// As `allocate`, for a driver that cannot do without.
  func require(byteCount: Int, alignment: Int) throws(CardFailure) -> DMAMemory {
    guard let memory = allocate(byteCount: byteCount, alignment: alignment) else {
      throw .noMemory
    }
    return memory
  }
}
