import MartletDevice
import MartletDrivers
import MartletStack
import MartletWire

/// 127.0.0.0/8: what the stack sends to itself comes back in the next round.
final class AttachedLoopback: Attachment {
  let name = InterfaceName(cardIndex: nil)
  let interface: InterfaceID
  private var device: Permanent<LoopbackDevice>

  init(_ device: consuming LoopbackDevice, interface: InterfaceID) {
    self.device = Permanent(device)
    self.interface = interface
  }

  var linkAddress: MACAddress { .zero }
  var counters: CardCounters { CardCounters() }
  var state: CardState { .up }
  var nextDeadline: Instant? { nil }

  func process(_ stack: inout Stack, now: Instant) -> Bool {
    stack.service(&device.value, as: interface, now: now) > 0
  }

  func flush(_ stack: inout Stack, now: Instant) -> Bool {
    guard stack.hasWork(on: interface) else { return false }
    stack.flush(to: &device.value, from: interface, now: now)
    return true
  }

  func rearm() -> Bool { false }
}
