import MartletDevice
import MartletNodes

/// The edges of a light's three outputs, as a timer's interrupt of a board would set them.
///
/// The thread of the stack's loop alone uses it.
final class LightTrace {
  /// The pins of red, green and blue; a lit channel is high.
  static let pins: [UInt8] = [12, 13, 14]
  /// 4,096 ticks a period: 12 bits.
  private static let ticksPerSecond = 2_048_000

  private var train = PulseTrain(ticksPerSecond: ticksPerSecond)
  private let trace: PinTrace
  private let start: Instant
  private var next: PulseEdge

  init(_ trace: PinTrace, start: Instant) {
    self.trace = trace
    self.start = start
    next = train.nextEdge()
  }

  /// Writes what the outputs did until now, and shows `levels` from the next period on.
  func advance(to now: Instant, showing levels: LightLevels) {
    let time = UInt64(clamping: (now - start).microseconds)
    let tick = time * UInt64(Self.ticksPerSecond) / 1_000_000
    while next.tick <= tick {
      let time = Int64(clamping: next.tick * 1_000_000 / UInt64(Self.ticksPerSecond))
      for (channel, pin) in Self.pins.enumerated() {
        trace.note(next.levels >> UInt8(channel) & 1 == 1 ? .high : .low, on: pin, at: time)
      }
      next = train.nextEdge()
    }
    train.show(levels)
  }
}
