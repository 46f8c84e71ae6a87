package import MartletDevice

extension LinkDevice where Self: ~Copyable {
  /// Sends copies of `frames`; returns how many the device took.
  package mutating func send(_ frames: [[UInt8]], info: FrameInfo = FrameInfo()) -> Int {
    var sent = 0
    while sent < frames.count {
      let filled = fill(frames[sent...], info: info)
      commit(filled)
      guard filled > 0 else { break }
      sent += filled
    }
    return sent
  }

  private mutating func fill(_ frames: ArraySlice<[UInt8]>, info: FrameInfo) -> Int {
    guard var batch = reserve(frames.count) else { return 0 }
    for frame in frames where !batch.isFull {
      unsafe batch.append(copying: frame.span.bytes, info: info)
    }
    return batch.count
  }

  /// Receives copies of up to `budget` frames.
  package mutating func frames(budget: Int = 1000) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    let count = receive(budget: budget) { frame, _ in frames.append([UInt8](frame)) }
    precondition(count == frames.count)
    return frames
  }

  /// Receives what travels beside up to `budget` frames.
  package mutating func infos(budget: Int = 1000) -> [FrameInfo] {
    var infos: [FrameInfo] = []
    _ = receive(budget: budget) { _, info in infos.append(info) }
    return infos
  }
}

extension [UInt8] {
  /// Copies bytes.
  package init(_ bytes: RawSpan) {
    self = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
  }
}

/// `count` frames of `length` bytes, each with its own number in the first two.
package func numbered(_ count: Int, length: Int = 60) -> [[UInt8]] {
  (0..<count).map { number in
    [UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: 0xA5, count: length - 2)
  }
}
