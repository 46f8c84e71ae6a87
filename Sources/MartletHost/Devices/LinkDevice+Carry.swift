package import MartletDevice

/// What a device did with one frame.
package enum TransmitOutcome: Sendable {
  /// It took it.
  case taken
  /// It was full.
  case full
  /// The frame is longer than what it takes.
  case tooLong
}

extension LinkDevice where Self: ~Copyable {
  /// Takes up to `budget` frames and gives them to another device; returns how many there were.
  /// `lost` counts those that the other did not take: it was full, or they are too long for it.
  mutating func carry<To: LinkDevice & ~Copyable>(
    to other: inout To, budget: Int, lost: inout UInt64
  ) -> Int {
    receive(budget: budget) { frame, info in
      if other.transmit(copying: frame, info) != .taken { lost &+= 1 }
    }
  }

  /// Sends one frame.
  package mutating func transmit(copying frame: RawSpan, _ info: FrameInfo) -> TransmitOutcome {
    let outcome = fill(frame, info)
    commit(outcome == .taken ? 1 : 0)
    return outcome
  }

  private mutating func fill(_ frame: RawSpan, _ info: FrameInfo) -> TransmitOutcome {
    guard var batch = reserve(1), !batch.isFull else { return .full }
    guard frame.byteCount <= batch.slotCapacity else { return .tooLong }
    batch.append(copying: frame, info: info)
    return .taken
  }
}
