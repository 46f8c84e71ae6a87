import CPlatform

/// A 16550 UART, written by polling: it must work in a panic.
struct SerialPort {
  private let base: UInt16
  private var isPresent = false

  init(base: UInt16) { self.base = base }

  /// 115,200 bits a second, 8 data bits, no parity, FIFO on; absent if a byte does not come back
  /// in loopback mode.
  mutating func start() {
    port_write8(base + 1, 0)
    port_write8(base + 3, 0x80)
    port_write8(base, 1)
    port_write8(base + 1, 0)
    port_write8(base + 3, 0x03)
    port_write8(base + 2, 0xC7)
    port_write8(base + 4, 0x1E)
    port_write8(base, 0xAE)
    isPresent = port_read8(base) == 0xAE
    port_write8(base + 4, 0x0F)
  }

  /// Lets received bytes interrupt.
  func enableInput() { if isPresent { port_write8(base + 1, 1) } }

  /// The next byte received; `nil` when there is none.
  func read() -> UInt8? {
    guard isPresent, port_read8(base + 5) & 1 != 0 else { return nil }
    return port_read8(base)
  }

  func write(_ byte: UInt8) {
    guard isPresent else { return }
    if byte == UInt8(ascii: "\n") { send(UInt8(ascii: "\r")) }
    send(byte)
  }

  private func send(_ byte: UInt8) {
    // A line that is not drained (flow control, a dead UART) must not hang the kernel.
    var patience = 100_000
    while port_read8(base + 5) & 0x20 == 0 && patience > 0 { patience -= 1 }
    port_write8(base, byte)
  }
}
