internal import MartletDevice

/// A limit of rate (OpenFlow 1.3, 5.7): bands that drop or mark what exceeds them.
public struct Meter: Equatable, Sendable {
  /// What rates count.
  public enum Unit: Sendable {
    case kilobitsPerSecond
    case packetsPerSecond
  }

  /// A limit, and what becomes of what exceeds it.
  public struct Band: Equatable, Sendable {
    /// What becomes of a frame beyond the rate.
    public enum Effect: Equatable, Sendable {
      case drop
      /// Its drop precedence (RFC 2597) rises by this much.
      case remark(UInt8)
    }

    /// Kilobits or frames a second.
    public var rate: UInt32
    /// Kilobits or frames that may come at once; 0 is what a second brings.
    public var burst: UInt32
    /// What becomes of what exceeds it.
    public var effect: Effect
    /// The frames counted.
    public internal(set) var packetCount: UInt64 = 0
    /// The bytes of these frames.
    public internal(set) var byteCount: UInt64 = 0
    /// What may still come, in thousandths of bits or frames.
    var tokens: Int64 = 0

    /// Makes one of its parts.
    public init(rate: UInt32, burst: UInt32 = 0, effect: Effect) {
      self.rate = rate
      self.burst = burst
      self.effect = effect
    }
  }

  /// Its number.
  public var id: UInt32
  /// What its rates count.
  public var unit: Unit
  /// Its limits.
  public var bands: [Band]
  /// The frames counted.
  public internal(set) var packetCount: UInt64 = 0
  /// The bytes of these frames.
  public internal(set) var byteCount: UInt64 = 0
  private var filledAt: Instant?

  /// Makes one of its parts.
  public init(id: UInt32, unit: Unit, bands: [Band]) {
    self.id = id
    self.unit = unit
    self.bands = bands
  }

  /// Counts a frame and returns what becomes of it: the effect of the band with the highest rate among those
  /// exceeded; `nil` where none is.
  mutating func take(byteCount count: Int, now: Instant) -> Band.Effect? {
    fill(now: now)
    packetCount &+= 1
    byteCount &+= UInt64(count)
    let cost = unit == .packetsPerSecond ? 1000 : Int64(count) * 8000
    var exceeded: Int?
    for index in bands.indices {
      if bands[index].tokens >= cost {
        bands[index].tokens -= cost
      } else if exceeded.map({ bands[$0].rate < bands[index].rate }) ?? true {
        exceeded = index
      }
    }
    guard let exceeded else { return nil }
    bands[exceeded].packetCount &+= 1
    bands[exceeded].byteCount &+= UInt64(count)
    return bands[exceeded].effect
  }

  private mutating func fill(now: Instant) {
    let elapsed = filledAt.map { min(Int64(1_000_000), (now - $0).microseconds) } ?? 1_000_000
    filledAt = now
    for index in bands.indices {
      // Thousandths of bits, or of frames, in a second.
      let scale: Int64 = unit == .packetsPerSecond ? 1000 : 1_000_000
      let rate = Int64(bands[index].rate) * scale
      let burst = bands[index].burst > 0 ? Int64(bands[index].burst) * scale : rate
      let gained = (rate.multipliedFullWidth(by: elapsed))
      let more = Int64(1_000_000).dividingFullWidth(gained).quotient
      bands[index].tokens = min(burst, bands[index].tokens + more)
    }
  }
}
