import CPlatform

/// The two 8259 controllers of the first PCs: masked where there is an APIC, used where not.
enum PIC8259 {
  private static let first: UInt16 = 0x20
  private static let second: UInt16 = 0xA0

  /// Moves their vectors behind the exceptions, to 32...47, and masks all lines.
  static func start() {
    port_write8(first, 0x11)
    port_write8(second, 0x11)
    port_write8(first + 1, 32)
    port_write8(second + 1, 40)
    port_write8(first + 1, 1 << 2)
    port_write8(second + 1, 2)
    port_write8(first + 1, 1)
    port_write8(second + 1, 1)
    port_write8(first + 1, 0xFF & ~(1 << 2))
    port_write8(second + 1, 0xFF)
  }

  static func unmask(_ line: UInt8) { setMask(line, false) }
  static func mask(_ line: UInt8) { setMask(line, true) }

  private static func setMask(_ line: UInt8, _ isMasked: Bool) {
    let port = (line < 8 ? first : second) + 1
    let bit: UInt8 = 1 << (line & 7)
    let old = port_read8(port)
    port_write8(port, isMasked ? old | bit : old & ~bit)
  }

  /// Ends the interrupt of `line`; false when it was spurious: the line had gone again, and line 7
  /// of its controller was reported instead.
  static func end(_ line: UInt8) -> Bool {
    if line & 7 == 7 {
      let port = line < 8 ? first : second
      port_write8(port, 0x0B)
      guard port_read8(port) & 0x80 != 0 else {
        // The first controller saw a real interrupt from the second.
        if line >= 8 { port_write8(first, 0x20) }
        return false
      }
    }
    if line >= 8 { port_write8(second, 0x20) }
    port_write8(first, 0x20)
    return true
  }
}
