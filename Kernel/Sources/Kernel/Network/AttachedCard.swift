import MartletDevice
import MartletDrivers
import MartletStack
import MartletWire
import Synchronization

/// A network card, and how its interrupt and the softIRQ take turns with it.
///
/// It is in one of two modes. Armed, it waits for an interrupt and is not looked at. The interrupt
/// handler disarms it and raises the softIRQ, which polls it until a round finds nothing.
final class AttachedCard<Card: NetworkCard & ~Copyable>: Attachment {
  /// The frames taken in a round, so that a flood on one card leaves the others their turn.
  private static var budget: Int { 64 }

  let name: InterfaceName
  let interface: InterfaceID
  let linkAddress: MACAddress
  private var permanentCard: Permanent<Card>
  private let isArmed = Atomic<Bool>(false)
  private let isDown = Atomic<Bool>(false)

  init(_ card: consuming Card, name: InterfaceName, interface: InterfaceID) {
    linkAddress = card.capabilities.linkAddress
    permanentCard = Permanent(card)
    self.name = name
    self.interface = interface
  }

  private var card: Card {
    _read { yield permanentCard.value }
    _modify { yield &permanentCard.value }
  }

  var counters: CardCounters { card.counters }
  var state: CardState { card.state }
  var nextDeadline: Instant? { card.nextDeadline }

  /// What the interrupt handler does; false when the card had not asked for an interrupt.
  func makeInterruptHandler() -> () -> Bool {
    let interrupt = card.interrupt
    return { [self] in
      // A card that is gone reads as all ones, which looks like a request.
      guard !isDown.load(ordering: .relaxed), interrupt.acknowledge() else { return false }
      isArmed.store(false, ordering: .releasing)
      SoftIRQ.raise()
      return true
    }
  }

  func process(_ stack: inout Stack, now: Instant) -> Bool {
    card.advance(to: now)
    guard !isArmed.load(ordering: .acquiring) else { return false }
    card.service()
    let count = stack.service(&card, as: interface, now: now, budget: Self.budget)
    if case .dead = card.state { isDown.store(true, ordering: .relaxed) }
    return count > 0
  }

  func flush(_ stack: inout Stack, now: Instant) -> Bool {
    stack.flush(to: &card, from: interface, now: now)
    return false
  }

  func rearm() -> Bool {
    if isArmed.exchange(true, ordering: .acquiringAndReleasing) { return false }
    guard card.rearm() else { return false }
    isArmed.store(false, ordering: .releasing)
    return true
  }
}
