import MartletDevice
import MartletWire
import Testing

@Suite struct InternetChecksumTests {
  /// RFC 1071 word by word, as nobody would write it for speed.
  static func reference(_ bytes: some Sequence<UInt8>) -> UInt16 {
    var sum: UInt32 = 0
    for (index, byte) in bytes.enumerated() {
      sum += UInt32(byte) << (index.isMultiple(of: 2) ? 8 : 0)
      if sum > 0xFFFF { sum -= 0xFFFF }
    }
    return ~UInt16(truncatingIfNeeded: sum)
  }

  @Test func exampleOfTheStandard() {
    // RFC 1071, section 3: the sum is DDF2.
    let sum = bytes("0001 f203 f4f5 f6f7").read { InternetChecksum.of($0) }
    #expect(sum == ~0xDDF2)
  }

  @Test func everyLengthAndAlignment() {
    var generator = SplitMix64(seed: 1)
    let data = [UInt8].random(1700, &generator)
    data.read { whole in
      for length in 0...1600 {
        for start in [0, 1, 2, 3, 5, 7, 8, 15, 33, 64] {
          let part = whole.extracting(start..<start + length)
          let expected = Self.reference(data[start..<start + length])
          if InternetChecksum.of(part) != expected {
            Issue.record("\(length) bytes from \(start)")
          }
        }
      }
    }
  }

  @Test(arguments: [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF] as [UInt8])
  func equalBytesCarryRight(byte: UInt8) {
    for length in [0, 1, 2, 63, 64, 65, 127, 128, 129, 1499, 1500, 65_535, 200_001] {
      let data = [UInt8](repeating: byte, count: length)
      #expect(data.read { InternetChecksum.of($0) } == Self.reference(data), "\(length)")
    }
  }

  @Test func piecesOfAnyLengthAddUp() {
    var generator = SplitMix64(seed: 2)
    for _ in 0..<2000 {
      let data = [UInt8].random(.random(in: 0...400, using: &generator), &generator)
      data.read { whole in
        var sum = InternetChecksum()
        var inParts = InternetChecksum()
        var offset = 0
        while offset < whole.byteCount {
          let end = min(
            whole.byteCount, offset + Int.random(in: 1...150, using: &generator))
          let piece = whole.extracting(offset..<end)
          sum.add(piece)
          var part = InternetChecksum()
          part.add(piece)
          inParts.add(part)
          offset = end
        }
        #expect(sum.value == Self.reference(data))
        #expect(inParts.value == Self.reference(data))
      }
    }
  }

  @Test func copyingSumsWhatItCopies() throws {
    var generator = SplitMix64(seed: 3)
    for length in Array(0...300) + [1460, 1499, 1500] {
      for start in [0, 1, 7] {
        let data = [UInt8].random(length, &generator)
        var sum = InternetChecksum()
        let copy = try written(length + start + 3) { target in
          data.read { sum.copy($0, into: &target, at: start) }
        }
        #expect([UInt8](copy[start..<start + length]) == data)
        #expect(copy.prefix(start).allSatisfy { $0 == 0xEE })
        #expect(copy.suffix(3).allSatisfy { $0 == 0xEE })
        #expect(sum.value == Self.reference(data))
      }
    }
  }

  @Test func wordsAddUpAsBytesDo() {
    var sum = InternetChecksum()
    sum.add(0x1234 as UInt16)
    sum.add(0xABCD_EF01 as UInt32)
    #expect(sum.value == Self.reference(bytes("1234 abcd ef01")))
    // A word behind an odd byte.
    bytes("77").read { odd in
      var sum = InternetChecksum()
      sum.add(odd)
      sum.add(0x1234 as UInt16)
      #expect(sum.value == Self.reference(bytes("77 1234")))
    }
  }

  @Test func pseudoHeaderIsThatOfTheStandard() {
    let sum = InternetChecksum.pseudoHeader(
      source: IPv4Address(10, 0, 0, 1), destination: IPv4Address(192, 168, 255, 254),
      protocol: .tcp, length: 1234)
    #expect(sum.value == Self.reference(bytes("0a000001 c0a8fffe 00 06 04d2")))
    #expect(sum.partialValue == ~sum.value)
  }

  @Test func intactBytesVerify() {
    var generator = SplitMix64(seed: 4)
    for length in 2...80 {
      var data = [UInt8].random(length, &generator)
      (data[0], data[1]) = (0, 0)
      let sum = data.read { InternetChecksum.of($0) }
      (data[0], data[1]) = (UInt8(sum >> 8), UInt8(sum & 255))
      #expect(data.read { InternetChecksum.verifies($0) })
      data[length - 1] ^= 0x10
      #expect(!data.read { InternetChecksum.verifies($0) })
    }
  }

  // MARK: Incremental update

  @Test func exampleOfTheUpdatesStandard() {
    // RFC 1624, section 4: where RFC 1141 went wrong.
    #expect(InternetChecksum.updated(0xDD2F, replacing: 0x5555 as UInt16, with: 0x3285) == 0x0000)
  }

  @Test func updatesAgreeWithSummingAnew() {
    var generator = SplitMix64(seed: 5)
    for round in 0..<20_000 {
      var data = [UInt8].random(20, &generator)
      // Zeros and ones are where ones' complement has two answers.
      if round.isMultiple(of: 5) { data = data.map { $0 & 1 == 0 ? 0 : 0xFF } }
      let before = data.read { InternetChecksum.of($0) }
      let field = Int.random(in: 0..<4, using: &generator) * 4
      let old: UInt32 = data.read { $0.load(at: field) }
      let new: UInt32 = round.isMultiple(of: 7) ? 0 : .random(in: 0 ... .max, using: &generator)
      for index in 0..<4 {
        data[field + index] = UInt8(truncatingIfNeeded: new >> UInt32(24 - 8 * index))
      }
      let after = Self.reference(data)
      #expect(InternetChecksum.updated(before, replacing: old, with: new) == after)
      let high = InternetChecksum.updated(
        before, replacing: UInt16(old >> 16), with: UInt16(new >> 16))
      #expect(
        InternetChecksum.updated(
          high, replacing: UInt16(truncatingIfNeeded: old), with: UInt16(truncatingIfNeeded: new))
          == after)
    }
  }
}
