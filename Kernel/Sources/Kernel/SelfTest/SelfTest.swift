import CPlatform
import MartletDrivers

/// Checks that must run inside the kernel, chosen by `test=NAME` on its command line.
///
/// Each ends the machine: with status 0 when it passed, by a panic when it did not. `Tests/Kernel`
/// boots the image once for each.
enum SelfTest {
  static func runIfAsked() {
    let line = Kernel.commandLine
    guard line.value(of: "test") != nil else { return }
    if line.value(of: "test", is: "page-fault") { mmio_write8(0, 1) }
    if line.value(of: "test", is: "write-to-text") { mmio_write8(address_of_image(), 1) }
    if line.value(of: "test", is: "execute-data") { executeData() }
    if line.value(of: "test", is: "stack-overflow") { _ = overflow(1) }
    if line.value(of: "test", is: "precondition") { failPrecondition(line.has("debug-exit")) }
    if line.value(of: "test", is: "heap") { checkHeap() }
    if line.value(of: "test", is: "threads") { checkThreads() }
    if line.value(of: "test", is: "wakeups") { checkWakeups() }
    if line.value(of: "test", is: "deadlines") { checkDeadlines() }
    if line.value(of: "test", is: "storm") { checkStorm() }
    if line.value(of: "test", is: "vectors") { checkVectors() }
    if line.value(of: "test", is: "digest") { checkDigest() }
    if line.value(of: "test", is: "undeclared-vectors") { useUndeclaredVectors() }
  }

  /// Ends the test as passed.
  static func pass() -> Never {
    log("test: passed")
    Panic.stopMachine(status: 0)
  }

  /// Ends the test unless `condition` holds.
  static func require(_ condition: Bool, _ what: LogLine) {
    if !condition { Panic.stop(what) }
  }

  @inline(never)
  private static func overflow(_ depth: Int) -> Int {
    var local = InlineArray<64, Int>(repeating: depth)
    // Never zero; the compiler cannot know and so allows the recursion.
    if depth != 0 { local[depth & 63] = overflow(depth + 1) }
    return local[0] + local[depth & 63]
  }

  @inline(never)
  private static func failPrecondition(_ condition: Bool) {
    precondition(!condition, "asked for")
  }

  private static func executeData() {
    let address = kernelAllocate(16, 16)
    mmio_write8(address, 0xC3)
    code_call(address)
  }

  /// Blocks of every size do not overlap, keep their bytes, and leave nothing behind.
  private static func checkHeap() {
    let frames = FrameAllocator.shared.freeCount
    let blocks = KernelHeap.shared.blockCount
    do {
      var held: [[UInt64]] = []
      for round in 0..<600 {
        held.append([UInt64](repeating: UInt64(round), count: 1 + round * 7 % 1500))
        if round % 3 == 2 { held.remove(at: round / 3) }
      }
      for array in held {
        for word in array {
          require(word == array[0], "test: a block of the heap was overwritten")
        }
      }
    }
    require(KernelHeap.shared.blockCount == blocks, "test: the heap kept a block")
    require(FrameAllocator.shared.freeCount == frames, "test: the heap kept a frame")
    pass()
  }
}
