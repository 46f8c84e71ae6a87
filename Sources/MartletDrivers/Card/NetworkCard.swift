public import MartletDevice

/// A real network card: a link device that interrupts, and that may fail.
///
/// Its owner is one context, the softIRQ, which alternates between two modes. While there is work
/// the card's interrupts are off and the owner polls in rounds (`service`, `receive`, transmit).
/// When a round found nothing, `rearm` turns them on again. Under a storm the card thus drops frames
/// by itself, for free, and no interrupt is taken for them.
public protocol NetworkCard: LinkDevice, ~Copyable {
  /// The part of the card that an interrupt handler may touch.
  associatedtype Interrupt: CardInterrupt

  /// What the card's interrupt handler calls.
  var interrupt: Interrupt { get }
  /// Whether it works.
  var state: CardState { get }
  /// What it has counted.
  var counters: CardCounters { get }

  /// Starts a round: takes note of what the card signalled and recovers from it.
  mutating func service()

  /// Ends polling: lets the card interrupt again. True when work arrived before it could, in which
  /// case its interrupts stay off and the owner goes on.
  mutating func rearm() -> Bool
}

/// The part of a card that its interrupt handler touches: the handler quiets the card and raises the
/// softIRQ, nothing more.
public protocol CardInterrupt {
  /// Turns the card's interrupts off. False when the card had not asked for one: a line that is
  /// shared, or a spurious interrupt.
  func acknowledge() -> Bool
}
