import CPlatform
import MartletDrivers

/// Hands out physical memory in frames of 4 KiB, one or a run at a time.
///
/// One byte of state a frame: a search passes over it quickly, a run needs no length stored
/// elsewhere, and to free what is not a run's start is noticed.
struct FrameAllocator {
  static let frameSize = 4096
  /// The state of a frame; free frames are zero.
  private enum State {
    static let free: UInt8 = 0
    static let first: UInt8 = 1
    static let inside: UInt8 = 2
    static let reserved: UInt8 = 3
  }

  /// Guarded by `withInterruptsMasked`.
  @safe nonisolated(unsafe) static var shared = FrameAllocator()

  private var states: UInt = 0
  private var count = 0
  private var next = 0
  /// Frames that the firmware calls usable, whoever has them now.
  private(set) var totalCount = 0
  /// Frames that nobody has.
  private(set) var freeCount = 0

  /// Takes over the memory that the loader's map calls usable, up to 4 GiB, but for the first MiB
  /// (the BIOS's and the screen's) and the image.
  mutating func start(_ information: BootInformation, in memory: IdentityMemory) {
    var end: UInt64 = 0
    for index in 0..<information.regionCount {
      guard let region = information.region(at: index, in: memory) else { continue }
      if region.kind == .usable { end = max(end, min(region.end, 1 << 32)) }
    }
    count = Int(end) / Self.frameSize
    // The states lie right behind the image, whose end the loader guarantees to be memory.
    states = (address_of_image_end() + 4095) & ~4095
    let firstFree = (Int(states) + count + 4095) / Self.frameSize
    for frame in 0..<count { setState(State.reserved, of: frame) }
    for index in 0..<information.regionCount {
      guard let region = information.region(at: index, in: memory), region.kind == .usable else {
        continue
      }
      let from = max(Int((min(region.start, 1 << 32) + 4095) / 4096), firstFree)
      let to = Int(min(region.end, 1 << 32) / 4096)
      guard from < to else { continue }
      for frame in from..<to where state(of: frame) == State.reserved {
        setState(State.free, of: frame)
        freeCount += 1
      }
    }
    next = firstFree
    totalCount = freeCount + firstFree - 256
  }

  /// The first address behind the memory that is managed.
  var end: UInt { UInt(count * Self.frameSize) }

  /// The address of `wanted` frames in a run, or `nil` when there is no such run. Their content is
  /// undefined.
  mutating func allocate(_ wanted: Int = 1) -> UInt? {
    guard wanted > 0, wanted <= freeCount else { return nil }
    // From where the last search ended, then once more from the start.
    guard let first = findRun(of: wanted, in: next..<count) ?? findRun(of: wanted, in: 256..<count)
    else { return nil }
    setState(State.first, of: first)
    for frame in first + 1..<first + wanted { setState(State.inside, of: frame) }
    next = first + wanted
    freeCount -= wanted
    return UInt(first * Self.frameSize)
  }

  /// Takes back a run by its first address; returns how many frames it had.
  @discardableResult
  mutating func free(_ address: UInt) -> Int {
    let first = Int(address) / Self.frameSize
    guard address & 4095 == 0, first < count, state(of: first) == State.first else {
      Panic.stop("panic: freed \(hex: address), which is no run of frames")
    }
    var end = first + 1
    while end < count && state(of: end) == State.inside { end += 1 }
    for frame in first..<end { setState(State.free, of: frame) }
    freeCount += end - first
    next = min(next, first)
    return end - first
  }

  /// The bytes of the run that begins at `address`.
  func runLength(at address: UInt) -> Int {
    var end = Int(address) / Self.frameSize + 1
    while end < count && state(of: end) == State.inside { end += 1 }
    return end * Self.frameSize - Int(address)
  }

  private func findRun(of wanted: Int, in range: Range<Int>) -> Int? {
    var length = 0
    for frame in range {
      length = state(of: frame) == State.free ? length + 1 : 0
      if length == wanted { return frame + 1 - wanted }
    }
    return nil
  }

  private func state(of frame: Int) -> UInt8 { mmio_read8(states + UInt(frame)) }
  private func setState(_ state: UInt8, of frame: Int) { mmio_write8(states + UInt(frame), state) }
}
