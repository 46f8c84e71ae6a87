internal import MartletWire

/// One direction of a `FaultInjector`: the frames on their way, ordered by arrival.
@usableFromInline
struct ImpairedLine: ~Copyable {
  let impairment: Impairment
  @usableFromInline private(set) var counters = FaultCounters()
  private var random: SplitMix64
  private var slots: TransmitSlots
  private var freeSlots: [Int]
  /// A binary heap, the next to arrive at its root.
  private var arrivals: [Arrival]
  private var order: UInt64 = 0
  /// When the link has sent what waits for it, in nanoseconds: a microsecond is 12 bytes at
  /// 100 Mbit/s, and rounding each frame would change the rate.
  private var busyUntil: Int64 = 0

  private struct Arrival: BitwiseCopyable {
    var time: Instant
    var order: UInt64
    var slot: Int

    func precedes(_ other: Self) -> Bool { (time, order) < (other.time, other.order) }
  }

  @usableFromInline
  init(_ impairment: Impairment, frameLength: Int, seed: UInt64) {
    precondition(impairment.frameLimit > 0, "a link carries at least one frame")
    self.impairment = impairment
    random = SplitMix64(seed: seed)
    slots = TransmitSlots(count: impairment.frameLimit, slotCapacity: frameLength)
    freeSlots = Array((0..<impairment.frameLimit).reversed())
    arrivals = []
    arrivals.reserveCapacity(impairment.frameLimit)
  }

  /// The earliest arrival.
  @usableFromInline
  var nextArrival: Instant? { arrivals.first?.time }

  /// Whether a frame has arrived by `now`.
  @usableFromInline
  func hasArrival(by now: Instant) -> Bool {
    guard let next = nextArrival else { return false }
    return next <= now
  }

  /// Puts a frame on the link, or does to it what befalls it there.
  @usableFromInline
  mutating func offer(_ frame: RawSpan, info: FrameInfo, now: Instant) {
    counters.offered &+= 1
    guard frame.byteCount <= slots.slotCapacity, !freeSlots.isEmpty,
      let departure = departure(of: frame.byteCount, now: now)
    else {
      counters.overflowed &+= 1
      return
    }
    guard !random.happens(perMillion: impairment.lossPerMillion) else {
      counters.lost &+= 1
      return
    }
    var arrival = departure + impairment.delay + random.interval(upTo: impairment.jitter)
    if random.happens(perMillion: impairment.reorderingPerMillion) {
      counters.reordered &+= 1
      arrival = arrival + impairment.reorderingDelay
    }
    let isCorrupted = random.happens(perMillion: impairment.corruptionPerMillion)
    insert(frame, info: info, corrupted: isCorrupted, at: arrival)
    if random.happens(perMillion: impairment.duplicationPerMillion), !freeSlots.isEmpty {
      counters.duplicated &+= 1
      insert(frame, info: info, corrupted: false, at: arrival)
    }
  }

  /// Shows up to `budget` frames that have arrived by `now`; returns how many.
  @usableFromInline
  mutating func deliver(
    budget: Int, now: Instant, _ body: (RawSpan, FrameInfo) -> Void
  ) -> Int {
    var delivered = 0
    while delivered < budget, hasArrival(by: now) {
      let slot = popArrival()
      body(slots.bytes(at: slot), slots.frame(at: slot).info)
      freeSlots.append(slot)
      delivered += 1
    }
    counters.delivered &+= UInt64(truncatingIfNeeded: delivered)
    return delivered
  }

  /// When a frame has left through the rate limit; `nil` when too much waits before it.
  private mutating func departure(of length: Int, now: Instant) -> Instant? {
    let rate = impairment.bitsPerSecond
    guard rate > 0 else { return now }
    let nowNanoseconds = now.microseconds &* 1000
    let start = max(busyUntil, nowNanoseconds)
    if impairment.queueByteLimit > 0 {
      let waiting = bytes(in: start &- nowNanoseconds, rate: rate)
      guard waiting &+ Int64(length) <= Int64(impairment.queueByteLimit) else { return nil }
    }
    busyUntil = start &+ Int64(length) &* 8_000_000_000 / rate
    // Rounded up: a frame has not arrived before its last bit has left.
    return Instant(microseconds: (busyUntil &+ 999) / 1000)
  }

  /// The bytes that leave at `rate` bits a second during so many nanoseconds.
  private func bytes(in nanoseconds: Int64, rate: Int64) -> Int64 {
    let product = nanoseconds.multipliedFullWidth(by: rate)
    return Int64(8_000_000_000).dividingFullWidth(product).quotient
  }

  private mutating func insert(
    _ frame: RawSpan, info: FrameInfo, corrupted: Bool, at time: Instant
  ) {
    guard let slot = freeSlots.popLast() else { return }
    slots.store(frame, info: info, at: slot)
    if corrupted, frame.byteCount > 0 { corrupt(slot) }
    order &+= 1
    push(Arrival(time: time, order: order, slot: slot))
  }

  private mutating func corrupt(_ slot: Int) {
    counters.corrupted &+= 1
    var frame = slots.frame(at: slot)
    // Nobody vouches for it any more, or the checksum would never be looked at.
    if frame.info.checksum == .verified { frame.info.checksum = .unverified }
    let bit = random.number(below: frame.length &* 8)
    slots.setInfo(frame.info, at: slot)
    var bytes = slots.mutableBytes(at: slot)
    let byte = bytes.load(UInt8.self, at: bit >> 3)
    bytes.store(byte ^ UInt8(1) << UInt8(truncatingIfNeeded: bit & 7), at: bit >> 3)
  }

  private mutating func push(_ arrival: Arrival) {
    var index = arrivals.count
    arrivals.append(arrival)
    while index > 0 {
      let parent = (index - 1) / 2
      guard arrivals[index].precedes(arrivals[parent]) else { return }
      arrivals.swapAt(index, parent)
      index = parent
    }
  }

  /// Takes the root off a heap that is not empty and returns its slot.
  private mutating func popArrival() -> Int {
    arrivals.swapAt(0, arrivals.count - 1)
    let slot = arrivals.removeLast().slot
    var index = 0
    while true {
      let left = 2 * index + 1
      guard left < arrivals.count else { return slot }
      let right = left + 1
      let child =
        right < arrivals.count && arrivals[right].precedes(arrivals[left]) ? right : left
      guard arrivals[child].precedes(arrivals[index]) else { return slot }
      arrivals.swapAt(index, child)
      index = child
    }
  }
}
