internal import MartletDevice
internal import MartletWire

/// A datagram of which some fragments have arrived (RFC 791, section 3.2).
///
/// Its bytes lie where they belong in one row of blocks, the header's room in front; what has
/// arrived is a short list of ranges. Fragments in order, or in reverse, make one range.
struct PartialDatagram: ~Copyable {
  /// The room in front of the payload for the longest header.
  static var headerRoom: Int { 60 }
  /// The most separate ranges; a datagram in more pieces is given up.
  static var maximumRanges: Int { 32 }
  /// How long fragments may take (RFC 1122, section 3.3.2: 60 to 120 s).
  static var lifetime: Interval { .seconds(60) }

  /// What all its fragments share.
  let key: Key
  /// The interface that the first of them came by.
  let interface: Int
  /// How it was addressed.
  let kind: DestinationKind
  /// When it is given up.
  let deadline: Instant
  /// The header's room and the payload, with holes.
  var bytes = BlockChain()
  /// The length of the header, once the fragment at offset 0 is there; until then 0.
  private(set) var headerLength = 0
  /// The payload's length, once the last fragment is there.
  private(set) var payloadLength: Int?
  /// Whether fragments contradicted each other: the rest is thrown away as it comes.
  private(set) var isSpoilt = false
  private var ranges = InlineArray<32, Bounds>(repeating: Bounds(start: 0, end: 0))
  private var rangeCount = 0

  private struct Bounds: BitwiseCopyable {
    var start: Int32
    var end: Int32
  }

  /// What the fragments of one datagram share.
  struct Key: Equatable, BitwiseCopyable {
    let source: IPv4Address
    let destination: IPv4Address
    let identification: UInt16
    let payloadProtocol: IPProtocol
  }

  /// How a fragment fits in.
  enum Fit {
    /// It fills a hole, or a part of one.
    case new
    /// All of it has arrived before: the same bytes again are no harm.
    case contained
    /// It overlaps what has arrived, or denies it.
    case contradiction
    /// There are too many holes already.
    case tooManyRanges
  }

  init(key: Key, interface: Int, kind: DestinationKind, now: Instant) {
    self.key = key
    self.interface = interface
    self.kind = kind
    deadline = now + Self.lifetime
  }

  /// The bytes from the payload's front that have arrived without a hole.
  var frontLength: Int {
    rangeCount > 0 && ranges[0].start == 0 ? Int(ranges[0].end) : 0
  }

  /// Whether nothing is missing.
  var isComplete: Bool {
    headerLength > 0 && rangeCount == 1 && payloadLength == frontLength
  }

  /// How a fragment from `start` to `end` of the payload would fit in.
  func fit(start: Int, end: Int, isLast: Bool) -> Fit {
    let knownEnd = rangeCount > 0 ? Int(ranges[rangeCount - 1].end) : 0
    if let payloadLength {
      guard end <= payloadLength, !isLast || end == payloadLength else { return .contradiction }
    } else if isLast, end < knownEnd {
      return .contradiction
    }
    var touches = false
    for index in 0..<rangeCount {
      let range = ranges[index]
      if start >= Int(range.start), end <= Int(range.end) { return .contained }
      if start < Int(range.end), end > Int(range.start) { return .contradiction }
      if start == Int(range.end) || end == Int(range.start) { touches = true }
    }
    return rangeCount == Self.maximumRanges && !touches ? .tooManyRanges : .new
  }

  /// Notes that a fragment that was found `new` has been stored.
  mutating func insert(start: Int, end: Int, isLast: Bool) {
    if isLast { payloadLength = end }
    var place = 0
    while place < rangeCount, Int(ranges[place].end) < start { place += 1 }
    let bounds = Bounds(
      start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end))
    if place < rangeCount, ranges[place].end == bounds.start {
      ranges[place].end = bounds.end
      if place + 1 < rangeCount, ranges[place + 1].start == bounds.end {
        ranges[place].end = ranges[place + 1].end
        remove(at: place + 1)
      }
    } else if place < rangeCount, ranges[place].start == bounds.end {
      ranges[place].start = bounds.start
    } else {
      for index in stride(from: rangeCount, to: place, by: -1) {
        ranges[index] = ranges[index - 1]
      }
      ranges[place] = bounds
      rangeCount += 1
    }
  }

  private mutating func remove(at place: Int) {
    for index in place..<rangeCount - 1 { ranges[index] = ranges[index + 1] }
    rangeCount -= 1
  }

  /// Notes how long the header at offset 0 is.
  mutating func setHeader(length: Int) { headerLength = length }

  /// Gives the datagram up but remembers it, so that fragments still on their way do not begin it
  /// anew (RFC 5722, section 4).
  mutating func spoil() {
    isSpoilt = true
    headerLength = 0
    rangeCount = 0
  }
}
