/// SHA-256 of eight messages at once in Swift's own vectors: written a second time from FIPS 180-4,
/// to hold the lanes of the assembly against.
enum SIMD8Oracle {
  private typealias Word = SIMD8<UInt32>

  /// The digests of eight messages of one length.
  static func hash(_ messages: [[UInt8]]) -> [[UInt8]] {
    precondition(messages.count == 8 && Set(messages.map(\.count)).count == 1)
    let padded = messages.map(pad)
    var state = initial.map { Word(repeating: $0) }
    for block in stride(from: 0, to: padded[0].count, by: 64) {
      compress(&state, padded.map { Array($0[block..<(block + 64)]) })
    }
    return (0..<8).map { lane in
      state.flatMap { word in
        (0..<4).map { UInt8(truncatingIfNeeded: word[lane] >> (24 - 8 * UInt32($0))) }
      }
    }
  }

  private static func pad(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    let bits = UInt64(message.count) * 8
    return padded + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
  }

  private static func compress(_ state: inout [Word], _ blocks: [[UInt8]]) {
    var w = [Word](repeating: Word(), count: 64)
    for t in 0..<16 {
      for lane in 0..<8 {
        w[t][lane] = blocks[lane][(4 * t)..<(4 * t + 4)].reduce(0) { $0 << 8 | UInt32($1) }
      }
    }
    for t in 16..<64 {
      w[t] = sigma1(w[t - 2]) &+ w[t - 7] &+ sigma0(w[t - 15]) &+ w[t - 16]
    }
    var v = state
    for t in 0..<64 {
      let t1 = v[7] &+ sum1(v[4]) &+ ((v[4] & v[5]) ^ (~v[4] & v[6])) &+ constants[t] &+ w[t]
      let t2 = sum0(v[0]) &+ ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]))
      v = [t1 &+ t2, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
    }
    for index in 0..<8 { state[index] &+= v[index] }
  }

  private static func rotr(_ x: Word, _ n: UInt32) -> Word { (x &>> n) | (x &<< (32 - n)) }
  private static func sum0(_ x: Word) -> Word { rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22) }
  private static func sum1(_ x: Word) -> Word { rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25) }
  private static func sigma0(_ x: Word) -> Word { rotr(x, 7) ^ rotr(x, 18) ^ (x &>> 3) }
  private static func sigma1(_ x: Word) -> Word { rotr(x, 17) ^ rotr(x, 19) ^ (x &>> 10) }

  /// The first 64 primes.
  private static let primes: [UInt64] = {
    (2...311).filter { number in (2..<number).allSatisfy { number % $0 != 0 } }
  }()

  /// The fractional parts' first 32 bits, worked out from the primes in whole numbers: the root of
  /// the prime shifted far enough to the left.
  private static let initial = primes.prefix(8).map { prime in
    UInt32(truncatingIfNeeded: root(UInt128(prime) << 64, of: 2))
  }
  private static let constants = primes.map { prime in
    UInt32(truncatingIfNeeded: root(UInt128(prime) << 96, of: 3))
  }

  /// The largest number whose `power`th power is not above `value`.
  private static func root(_ value: UInt128, of power: Int) -> UInt128 {
    var (low, high) = (UInt128(0), UInt128(1) << 42)
    while low + 1 < high {
      let middle = (low + high) / 2
      let raised = (1..<power).reduce(middle) { product, _ in product * middle }
      if raised <= value { low = middle } else { high = middle }
    }
    return low
  }
}
