internal import MartletDevice

extension LinkDevice where Self: ~Copyable {
  /// Takes up to `budget` frames and gives them to another device; returns how many there were.
  /// `lost` counts those that the other did not take: it was full, or they are too long for it.
  mutating func carry<To: LinkDevice & ~Copyable>(
    to other: inout To, budget: Int, lost: inout UInt64
  ) -> Int {
    receive(budget: budget) { frame, info in
      let count = other.take(frame, info)
      other.commit(count)
      if count == 0 { lost &+= 1 }
    }
  }

  private mutating func take(_ frame: RawSpan, _ info: FrameInfo) -> Int {
    guard var batch = reserve(1), frame.byteCount <= batch.slotCapacity else { return 0 }
    batch.append(copying: frame, info: info)
    return batch.count
  }
}
