/// The options of a TCP segment that this project knows, read leniently as RFC 9293, 3.1 asks:
/// unknown kinds are skipped, an impossible length ends the list.
public struct TCPOptions: Equatable, Sendable, BitwiseCopyable {
  /// TSval and TSecr (RFC 7323).
  public struct Timestamps: Equatable, Sendable, BitwiseCopyable {
    /// TSval: the sender's clock.
    public var value: UInt32
    /// TSecr: the receiver's clock, echoed.
    public var echo: UInt32

    /// Takes both clocks.
    @inlinable
    public init(value: UInt32, echo: UInt32) {
      self.value = value
      self.echo = echo
    }
  }

  /// A range of bytes that the sender of a SACK option holds (RFC 2018).
  public struct Block: Equatable, Sendable, BitwiseCopyable {
    /// The first byte.
    public var left: SequenceNumber
    /// The byte after the last.
    public var right: SequenceNumber

    /// Takes both edges.
    @inlinable
    public init(left: SequenceNumber, right: SequenceNumber) {
      self.left = left
      self.right = right
    }
  }

  @usableFromInline struct Presence: OptionSet, Sendable, BitwiseCopyable {
    @usableFromInline let rawValue: UInt8
    @inlinable init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable static var segmentSize: Self { Self(rawValue: 1) }
    @inlinable static var windowScale: Self { Self(rawValue: 2) }
    @inlinable static var selective: Self { Self(rawValue: 4) }
    @inlinable static var timestamps: Self { Self(rawValue: 8) }
    @inlinable static var userTimeout: Self { Self(rawValue: 16) }
    @inlinable static var malformed: Self { Self(rawValue: 32) }
  }

  @usableFromInline var presence = Presence()
  @usableFromInline var scale: UInt8 = 0
  @usableFromInline var blockCount: UInt8 = 0
  @usableFromInline var segmentSize: UInt16 = 0
  @usableFromInline var timeout: UInt16 = 0
  @usableFromInline var stamps = Timestamps(value: 0, echo: 0)
  @usableFromInline var block0 = Block(left: .init(rawValue: 0), right: .init(rawValue: 0))
  @usableFromInline var block1 = Block(left: .init(rawValue: 0), right: .init(rawValue: 0))
  @usableFromInline var block2 = Block(left: .init(rawValue: 0), right: .init(rawValue: 0))
  @usableFromInline var block3 = Block(left: .init(rawValue: 0), right: .init(rawValue: 0))

  /// No options.
  @inlinable public init() {}

  /// Reads the options of a segment.
  @inlinable
  public init(parsing bytes: RawSpan) {
    // What almost every segment of a connection with timestamps has: NOP, NOP, timestamps.
    if bytes.byteCount == 12, bytes.load(UInt32.self, at: 0) == 0x0101_080A {
      timestamps = Timestamps(value: bytes.load(at: 4), echo: bytes.load(at: 8))
      return
    }
    parseAll(bytes)
  }

  /// MSS: the largest segment that the sender takes; only in a SYN.
  @inlinable public var maximumSegmentSize: UInt16? {
    get { presence.contains(.segmentSize) ? segmentSize : nil }
    set {
      segmentSize = newValue ?? 0
      mark(.segmentSize, newValue != nil)
    }
  }
  /// The shift of the sender's windows, at most 14 (RFC 7323); only in a SYN.
  @inlinable public var windowScale: UInt8? {
    get { presence.contains(.windowScale) ? scale : nil }
    set {
      scale = min(newValue ?? 0, 14)
      mark(.windowScale, newValue != nil)
    }
  }
  /// Whether the sender takes SACK options; only in a SYN.
  @inlinable public var selectiveAcknowledgmentPermitted: Bool {
    get { presence.contains(.selective) }
    set { mark(.selective, newValue) }
  }
  /// The timestamps.
  @inlinable public var timestamps: Timestamps? {
    get { presence.contains(.timestamps) ? stamps : nil }
    set {
      stamps = newValue ?? Timestamps(value: 0, echo: 0)
      mark(.timestamps, newValue != nil)
    }
  }
  /// The user timeout option as it stands: a granularity bit and 15 bits (RFC 5482). See
  /// `userTimeoutInSeconds`.
  @inlinable public var userTimeout: UInt16? {
    get { presence.contains(.userTimeout) ? timeout : nil }
    set {
      timeout = newValue ?? 0
      mark(.userTimeout, newValue != nil)
    }
  }
  /// The user timeout in seconds; a longer one than 32,767 is sent in whole minutes, rounded up
  /// and at most 32,767 of them.
  @inlinable public var userTimeoutInSeconds: UInt32? {
    get {
      userTimeout.map { UInt32($0 & 0x7FFF) &* ($0 & 0x8000 == 0 ? 1 : 60) }
    }
    set {
      userTimeout = newValue.map { seconds in
        guard seconds > 0x7FFF else { return UInt16(truncatingIfNeeded: seconds) }
        let minutes = min(seconds / 60 &+ (seconds % 60 == 0 ? 0 : 1), 0x7FFF)
        return 0x8000 | UInt16(truncatingIfNeeded: minutes)
      }
    }
  }
  /// The number of SACK blocks, 0 to 4.
  @inlinable public var selectiveAcknowledgmentCount: Int { Int(blockCount) }
  /// Whether a length was impossible, so that what follows was not read.
  @inlinable public var isMalformed: Bool { presence.contains(.malformed) }

  /// The SACK block at `index`, which must be below `selectiveAcknowledgmentCount`.
  @inlinable
  public func selectiveAcknowledgment(at index: Int) -> Block {
    precondition(index >= 0 && index < Int(blockCount), "no such block")
    return switch index {
    case 0: block0
    case 1: block1
    case 2: block2
    default: block3
    }
  }

  /// Adds a SACK block; a fifth is left out, as it has no room in a header.
  @inlinable
  public mutating func appendSelectiveAcknowledgment(_ block: Block) {
    switch blockCount {
    case 0: block0 = block
    case 1: block1 = block
    case 2: block2 = block
    case 3: block3 = block
    default: return
    }
    blockCount += 1
  }

  @inlinable
  mutating func mark(_ option: Presence, _ isPresent: Bool) {
    if isPresent {
      presence.insert(option)
    } else {
      presence.remove(option)
    }
  }
}
