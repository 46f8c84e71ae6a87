import CPlatform

/// The processor's own interrupt controller (Intel SDM volume 3, chapter 11).
struct LocalAPIC {
  static let timerVector: UInt64 = 0xF0
  static let spuriousVector: UInt64 = 0xFF

  private let base: UInt

  private enum Register {
    static let taskPriority: UInt = 0x80
    static let endOfInterrupt: UInt = 0xB0
    static let spurious: UInt = 0xF0
    static let timer: UInt = 0x320
    static let initialCount: UInt = 0x380
    static let currentCount: UInt = 0x390
    static let divide: UInt = 0x3E0
  }

  /// Turns the controller at `base` on.
  init(base: UInt) {
    self.base = base
    let apicBase: UInt32 = 0x1B
    msr_write(apicBase, msr_read(apicBase) | 1 << 11)
    mmio_write32(base + Register.taskPriority, 0)
    mmio_write32(base + Register.spurious, 0x100 | UInt32(Self.spuriousVector))
    mmio_write32(base + Register.divide, 0b0011)
    mmio_write32(base + Register.timer, UInt32(Self.timerVector))
  }

  /// Whether the processor has one.
  static var isPresent: Bool { cpuid_read(1, 0).edx & 1 << 9 != 0 }

  /// This controller's number, by which I/O APICs address it.
  var identifier: UInt32 { mmio_read32(base + 0x20) >> 24 }

  func endInterrupt() { mmio_write32(base + Register.endOfInterrupt, 0) }

  /// Starts the timer: one interrupt after `count` of its ticks; 0 stops it.
  func startTimer(_ count: UInt32) { mmio_write32(base + Register.initialCount, count) }

  /// What the timer has left.
  var timerCount: UInt32 { mmio_read32(base + Register.currentCount) }
}
