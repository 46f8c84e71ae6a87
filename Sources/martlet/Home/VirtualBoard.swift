import MartletNodes

/// The pins and the memory of a board that is not there. Inputs are at rest: high.
///
/// The thread of the stack's loop alone uses it.
final class VirtualBoard: GPIO, Storage {
  private var levels = [PinLevel](repeating: .high, count: 32)
  private var records: [StorageRecord: [UInt8]] = [:]

  func write(_ level: PinLevel, to pin: UInt8) {
    guard levels.indices.contains(Int(pin)) else { return }
    levels[Int(pin)] = level
  }

  func makeOutput(_ pin: UInt8) {}

  func read(_ pin: UInt8) -> PinLevel {
    levels.indices.contains(Int(pin)) ? levels[Int(pin)] : .high
  }

  func read(_ record: StorageRecord) -> [UInt8]? { records[record] }

  func write(_ bytes: [UInt8], to record: StorageRecord) -> Bool {
    records[record] = bytes
    return true
  }
}
