internal import MartletDevice
internal import MartletFlow
internal import MartletHost
internal import MartletWire

/// The translation at a gateway's outer port. Everything happens on the loop's thread.
final class Uplink: @unchecked Sendable {
  /// The connections that cross it.
  private(set) var translator: UplinkTranslator
  /// The guests' network: nobody outside may name an address of it.
  private let inside: IPv4Prefix
  private var now = Instant.zero
  /// Where a received frame is changed; lent while one is.
  private var received: TransmitSlots? = TransmitSlots(count: 1, slotCapacity: 65_550)
  /// The packets that were not let through: no address yet, or not what may pass.
  private(set) var refusedCount: UInt64 = 0

  init(inside: IPv4Prefix, forwards: [UplinkForward]) {
    var tracking = TrackingConfiguration()
    tracking.secret = (.random(in: .min ... .max), .random(in: .min ... .max))
    translator = UplinkTranslator(address: .unspecified, forwards: forwards, tracking: tracking)
    self.inside = inside
  }

  /// The outer address; `unspecified` while there is none.
  var address: IPv4Address {
    get { translator.address }
    set { translator.address = newValue }
  }

  var nextDeadline: Instant? { translator.nextDeadline }

  func advance(to now: Instant) {
    self.now = now
    if let deadline = translator.nextDeadline, deadline <= now { translator.poll(now: now) }
  }

  /// Changes the frame in a slot, which is about to leave; false where it must not.
  func takeOutbound(at index: Int, of slots: inout TransmitSlots) -> Bool {
    let isPartial = slots.frame(at: index).info.checksum == .partial
    var bytes = slots.mutableBytes(at: index)
    return takeOutbound(&bytes, isPartial: isPartial)
  }

  /// Shows a frame that has come in, changed, if it may go further.
  func receive(_ frame: RawSpan, _ info: FrameInfo, _ body: (RawSpan, FrameInfo) -> Void) {
    guard var slots = received.take() else { return }
    if frame.byteCount <= slots.slotCapacity {
      slots.store(frame, info: info, at: 0)
      if takeInbound(from: &slots, isPartial: info.checksum == .partial) {
        body(slots.bytes(at: 0), info)
      }
    }
    received = consume slots
  }

  private func takeInbound(from slots: inout TransmitSlots, isPartial: Bool) -> Bool {
    var bytes = slots.mutableBytes(at: 0)
    return takeInbound(&bytes, isPartial: isPartial)
  }

  @_lifetime(frame: copy frame)
  private func takeOutbound(_ frame: inout MutableRawSpan, isPartial: Bool) -> Bool {
    guard let (source, destination) = Self.addresses(of: frame.bytes) else { return true }
    // What the gateway itself asks for, and whom it asks: its lease.
    if !destination.isUnicast { return source.isUnspecified || source == address }
    guard !address.isUnspecified else { return refuse() }
    var packet = frame._mutatingExtracting(Self.headerLength..<frame.byteCount)
    guard translator.outbound(&packet, isPartial: isPartial, now: now) == .forward else {
      return refuse()
    }
    // Nothing leaves under another name, whatever was the reason.
    guard Self.addresses(of: frame.bytes)?.source == address else { return refuse() }
    return true
  }

  /// Changes a frame that has come in; false where it goes no further.
  @_lifetime(frame: copy frame)
  private func takeInbound(_ frame: inout MutableRawSpan, isPartial: Bool) -> Bool {
    guard let (source, destination) = Self.addresses(of: frame.bytes) else { return true }
    guard !inside.contains(destination), !inside.contains(source) else { return refuse() }
    guard !address.isUnspecified, destination.isUnicast else { return true }
    guard destination == address else { return refuse() }
    var packet = frame._mutatingExtracting(Self.headerLength..<frame.byteCount)
    switch translator.inbound(&packet, isPartial: isPartial, now: now) {
    case .forward, .local: return true
    case .inside, .dropped: return refuse()
    }
  }

  private func refuse() -> Bool {
    refusedCount &+= 1
    return false
  }

  /// The bytes of an Ethernet header.
  private static var headerLength: Int { 14 }

  /// The addresses of an IPv4 packet in a frame; `nil` for anything else.
  private static func addresses(
    of frame: RawSpan
  ) -> (source: IPv4Address, destination: IPv4Address)? {
    guard frame.byteCount >= headerLength + 20, frame.load(UInt16.self, at: 12) == 0x0800 else {
      return nil
    }
    return (
      IPv4Address(rawValue: frame.load(UInt32.self, at: headerLength + 12)),
      IPv4Address(rawValue: frame.load(UInt32.self, at: headerLength + 16))
    )
  }
}
