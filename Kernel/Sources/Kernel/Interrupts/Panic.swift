import CPlatform

/// How the kernel ends.
enum Panic {
  /// Set from the command line: a test's QEMU has a port that ends it with a status.
  @safe nonisolated(unsafe) static var exitsToDebugPort = false

  /// Says why, prints the registers and the return addresses, and stops the machine.
  static func stop(_ reason: LogLine, frame: borrowing interrupt_frame) -> Never {
    _ = interrupts_mask()
    log(reason)
    print(frame)
    printReturnAddresses(from: frame.rbp, first: frame.rip)
    stopMachine(status: 1)
  }

  /// Stops for a reason that has no interrupted registers.
  static func stop(_ reason: LogLine) -> Never {
    _ = interrupts_mask()
    log(reason)
    printReturnAddresses(from: frame_pointer_read(), first: nil)
    stopMachine(status: 1)
  }

  /// Ends QEMU with `status << 1 | 1` where a test asked for it, and halts for good elsewhere.
  static func stopMachine(status: UInt32) -> Never {
    if exitsToDebugPort { port_write32(0xF4, status) }
    while true { processor_halt() }
  }

  private static func print(_ frame: borrowing interrupt_frame) {
    row("rax", frame.rax, "rbx", frame.rbx, "rcx", frame.rcx)
    row("rdx", frame.rdx, "rsi", frame.rsi, "rdi", frame.rdi)
    row("r8 ", frame.r8, "r9 ", frame.r9, "r10", frame.r10)
    row("r11", frame.r11, "r12", frame.r12, "r13", frame.r13)
    row("r14", frame.r14, "r15", frame.r15, "rbp", frame.rbp)
    row("rsp", frame.rsp, "rip", frame.rip, "flg", frame.rflags)
    row("cr0", cr0_read(), "cr2", cr2_read(), "cr3", cr3_read())
  }

  private static func row(
    _ a: StaticString, _ x: UInt64, _ b: StaticString, _ y: UInt64, _ c: StaticString, _ z: UInt64
  ) {
    log("  \(a) \(hex: x, width: 16)  \(b) \(hex: y, width: 16)  \(c) \(hex: z, width: 16)")
  }

  /// Walks the chain of frame pointers. It may be what is broken: each step must go up the stack,
  /// by less than a stack, to a return address inside the image.
  private static func printReturnAddresses(from framePointer: UInt64, first: UInt64?) {
    if let first { log("  at \(hex: first, width: 16)") }
    var pointer = framePointer
    for _ in 0..<32 {
      guard pointer & 7 == 0, PageTables.isMapped(UInt(pointer)),
        PageTables.isMapped(UInt(pointer + 8))
      else { return }
      let next = mmio_read64(UInt(pointer))
      let address = mmio_read64(UInt(pointer) + 8)
      guard address >= UInt64(address_of_image()), address < UInt64(address_of_rodata()) else {
        return
      }
      log("  from \(hex: address, width: 16)")
      guard next > pointer, next - pointer < 1 << 20 else { return }
      pointer = next
    }
  }
}
