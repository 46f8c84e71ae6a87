internal import MartletDevice
internal import MartletFlow

/// Frames on their way between two bridges: a bridge's forwarding must have ended before the next
/// begins.
struct PatchQueue: ~Copyable {
  /// The frames that may be on their way; a burst that every one of them floods.
  private static var capacity: Int { 64 }

  /// Where a frame comes in, what travels beside it, how many bridges it has passed.
  struct Entry {
    let port: SwitchPort
    let tunnel: TunnelMetadata
    let depth: Int
  }

  private var slots = TransmitSlots(count: PatchQueue.capacity, slotCapacity: FrameFinisher.limit)
  private var entries: [Entry] = []

  var isEmpty: Bool { entries.isEmpty }

  /// Copies a frame in; false when there is no room.
  mutating func append(_ frame: RawSpan, _ info: FrameInfo, _ entry: Entry) -> Bool {
    guard entries.count < Self.capacity, frame.byteCount <= slots.slotCapacity else { return false }
    slots.store(frame, info: info, at: entries.count)
    entries.append(entry)
    return true
  }

  /// Shows all frames, and is empty then.
  mutating func drain(_ body: (RawSpan, FrameInfo, Entry) -> Void) {
    for index in entries.indices {
      body(slots.bytes(at: index), slots.frame(at: index).info, entries[index])
    }
    entries.removeAll(keepingCapacity: true)
  }
}
