import CPlatform
import MartletDigest

/// The vector registers, which belong to those threads that ask for them.
///
/// The kernel itself is built without them, so neither an interrupt nor a thread that computes in
/// general registers has anything to save. A thread that declares has its registers saved and
/// brought back whenever another comes to run: by XSAVE where the processor has it, by FXSAVE
/// elsewhere. While any other thread runs, CR0.TS makes every use of them an exception.
enum Vectors {
  /// How the registers are saved.
  enum Method {
    /// All of x87, SSE and, where there is AVX, its upper halves (Intel SDM volume 1, chapter 13).
    case xsave(components: UInt64)
    case fxsave
  }

  @safe nonisolated(unsafe) private(set) static var method = Method.fxsave
  /// Bytes of a thread's area.
  @safe nonisolated(unsafe) private static var areaSize = 512

  private static let taskSwitched: UInt64 = 1 << 3

  /// Whether the registers have upper halves that are saved.
  static var areWide: Bool {
    if case .xsave(let components) = method { return components & 4 != 0 }
    return false
  }

  /// Finds the way to save, and keeps everybody out until they ask.
  static func start() {
    // CR0: no emulation, WAIT watched. CR4: OSFXSR and OSXMMEXCPT, without which SSE is refused.
    cr0_write(cr0_read() & ~(1 << 2) | 1 << 1)
    cr4_write(cr4_read() | 1 << 9 | 1 << 10)
    if cpuid_read(1, 0).ecx & 1 << 26 != 0 { startXSAVE() }
    cr0_write(cr0_read() | taskSwitched)
    VectorBracket.install(begin: { Vectors.mayBeUsed }, end: {})
    if case .xsave = method {
      log("vectors: saved by XSAVE, \(areaSize) bytes a thread")
    } else {
      log("vectors: saved by FXSAVE, \(areaSize) bytes a thread")
    }
  }

  private static func startXSAVE() {
    cr4_write(cr4_read() | 1 << 18)
    // x87, SSE and AVX: nothing else that the processor may have is let in.
    let components = UInt64(cpuid_read(0xD, 0).eax) & 7
    vector_components_set(components)
    method = .xsave(components: components)
    // What the components just allowed take.
    areaSize = Int(cpuid_read(0xD, 0).ebx)
  }

  /// Declares that the running thread uses vector registers from now on; false when there is no
  /// memory to save them to.
  static func declare() -> Bool {
    withInterruptsMasked {
      let thread = Scheduler.current
      guard thread.vectorArea == 0 else { return true }
      let area = kernelAllocate(areaSize, 64)
      guard area != 0 else { return false }
      prepare(area)
      thread.vectorArea = area
      cr0_write(cr0_read() & ~taskSwitched)
      restore(area)
      return true
    }
  }

  /// Whether code that runs now may use vector registers: a thread that has declared it, and not an
  /// interrupt on its stack.
  static var mayBeUsed: Bool {
    interrupts_are_unmasked() && Scheduler.current.vectorArea != 0
  }

  /// Puts one thread's registers away and brings another's; with interrupts masked.
  static func exchange(_ old: Thread, _ new: Thread) {
    if old.vectorArea != 0 {
      save(old.vectorArea)
      if new.vectorArea == 0 { cr0_write(cr0_read() | taskSwitched) }
    } else if new.vectorArea != 0 {
      cr0_write(cr0_read() & ~taskSwitched)
    }
    if new.vectorArea != 0 { restore(new.vectorArea) }
  }

  /// The state after a reset: every register zero, every floating-point exception masked.
  private static func prepare(_ area: UInt) {
    for offset in stride(from: 0, to: UInt(areaSize), by: 8) { mmio_write64(area + offset, 0) }
    mmio_write16(area, 0x037F)
    mmio_write32(area + 24, 0x1F80)
  }

  private static func save(_ area: UInt) {
    switch method {
    case .xsave(let components): vector_state_xsave(area, components)
    case .fxsave: vector_state_fxsave(area)
    }
  }

  private static func restore(_ area: UInt) {
    switch method {
    case .xsave(let components): vector_state_xrstor(area, components)
    case .fxsave: vector_state_fxrstor(area)
    }
  }
}
