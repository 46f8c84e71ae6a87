import MartletDevice
import MartletStack

/// One end of a cable on which frames are damaged: bits flip, ends are cut off, copies arrive, and
/// fields of ARP, IPv4, ICMP and TCP headers change with their checksums made right again.
///
/// Frames of TCP connections with `sparedPort` pass untouched. Ports and addresses are never
/// changed, so that no damaged frame belongs to a connection that is spared.
struct MutatingDevice: LinkDevice {
  var base: MemoryLink.End
  var mutator: Mutator
  var capabilities: DeviceCapabilities { base.capabilities }

  mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    Self.receive(budget, from: &base, through: &mutator, body)
  }

  private static func receive(
    _ budget: Int, from base: inout MemoryLink.End, through mutator: inout Mutator,
    _ body: (RawSpan, FrameInfo) -> Void
  ) -> Int {
    base.receive(budget: budget) { frame, info in
      var bytes = frame.indices.map { unsafe frame.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
      for _ in 0..<mutator.mutate(&bytes) { unsafe body(bytes.span.bytes, info) }
    }
  }

  @_lifetime(&self)
  mutating func reserve(_ count: Int) -> TransmitBatch? { base.reserve(count) }

  mutating func commit(_ count: Int) { base.commit(count) }
}

extension RawSpan {
  fileprivate var indices: Range<Int> { 0..<byteCount }
}

/// Damages one frame in eight, the same way for the same seed.
struct Mutator {
  var random: SplitMix64
  let sparedPort: UInt16
  var isActive = true
  private(set) var mutationCount = 0

  init(seed: UInt64, sparedPort: UInt16) {
    random = SplitMix64(seed: seed)
    self.sparedPort = sparedPort
  }

  /// Changes the frame, and returns how many times it arrives.
  mutating func mutate(_ frame: inout [UInt8]) -> Int {
    guard isActive, frame.count >= 34, !isSpared(frame), random.next() & 7 == 0 else { return 1 }
    mutationCount += 1
    switch random.next() % 6 {
    case 0: frame[Int.random(in: 12..<frame.count, using: &random)] ^= 1 << (random.next() & 7)
    case 1: frame.removeLast(Int.random(in: 1...frame.count, using: &random))
    case 2: return 2
    case 3: return 0
    default: changeField(of: &frame)
    }
    return 1
  }

  private func isSpared(_ frame: [UInt8]) -> Bool {
    guard frame[12] == 8, frame[13] == 0, frame[23] == 6, frame.count >= 38 else { return false }
    return word(of: frame, at: 34) == sparedPort || word(of: frame, at: 36) == sparedPort
  }

  /// Changes a byte of a header, addresses and ports aside.
  private mutating func changeField(of frame: inout [UInt8]) {
    let value = UInt8(truncatingIfNeeded: random.next())
    if frame[13] == 6 {
      frame[Int.random(in: 14..<22, using: &random)] = value
    } else if random.next() & 3 == 0 {
      frame[Int.random(in: 14..<24, using: &random)] = value
    } else if frame.count > 38 {
      let end = min(frame.count, frame[23] == 6 ? 74 : 42)
      frame[Int.random(in: (frame[23] == 6 ? 38 : 34)..<end, using: &random)] = value
    }
    if frame[13] == 0 { mendChecksums(of: &frame) }
  }

  private func mendChecksums(of frame: inout [UInt8]) {
    store(0, at: 24, of: &frame)
    store(~sum(of: frame[14..<34], from: 0), at: 24, of: &frame)
    let end = min(frame.count, 14 + Int(word(of: frame, at: 16)))
    if frame[23] == 6, end >= 54 {
      store(0, at: 50, of: &frame)
      let pseudoHeader = UInt32(sum(of: frame[26..<34], from: 6)) + UInt32(end - 34)
      store(~sum(of: frame[34..<end], from: pseudoHeader), at: 50, of: &frame)
    } else if frame[23] == 1, end >= 42 {
      store(0, at: 36, of: &frame)
      store(~sum(of: frame[34..<end], from: 0), at: 36, of: &frame)
    }
  }

  private func word(of frame: [UInt8], at index: Int) -> UInt16 {
    UInt16(frame[index]) << 8 | UInt16(frame[index + 1])
  }

  private func store(_ word: UInt16, at index: Int, of frame: inout [UInt8]) {
    frame[index] = UInt8(word >> 8)
    frame[index + 1] = UInt8(word & 255)
  }

  /// The Internet checksum's sum, written once more so that the stack's own is not its judge.
  private func sum(of bytes: ArraySlice<UInt8>, from start: UInt32) -> UInt16 {
    var sum = start
    for (offset, byte) in bytes.enumerated() {
      sum += offset & 1 == 0 ? UInt32(byte) << 8 : UInt32(byte)
    }
    while sum > 0xFFFF { sum = sum >> 16 + sum & 0xFFFF }
    return UInt16(sum)
  }
}
