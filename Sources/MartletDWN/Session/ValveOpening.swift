public import MartletHTTP
internal import MartletWire

/// What an open frame says: which valve, and for how many seconds.
public struct ValveOpening: Equatable, Sendable, BitwiseCopyable {
  /// The valve, 0 to 3.
  public let valve: Int
  /// The time, 1 to 1,800 seconds.
  public let seconds: UInt16

  /// Takes a valve and a time; `nil` for what no frame may say.
  public init?(valve: Int, seconds: Int) {
    guard (0..<ValveCommand.valveCount).contains(valve), (1...1800).contains(seconds),
      let seconds = UInt16(exactly: seconds)
    else { return nil }
    self.valve = valve
    self.seconds = seconds
  }

  /// Reads the payload of an open frame.
  public init?(_ payload: ByteText) {
    guard payload.count == 3 else { return nil }
    self.init(valve: Int(payload[0]), seconds: Int(payload.bytes.load(UInt16.self, at: 1)))
  }

  /// Appends the payload of an open frame.
  public func emit(into output: inout OutputBuffer) {
    output.append(UInt8(truncatingIfNeeded: valve))
    output.append(UInt8(truncatingIfNeeded: seconds >> 8))
    output.append(UInt8(truncatingIfNeeded: seconds))
  }
}
