import CPlatform

/// The VGA text screen of a PC: 80 columns, 25 rows, a byte of text and a byte of colour each.
struct TextScreen {
  private static let columns = 80
  private static let rows = 25
  private static let memory: UInt = 0xB8000
  private static let blank: UInt16 = 0x0720
  private var column = 0

  mutating func clear() {
    for cell in 0..<Self.columns * Self.rows { put(Self.blank, at: cell) }
    column = 0
  }

  /// Writes on the last row, as a teletype does.
  mutating func write(_ byte: UInt8) {
    if byte == UInt8(ascii: "\n") || column == Self.columns {
      scroll()
      column = 0
    }
    guard byte >= 0x20 else { return }
    put(0x0700 | UInt16(byte), at: (Self.rows - 1) * Self.columns + column)
    column += 1
  }

  private func scroll() {
    let kept = (Self.rows - 1) * Self.columns
    for cell in 0..<kept {
      put(mmio_read16(Self.memory + UInt(2 * (cell + Self.columns))), at: cell)
    }
    for cell in kept..<kept + Self.columns { put(Self.blank, at: cell) }
  }

  private func put(_ value: UInt16, at cell: Int) {
    mmio_write16(Self.memory + UInt(2 * cell), value)
  }
}
