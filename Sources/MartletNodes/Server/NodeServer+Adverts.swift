// Says `unsafe` where its buffer, an array, is seen as bytes.

internal import MartletDWN
public import MartletDevice
internal import MartletHTTP
public import MartletStack

/// How a node is found.
extension NodeServer where Device: ~Copyable {
  /// Says who the node is, and when it will say so again: after five seconds and a tenth more or
  /// less, so that nodes that were switched on together do not speak together for ever.
  mutating func announce(on stack: inout Stack, now: Instant) {
    let tenth = DWN.period.microseconds / 10
    let jitter = Int64(nonces.number(below: UInt64(2 * tenth))) - tenth
    nextAdvert = now + DWN.period + .microseconds(jitter)
    advert.uptime = UInt32(clamping: (now - start).microseconds / 1_000_000)
    output.clear()
    advert.emit(into: &output)
    do throws(StackError) {
      try stack.send(
        output.bytes, to: Endpoint(DWN.group, port: DWN.port), on: socket, now: now)
      counters.adverts &+= 1
    } catch {
      counters.unsentAdverts &+= 1
    }
  }

  /// Joins the group again and announces the node at once: what the link's other end knew of it may
  /// be gone.
  public mutating func linkReturned(on stack: inout Stack, now: Instant) {
    try? stack.leave(DWN.group, on: interface, with: socket)
    try? stack.join(DWN.group, on: interface, with: socket)
    announce(on: &stack, now: now)
  }

  /// Says goodbye and closes every connection.
  public mutating func end(on stack: inout Stack, now: Instant) {
    advert.isLeaving = true
    announce(on: &stack, now: now)
    for connection in connections { stack.close(connection.handle, now: now) }
    connections = []
    controller = nil
    stack.close(listener, now: now)
    stack.close(socket)
    device.setHub(isPresent: false, now: now)
  }

  /// Hears what others say of themselves: one that claims this node's name for itself is counted.
  mutating func hear(on stack: inout Stack) {
    for _ in 0..<16 {
      guard let length = receiveDatagram(on: &stack) else { return }
      if isRival(min(length, buffer.count)) { counters.rivals &+= 1 }
    }
  }

  private func isRival(_ length: Int) -> Bool {
    let text = unsafe ByteText(buffer.span.extracting(0..<length).bytes)
    return (try? Advert(parsing: text))?.id == advert.id
  }

  private mutating func receiveDatagram(on stack: inout Stack) -> Int? {
    let socket = socket
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    return (try? stack.receive(from: socket, into: &bytes))?.length
  }
}
