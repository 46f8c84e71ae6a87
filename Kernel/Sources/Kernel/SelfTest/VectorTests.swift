import CPlatform
@_spi(Testing) import MartletDigest
import MartletDevice

/// Checks that nobody sees another's vector registers.
extension SelfTest {
  private static let registerBytes = 512
  /// So often the processor changes hands while a thread's registers hold its pattern.
  private static let switches: UInt64 = 12

  /// Threads that are preempted with full registers find them as they were, beside one that uses
  /// none; a thread that only now asks finds zeroes; and all memory comes back.
  static func checkVectors() {
    holdRegisters()
    let frames = FrameAllocator.shared.freeCount
    let blocks = KernelHeap.shared.blockCount
    holdRegisters()
    require(KernelHeap.shared.blockCount == blocks, "test: a thread kept a block")
    require(FrameAllocator.shared.freeCount == frames, "test: a thread kept a frame")
    pass()
  }

  private static func holdRegisters() {
    runTogether(3) { number in
      require(Vectors.declare(), "test: no memory for the registers")
      let area = kernelAllocate(registerBytes, 64)
      defer { kernelFree(area) }
      vector_registers_store(area, Vectors.areWide)
      require(holds(area, nil), "test: a new thread sees registers that are not zero")
      fill(area, UInt8(truncatingIfNeeded: number + 1))
      vector_registers_load(area, Vectors.areWide)
      waitForSwitches()
      fill(area, 0)
      vector_registers_store(area, Vectors.areWide)
      require(
        holds(area, UInt8(truncatingIfNeeded: number + 1)),
        "test: a thread's registers were changed")
    }
  }

  /// SHA-256 in several threads at once, by the fastest path of the processor and by the portable
  /// one where it may not be used, with the same result.
  static func checkDigest() {
    let message = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7 ^ $0 >> 8) }
    var portable = SHA256(on: .portable)
    portable.update(data: message)
    let expected = portable.finalize()
    log("test: SHA-256 by \(digestPath)")
    require(SHA256.hash(data: message) == expected, "test: another digest without vectors")
    runTogether(3) { number in
      // The first of them may not use vectors and must do without.
      if number > 0 { require(Vectors.declare(), "test: no memory for the registers") }
      let end = Scheduler.switchCount + switches
      while Scheduler.switchCount < end {
        require(SHA256.hash(data: message) == expected, "test: another digest among others")
      }
    }
    pass()
  }

  /// Ends in a panic that says so.
  static func useUndeclaredVectors() {
    vector_registers_load(address_of_data(), false)
  }

  private static var digestPath: StaticString {
    switch SHA256Path.best {
    case .portable: "Swift"
    case .ssse3: "SSSE3"
    case .avx: "AVX"
    case .avx2: "AVX2"
    case .shaNI: "SHA-NI"
    case .armv8: "ARMv8"
    }
  }

  /// Runs `count` threads to their end, and one beside them that only computes.
  private static func runTogether(_ count: Int, _ body: @escaping (Int) -> Void) {
    let state = Together()
    for number in 0..<count {
      Scheduler.spawn("vectors") {
        body(number)
        withInterruptsMasked { state.ended += 1 }
      }
    }
    while state.ended < count { processor_pause() }
    while Scheduler.threadCount > 2 { Scheduler.yield() }
  }

  private static func waitForSwitches() {
    let end = Scheduler.switchCount + switches
    while Scheduler.switchCount < end { processor_pause() }
  }

  /// A pattern in which every byte of every register differs from its neighbours.
  private static func byte(_ offset: Int, _ pattern: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: offset * 11) ^ pattern &* 37
  }

  private static func fill(_ area: UInt, _ pattern: UInt8) {
    for offset in 0..<registerBytes { mmio_write8(area + UInt(offset), byte(offset, pattern)) }
  }

  /// Whether the registers' bytes are those of a pattern; of zeroes for `nil`.
  private static func holds(_ area: UInt, _ pattern: UInt8?) -> Bool {
    for offset in 0..<registerBytes where Vectors.areWide || offset & 16 == 0 {
      let expected = pattern.map { byte(offset, $0) } ?? 0
      if mmio_read8(area + UInt(offset)) != expected { return false }
    }
    return true
  }

  private final class Together {
    var ended = 0
  }
}
