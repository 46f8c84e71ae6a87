import MartletDevice
import MartletFlow

/// A bridge with two ports and flows of one shape, and frames that meet them.
struct Workload: ~Copyable {
  private var datapath: Datapath
  private var frames: [[UInt8]] = []
  private var place = 0

  /// How a frame is found.
  enum Path: String, CaseIterable {
    /// By its whole key.
    case cached
    /// By the masks of what the tables said before.
    case masked
    /// By the tables.
    case tables
  }

  /// Makes one with `flowCount` flows, 1 to 1,000,000, each of one destination.
  init(_ path: Path, flowCount: Int) throws(FlowError) {
    var configuration = DatapathConfiguration()
    // With one place a different frame each time is never found exactly.
    if path != .cached { configuration.exactCacheSize = 8 }
    datapath = Datapath(configuration: configuration)
    try datapath.addPort(BridgePort(PortNumber(1)))
    try datapath.addPort(BridgePort(PortNumber(2)))
    for index in 0..<flowCount {
      var flow = FlowSpecification()
      flow.match.set(.etherType, 0x0800)
      flow.match.set(.ipv4Destination, UInt128(0x0A00_0000 + index))
      flow.actions = [.output(PortNumber(2), maxLength: 0)]
      try datapath.add(flow, now: .zero)
    }
    // Frames enough to miss the few exact places, few enough to stay in the processor's cache.
    for index in 0..<(path == .cached ? 16 : 512) {
      frames.append(Self.frame(destination: 0x0A00_0000 + UInt32(index * 7919 % flowCount), index))
    }
  }

  /// Forwards `count` frames and returns how many left.
  mutating func run(_ count: Int, path: Path) -> Int {
    var left = 0
    for _ in 0..<count {
      place = place + 1 == frames.count ? 0 : place + 1
      if path == .tables { datapath.miss = .drop }
      let bytes = frames[place]
      let frame = bytes.span
      unsafe datapath.process(
        frame.bytes, FrameInfo(), from: PortNumber(1), now: .zero
      ) { _, _, _ in left += 1 }
    }
    return left
  }

  /// A UDP datagram in a frame of 64 bytes less the check sequence.
  private static func frame(destination: UInt32, _ index: Int) -> [UInt8] {
    var bytes: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]
    bytes += [0x45, 0, 0, 46, 0, 1, 0, 0, 64, 17, 0, 0, 10, 255, 0, 1]
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: destination >> UInt32(24 - 8 * $0)) }
    bytes += [UInt8(index >> 8), UInt8(index & 255), 0, 80, 0, 26, 0, 0]
    return bytes + [UInt8](repeating: 0, count: 18)
  }
}
