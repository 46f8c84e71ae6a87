extension TCPOptions {
  /// Reads any list of options; each turn takes at least one byte.
  @usableFromInline
  mutating func parseAll(_ bytes: RawSpan) {
    var offset = 0
    while offset < bytes.byteCount {
      let kind: UInt8 = bytes.load(at: offset)
      if kind == 0 { return }
      if kind == 1 {
        offset += 1
        continue
      }
      guard offset + 1 < bytes.byteCount else { return mark(.malformed, true) }
      let length = Int(bytes.load(UInt8.self, at: offset + 1))
      guard length >= 2, offset + length <= bytes.byteCount else { return mark(.malformed, true) }
      parse(kind, bytes.extracting(offset..<offset + length))
      offset += length
    }
  }

  /// Reads one option; one of the wrong length is skipped.
  private mutating func parse(_ kind: UInt8, _ option: RawSpan) {
    switch (kind, option.byteCount) {
    case (2, 4): maximumSegmentSize = option.load(at: 2)
    case (3, 3): windowScale = option.load(at: 2)
    case (4, 2): selectiveAcknowledgmentPermitted = true
    case (5, 10...34) where (option.byteCount - 2) % 8 == 0:
      for offset in stride(from: 2, to: option.byteCount, by: 8) {
        appendSelectiveAcknowledgment(
          Block(
            left: SequenceNumber(rawValue: option.load(at: offset)),
            right: SequenceNumber(rawValue: option.load(at: offset + 4))))
      }
    case (8, 10): timestamps = Timestamps(value: option.load(at: 2), echo: option.load(at: 6))
    case (28, 4): userTimeout = option.load(at: 2)
    default: break
    }
  }
}
