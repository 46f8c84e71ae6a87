extension PacketBuffer {
  /// Pushes a tag behind the Ethernet addresses.
  mutating func pushVLAN(type: UInt16, tci: UInt16) -> Bool {
    guard open(4, at: 12) else { return false }
    set(type, at: 12)
    set(tci & 0xefff, at: 14)
    return true
  }

  /// Gives the outer tag another identifier and priority.
  mutating func setVLAN(tci: UInt16) {
    guard count >= 18, word16(12) == 0x8100 || word16(12) == 0x88a8 else { return }
    set(tci & 0xefff, at: 14)
  }

  /// Takes the outer tag away.
  mutating func popVLAN() {
    guard count >= 18, word16(12) == 0x8100 || word16(12) == 0x88a8 else { return }
    close(4, at: 12)
  }

  /// Pushes a label stack entry behind Ethernet and its tag.
  mutating func pushMPLS(type: UInt16, entry: UInt32) -> Bool {
    let place = endOfTags
    guard count >= place, open(4, at: place) else { return false }
    set(type, at: place - 2)
    set(entry, at: place)
    headers.mpls = place
    headers.network = 0
    headers.transport = 0
    return true
  }

  /// Takes the outer label stack entry away; what comes behind is looked for anew.
  mutating func popMPLS(type: UInt16) {
    let place = endOfTags
    guard headers.mpls > 0, count >= place + 4 else { return }
    close(4, at: place)
    set(type, at: place - 2)
    var key = FlowKey()
    if let found = key.extract(frame) { headers = found }
  }

  /// Where Ethernet and the outer tag end.
  private var endOfTags: Int {
    count >= 18 && (word16(12) == 0x8100 || word16(12) == 0x88a8) ? 18 : 14
  }
}
