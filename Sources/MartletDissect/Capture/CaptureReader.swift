internal import MartletWire

/// Reads capture files, pcap and pcapng, in whatever pieces their bytes come.
///
/// ```swift
/// var reader = CaptureReader()
/// while let piece = try file.read() {
///   reader.append(piece)
///   while let packet = try reader.next() { print(dissector.line(of: packet)) }
/// }
/// try reader.finish()
/// ```
///
/// pcap of version 2 is read in both byte orders with microseconds and nanoseconds; pcapng of
/// version 1 with any number of sections in either order, interfaces of different link types and
/// units of time, enhanced, simple and old packet blocks; other blocks are passed over. Memory is
/// bounded by `maximumBlockLength` beyond the piece that was appended. After an error every call
/// throws it again.
public struct CaptureReader: Sendable {
  /// The most bytes of a packet that a file may have kept.
  public static var maximumPacketLength: Int { 262_144 }
  /// The longest block of a pcapng file, in bytes.
  public static var maximumBlockLength: Int { 16 << 20 }
  /// The most interfaces in one section of a pcapng file.
  public static var maximumInterfaceCount: Int { 4096 }

  /// What the file turned out to be; `nil` before its first bytes have come.
  public private(set) var format: CaptureFormat?
  /// Where the next header, packet or block begins: bytes from the file's start.
  public private(set) var offset = 0

  /// The packets that whoever captured has missed, as far as the file's present section says.
  public var missedCount: UInt64 {
    if case .pcapng(let section) = state { section.missedCount } else { 0 }
  }

  var state = State.start
  private var buffer: [UInt8] = []
  /// What of `buffer` was read already.
  private var taken = 0
  /// The bytes from `offset` on without which `next` cannot go on.
  private var needed = 4
  private var failure: CaptureError?

  enum State: Sendable {
    case start
    case pcap(PcapHeader)
    case pcapng(PcapngSection)
  }

  /// A reader at the start of a file.
  public init() {}

  /// Takes the file's next bytes.
  public mutating func append(_ bytes: RawSpan) {
    if taken > 0 {
      buffer.removeFirst(taken)
      taken = 0
    }
    buffer.append(copying: bytes)
  }

  /// Takes the file's next bytes.
  public mutating func append(_ bytes: [UInt8]) { append(bytes.rawBytes) }

  /// The next packet; `nil` when more bytes are needed for it.
  public mutating func next() throws(CaptureError) -> CapturedPacket? {
    if let failure { throw failure }
    do throws(CaptureError) {
      while buffer.count - taken >= needed {
        if let packet = try step() { return packet }
      }
      return nil
    } catch {
      failure = error
      throw error
    }
  }

  /// Says that no more bytes will come; throws `truncated` when the last packet or block, or the
  /// file's header, is not whole.
  public func finish() throws(CaptureError) {
    if let failure { throw failure }
    let left = buffer.count - taken
    guard left == 0, format != nil else {
      throw CaptureError(
        offset: offset, problem: .truncated(needed: max(needed, left + 1), available: left))
    }
  }

  // MARK: Steps

  /// Reads one header, packet or block, or learns how many more bytes it needs.
  private mutating func step() throws(CaptureError) -> CapturedPacket? {
    let outcome: Step
    do throws(CaptureError.Problem) {
      outcome = try look()
    } catch {
      throw CaptureError(offset: offset, problem: error)
    }
    switch outcome {
    case .needs(let count):
      needed = count
      return nil
    case .took(let count, let packet):
      taken += count
      offset += count
      needed = 1
      return packet
    }
  }

  private mutating func look() throws(CaptureError.Problem) -> Step {
    // A copy of the reference, so that what is read may change the rest of the reader.
    let buffer = buffer
    let bytes = buffer.rawBytes.extracting(taken..<buffer.count)
    switch state {
    case .start: return try Self.start(bytes, &format, &state)
    case .pcap(let header): return try header.packet(in: bytes)
    case .pcapng(var section):
      let step = try section.block(in: bytes)
      state = .pcapng(section)
      return step
    }
  }

  private static func start(
    _ bytes: RawSpan, _ format: inout CaptureFormat?, _ state: inout State
  ) throws(CaptureError.Problem) -> Step {
    guard bytes.byteCount >= 4 else { return .needs(4) }
    let magic: UInt32 = bytes.load(at: 0)
    if magic == PcapngSection.magic {
      format = .pcapng
      state = .pcapng(PcapngSection())
      return .took(0, nil)
    }
    guard let (order, resolution) = PcapHeader.meaning(of: magic) else {
      throw .unknownFormat(magic)
    }
    format = .pcap
    guard bytes.byteCount >= PcapHeader.length else { return .needs(PcapHeader.length) }
    state = .pcap(try PcapHeader(bytes, order: order, resolution: resolution))
    return .took(PcapHeader.length, nil)
  }
}

extension CaptureReader {
  /// What looking at the next bytes has led to.
  enum Step {
    /// So many bytes must be there before it is worth looking again.
    case needs(Int)
    /// So many bytes were read, which were a packet or not.
    case took(Int, CapturedPacket?)
  }
}
