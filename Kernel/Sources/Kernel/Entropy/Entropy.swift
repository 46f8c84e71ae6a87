import CPlatform
import MartletDevice
import MartletDrivers
import MartletStack

/// Where the stack's seed comes from. Nothing that a stranger must not guess is made before 128 bits
/// are credited.
enum Entropy {
  private static let wanted = 128
  /// How often jitter is gathered before the console says that it takes long.
  private static let patience = 20

  /// 128 bits of entropy: from RDRAND, the command line and jitter, whichever of them there are.
  /// Does not return before it has them.
  static func seed() -> Seed {
    var pool = EntropyPool()
    gatherFromProcessor(into: &pool)
    gatherFromHost(into: &pool)
    gatherFromCommandLine(into: &pool)
    if pool.creditedBits >= wanted {
      // A little jitter beside it, uncredited: no source need be trusted alone.
      _ = JitterSource.gather(into: &pool)
      return pool.seed()
    }
    var tries = 0
    while pool.creditedBits < wanted {
      pool.credit(JitterSource.gather(into: &pool))
      tries += 1
      guard tries >= patience else { continue }
      if tries == patience {
        log("entropy: \(pool.creditedBits) bits of \(wanted): the network waits for more")
      }
      Scheduler.sleep(.milliseconds(100))
    }
    log("entropy: \(wanted) bits, from the jitter of the clock")
    return pool.seed()
  }

  private static func gatherFromProcessor(into pool: inout EntropyPool) {
    guard cpuid_read(1, 0).ecx & 1 << 30 != 0 else { return }
    var words = 0
    // Intel advises ten tries a word; each counts for half its bits.
    for _ in 0..<80 where words < 8 {
      let result = rdrand_read()
      guard result.ok else { continue }
      pool.absorb(result.value)
      words += 1
    }
    guard words == 8 else { return log("entropy: RDRAND gives nothing") }
    pool.credit(words * 32)
    log("entropy: \(words * 32) bits, from RDRAND")
  }

  /// virtio-rng: each word counts for half its bits.
  private static func gatherFromHost(into pool: inout EntropyPool) {
    var words: [UInt64] = []
    CardFinder.forEach(VirtioEntropy.identifiers) { function in
      do throws(CardFailure) {
        try VirtioEntropy.read(try CardFinder.virtio(of: function), memory: DMAFrames()) { word in
          words.append(word)
        }
      } catch {
        log("entropy: virtio-rng at \(function.address) gives nothing")
      }
    }
    guard !words.isEmpty else { return }
    for word in words { pool.absorb(word) }
    pool.credit(words.count * 32)
    log("entropy: \(words.count * 32) bits, from virtio-rng")
  }

  /// `seed=` and 32 hexadecimal digits or more, which whoever starts the machine drew for it.
  private static func gatherFromCommandLine(into pool: inout EntropyPool) {
    guard let range = Kernel.commandLine.value(of: "seed") else { return }
    let digits = Kernel.commandLine.bytes(range)
    var word: UInt64 = 0
    for (index, digit) in digits.enumerated() {
      guard let value = hexadecimalValue(digit) else {
        return log("entropy: seed= wants hexadecimal digits")
      }
      word = word << 4 | UInt64(value)
      if index & 15 == 15 { pool.absorb(word) }
    }
    pool.absorb(word)
    pool.credit(min(digits.count * 4, wanted))
    log("entropy: \(min(digits.count * 4, wanted)) bits, from the command line")
  }

  private static func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
