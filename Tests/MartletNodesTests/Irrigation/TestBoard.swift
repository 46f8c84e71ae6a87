import MartletDevice
import MartletNodes

/// A board's pins and memory that note every change with its time, and whatever breaks a property.
final class TestBoard: GPIO, Storage {
  private enum Direction { case input, output }

  private var latch = [PinLevel](repeating: .low, count: 32)
  private var direction = [Direction](repeating: .input, count: 32)
  private var openedAt = [Instant?](repeating: nil, count: 32)

  /// The virtual time; the test moves it.
  var now = Instant.zero
  /// A pin that is at this level whatever is written.
  var shortCircuit: (pin: UInt8, level: PinLevel)?
  /// Whether writing to storage fails.
  var failsToStore = false
  private(set) var records: [StorageRecord: [UInt8]] = [:]
  private(set) var writeCount = 0

  /// What was wrong, in words.
  private(set) var faults: [String] = []
  /// The stretches in which a pin was active.
  private(set) var stretches: [(pin: UInt8, from: Instant, to: Instant)] = []
  /// How often any output became active.
  private(set) var activations = 0

  /// The pins that are active: outputs at the low level.
  var active: [UInt8] {
    (0..<UInt8(32)).filter { direction[Int($0)] == .output && latch[Int($0)] == .low }
  }

  func write(_ level: PinLevel, to pin: UInt8) {
    latch[Int(pin)] = level
    look()
  }

  func makeOutput(_ pin: UInt8) {
    direction[Int(pin)] = .output
    look()
  }

  func read(_ pin: UInt8) -> PinLevel {
    if let shortCircuit, shortCircuit.pin == pin { return shortCircuit.level }
    return latch[Int(pin)]
  }

  /// Power comes back, or the watchdog bites: every pin is an input, and what was latched is lost.
  func reset() {
    direction = [Direction](repeating: .input, count: 32)
    latch = [PinLevel](repeating: .low, count: 32)
    look()
  }

  func read(_ record: StorageRecord) -> [UInt8]? { records[record] }

  func write(_ bytes: [UInt8], to record: StorageRecord) -> Bool {
    guard !failsToStore else { return false }
    writeCount += 1
    records[record] = bytes
    return true
  }

  /// P1 and P2, at every write.
  private func look() {
    let active = active
    if active.count > 1 { faults.append("\(active) at \(now.microseconds)") }
    for pin in 0..<UInt8(32) {
      let isActive = active.contains(pin)
      if isActive, openedAt[Int(pin)] == nil {
        openedAt[Int(pin)] = now
        activations += 1
      } else if !isActive, let start = openedAt[Int(pin)] {
        openedAt[Int(pin)] = nil
        stretches.append((pin, start, now))
        if now - start > .seconds(1801) {
          faults.append("pin \(pin) for \((now - start).microseconds / 1_000_000) s")
        }
      }
    }
  }

  /// The longest time that a pin was active in any 24 hours.
  func longestDay(_ pin: UInt8) -> Interval {
    let day = Interval.seconds(86_400)
    var longest = Interval.zero
    let own = stretches.filter { $0.pin == pin }
    for last in own {
      let start = last.to.microseconds - day.microseconds
      var sum: Int64 = 0
      for stretch in own where stretch.to <= last.to {
        sum += max(0, stretch.to.microseconds - max(stretch.from.microseconds, start))
      }
      longest = max(longest, .microseconds(sum))
    }
    return longest
  }
}
