internal import MartletDevice

/// Timers in a hierarchical wheel: four wheels of 64 slots, a millisecond the finest.
///
/// A timer is named by a small number, its owner's place in a table, so that arming allocates
/// nothing and a timer holds no reference. Arming and disarming cost the same however many there
/// are. A timer never runs out early, and at most a millisecond late.
struct TimerWheel: ~Copyable {
  private static var none: UInt32 { .max }
  private static var levels: Int { 4 }

  private var timers: Table<Timer>
  private var slots: Table<UInt32>
  private var occupied = InlineArray<4, UInt64>(repeating: 0)
  /// Every timer up to and including this tick has run out.
  private var current: Int64 = 0

  struct Timer: BitwiseCopyable {
    var tick: Int64 = 0
    var next = TimerWheel.none
    var previous = TimerWheel.none
    /// Level times 64 plus slot; `nil` when not armed.
    var slot: UInt16?
  }

  /// Makes `count` timers, none armed.
  init(count: Int) {
    timers = Table(count: count) { _ in Timer() }
    slots = Table(count: Self.levels * 64) { _ in Self.none }
  }

  /// Arms a timer, or moves it. A deadline that has passed runs out at the next call of `next`.
  mutating func arm(_ timer: Int, at deadline: Instant) {
    disarm(timer)
    // Rounded up: a timer must not run out early.
    let tick = (max(deadline.microseconds, 0) &+ 999) / 1000
    timers[timer].tick = max(tick, current &+ 1)
    link(timer)
  }

  /// Disarms a timer, armed or not.
  mutating func disarm(_ timer: Int) {
    guard let slot = timers[timer].slot else { return }
    let next = timers[timer].next
    let previous = timers[timer].previous
    if next != Self.none { timers[Int(next)].previous = previous }
    if previous != Self.none {
      timers[Int(previous)].next = next
    } else {
      slots[Int(slot)] = next
      if next == Self.none { occupied[Int(slot >> 6)] &= ~(1 << UInt64(slot & 63)) }
    }
    timers[timer].slot = nil
  }

  /// When the timer is armed for, to the wheel's millisecond; `nil` when it is not.
  func deadline(of timer: Int) -> Instant? {
    timers[timer].slot == nil ? nil : Instant(milliseconds: timers[timer].tick)
  }

  /// No timer runs out before this time; `nil` when none is armed.
  var nextDeadline: Instant? {
    guard let soonest = soonestSlot else { return nil }
    return Instant(milliseconds: soonest.tick)
  }

  /// Takes out one timer that has run out by `now`; `nil` when there is none.
  mutating func next(now: Instant) -> Int? {
    let target = now.microseconds / 1000
    while let soonest = soonestSlot, soonest.tick <= target {
      // Ticks between are empty. The slot's own tick is still to be handed out.
      current = max(current, soonest.tick &- 1)
      let head = slots[soonest.slot]
      if soonest.slot < 64 {
        disarm(Int(head))
        return Int(head)
      }
      cascade(soonest.slot)
    }
    current = max(current, target)
    return nil
  }

  /// Puts a timer into the slot of the finest wheel that reaches its tick.
  private mutating func link(_ timer: Int) {
    let tick = timers[timer].tick
    var level = 0
    // The tick after the current one is the base, so that a slot never means two turns.
    let base = current &+ 1
    while level < Self.levels - 1, tick >> (6 * Int64(level)) - base >> (6 * Int64(level)) >= 64 {
      level += 1
    }
    let shift = 6 * Int64(level)
    // Beyond the coarsest wheel a timer waits in its last slot and is placed anew from there.
    let position = min(tick >> shift, base >> shift + 63)
    let slot = level * 64 + Int(position & 63)
    let head = slots[slot]
    timers[timer].slot = UInt16(truncatingIfNeeded: slot)
    timers[timer].next = head
    timers[timer].previous = Self.none
    if head != Self.none { timers[Int(head)].previous = UInt32(truncatingIfNeeded: timer) }
    slots[slot] = UInt32(truncatingIfNeeded: timer)
    occupied[level] |= 1 << UInt64(slot & 63)
  }

  /// Places every timer of a coarse slot anew, on finer wheels.
  private mutating func cascade(_ slot: Int) {
    var index = slots[slot]
    slots[slot] = Self.none
    occupied[slot >> 6] &= ~(1 << UInt64(slot & 63))
    while index != Self.none {
      let next = timers[Int(index)].next
      timers[Int(index)].slot = nil
      link(Int(index))
      index = next
    }
  }

  /// The occupied slot whose ticks begin first; of two, the coarser.
  private var soonestSlot: (slot: Int, tick: Int64)? {
    var soonest: (slot: Int, tick: Int64)?
    let base = current &+ 1
    for level in 0..<Self.levels where occupied[level] != 0 {
      let shift = 6 * Int64(level)
      let origin = base >> shift
      let bits = occupied[level]
      let turn = UInt64(origin & 63)
      let rotated = bits &>> turn | bits &<< (64 &- turn)
      let distance = Int64(rotated.trailingZeroBitCount)
      let tick = max((origin + distance) << shift, base)
      if tick <= soonest?.tick ?? .max {
        soonest = (level * 64 + Int((origin + distance) & 63), tick)
      }
    }
    return soonest
  }
}
