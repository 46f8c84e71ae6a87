/// Any other device: what it says is shown as it is.
public struct RawDriver: DeviceDriver {
  /// None: it is asked when no other driver is.
  public static var names: [String] { [] }
  /// Unknown.
  public static var kind: DeviceKind { .unknown }

  /// What it has said last.
  public private(set) var reading = DeviceReading.nothing

  /// Nothing is known.
  public init() {}

  /// Takes everything.
  public mutating func take(_ message: DeviceMessage) -> Bool {
    switch message {
    case .mask(let mask): reading = .raw("mask 0x" + String(mask, radix: 16))
    case .object(let bytes): reading = .raw(String(decoding: bytes.prefix(500), as: UTF8.self))
    }
    return true
  }

  /// What it would understand is not known.
  public func bytes(for command: DeviceCommand, takesDuration: Bool) -> [UInt8]? { nil }
}
